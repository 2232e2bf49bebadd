"""What a conversation is, and how each state is left.  Pure: standard library and attrs, no clock, no I/O.

Conversation    the record
State           where the loop can rest
EVENTS          the facts that can arrive
effects         what is wanted next
ROWS            every transition, in one table
OwnState        a state that a machine of one's own adds
"""

from .awaiting_approval import ROWS as _AWAITING_APPROVAL
from .awaiting_model import ROWS as _AWAITING_MODEL
from .conversation import AnyState, Conversation, Failure, Run, State
from .dispatching_tools import ROWS as _DISPATCHING_TOOLS
from .effects import effects
from .ended import ROWS as _ENDED
from .events import EVENTS, Event
from .limits import Limits
from .own_rows import as_it_is, came_to, fail_at_work, go_on, not_yet, tell_the_model
from .own_state import Finding, OwnState
from .prompting import ROWS as _PROMPTING
from .row import Row, Rows
from .summary import summary
from .usage import Usage

__all__ = [
    "EVENTS",
    "ROWS",
    "AnyState",
    "Conversation",
    "Event",
    "Failure",
    "Finding",
    "Limits",
    "OwnState",
    "Row",
    "Rows",
    "Run",
    "State",
    "Usage",
    "as_it_is",
    "came_to",
    "effects",
    "fail_at_work",
    "go_on",
    "not_yet",
    "summary",
    "tell_the_model",
]

ROWS: Rows = (*_PROMPTING, *_AWAITING_MODEL, *_AWAITING_APPROVAL, *_DISPATCHING_TOOLS, *_ENDED)
"""The table: the rows of the files above, a file a state."""
