"""detent: the agent loop as an explicit, declared state machine."""
