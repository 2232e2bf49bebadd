"""Everything detent raises, in one tree.

    DetentError
    ├── ConfigurationError    the caller's set-up is wrong: an argument, a model, a host (also a ValueError)
    │   └── ToolDefinitionError   a function or a schema cannot be offered to a model as a tool
    ├── IllegalEvent          an event that no row of the current state takes
    ├── JournalError          what is stored, or asked to be stored, does not fit
    │   ├── JournalConflict   somebody else appended first
    │   ├── UnknownConversation   no events are stored under that id (also a KeyError)
    │   └── FormatError       stored bytes that this version cannot read (also a ValueError)
    ├── RunFailed             raised by `RunResult.unwrap()` for a run that did not end in `done`
    └── ToolError             raised by a tool's own function, to tell the model exactly that

The first two levels are the caller's faults.  What a model, a tool or a host does wrong is never raised: it is an
event, and at worst the run ends in the state `failed` with the reason on its result.
"""

__all__ = [
    "ConfigurationError",
    "DetentError",
    "FormatError",
    "IllegalEvent",
    "JournalConflict",
    "JournalError",
    "RunFailed",
    "ToolDefinitionError",
    "ToolError",
    "UnknownConversation",
]


class DetentError(Exception):
    """The root of the tree: `except DetentError` catches all that detent raises on purpose."""


class ConfigurationError(DetentError, ValueError):
    """A wrong argument: the message names the argument, what was given and what would do."""


class ToolDefinitionError(ConfigurationError):
    """A tool that cannot be described to a model: the message names the tool and the parameter."""

    def __init__(self, tool: str, problem: str) -> None:
        """Say of the tool named *tool* what the *problem* is."""
        super().__init__(f"tool {tool!r}: {problem}")
        self.tool = tool


class IllegalEvent(DetentError):
    """No row of the table takes this event in this state.  Nothing has changed."""

    def __init__(self, state: str, event: str, why: str) -> None:
        """Say that the event named *event* came while in *state*, and *why* no row takes it."""
        super().__init__(f"{event} is not legal while {state}: {why}")
        self.state = state
        self.event = event


class JournalError(DetentError):
    """The journal could not do what was asked; what it holds is unchanged."""


class JournalConflict(JournalError):
    """Another driver appended to the conversation first: reload it and decide again."""

    def __init__(self, conversation_id: str, expected: int, actual: int) -> None:
        """Name the conversation, the number of events *expected* and the *actual* one."""
        why = (
            "another driver went first; reload the conversation"
            if actual > expected
            else "it was begun elsewhere, or deleted here; export and restore bring it"
        )
        super().__init__(
            f"conversation {conversation_id!r} holds {actual} events, not the {expected} this driver has seen: {why}"
        )
        self.conversation_id = conversation_id
        self.expected = expected
        self.actual = actual


class UnknownConversation(JournalError, KeyError):
    """The journal holds no event of that conversation."""

    def __init__(self, conversation_id: str) -> None:
        """Name the conversation that is not there."""
        super().__init__(f"the journal holds no conversation {conversation_id!r}")
        self.conversation_id = conversation_id

    def __str__(self) -> str:
        """Return the message, without the quotes that `KeyError` puts around it."""
        return str(self.args[0])


class FormatError(JournalError, ValueError):
    """Bytes that are not a record of this library, or of a version it does not know."""


class RunFailed(DetentError):
    """A run that ended otherwise than in `done`; the message is the reason on its result."""

    def __init__(self, state: str, reason: str) -> None:
        """Say in which *state* the run ended and for what *reason*."""
        super().__init__(f"the run ended in {state}: {reason}")
        self.state = state
        self.reason = reason


class ToolError(DetentError):
    """For a tool's function to raise: the model is told its message as it stands, without the name of an exception."""
