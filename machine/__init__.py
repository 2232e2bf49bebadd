"""The machine that runs the states, and the driver that feeds it.  All I/O, clocks and randomness live here."""
