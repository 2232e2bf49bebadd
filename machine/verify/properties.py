"""What is promised of every move of the agent loop, joined from the files beside this one."""

from __future__ import annotations

from .calls import CALLS
from .counting import COUNTING
from .ending import ENDING
from .frame import FRAME
from .histories import HISTORIES
from .property import Property
from .turns import TURNS

__all__ = ["PROPERTIES"]

PROPERTIES: tuple[Property, ...] = (*FRAME, *HISTORIES, *TURNS, *CALLS, *COUNTING, *ENDING)
"""Each is a sentence that holds of a move: of the record before, the event, and the record after."""
