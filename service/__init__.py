"""The engine inside other programs: as a tool of the Model Context Protocol."""
