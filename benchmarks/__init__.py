"""What the loop costs, measured against the official client on the same messages.  `python -m benchmarks`; see README.md."""
