"""Where everything stands in the drawing.  Unit: pixels; y grows downwards."""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from .chart import Group, Node
from .routes import Route
from .text import Line

__all__ = ["Box", "Frame", "Label", "Layout", "Placed", "Point", "Wire"]

Point: TypeAlias = tuple[int, int]


@frozen
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of the lower side."""
        return self.y + self.height

    @property
    def middle(self) -> int:
        """The x of the middle."""
        return self.x + self.width // 2

    def inset(self, by: int) -> Box:
        """Return the rectangle that lies *by* inside this one on each side."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Whether some area belongs to both."""
        apart = self.right <= other.x or other.right <= self.x or self.bottom <= other.y or other.bottom <= self.y
        return not apart

    def holds(self, other: Box) -> bool:
        """Whether *other* lies inside."""
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom


@frozen
class Label:
    """What is written beside a wire, a line under the other; *flush_right* if it ends at the box's right side."""

    box: Box
    lines: tuple[Line, ...]
    flush_right: bool = False


@frozen
class Wire:
    """A route drawn: straight pieces, the last of which ends in an arrow."""

    route: Route
    points: tuple[Point, ...]
    label: Label | None


@frozen
class Placed:
    """A state where it stands."""

    node: Node
    box: Box


@frozen
class Frame:
    """A frame round the states of a group; *head* is written at its top from *head_x* on, the first line as a title."""

    group: Group
    box: Box
    head: tuple[str, ...]
    head_x: int


@frozen
class Layout:
    """The drawing without its colours."""

    width: int
    height: int
    frames: tuple[Frame, ...]
    nodes: tuple[Placed, ...]
    wires: tuple[Wire, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        """Every label beside a wire."""
        return tuple(wire.label for wire in self.wires if wire.label is not None)
