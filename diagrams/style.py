"""The look of the drawing: colours for light and dark pages, and the small signs that tell states apart without colour."""

from __future__ import annotations

from .chart import Kind, Node
from .text import NAME, SMALL

__all__ = ["TIP", "css", "sign"]

_LIGHT = {
    ".paper": "fill:#ffffff",
    "text": "fill:#1f2937",
    ".quiet": "fill:#5b6472",
    ".frame": "fill:#f7f9fc;stroke:#c3cad5",
    ".wire": "stroke:#64748b",
    ".loop": "stroke:#1f2937",
    ".tip": "fill:#1f2937",
    ".working": "fill:#e3edff;stroke:#2563eb",
    ".person": "fill:#fff3d1;stroke:#b45309",
    ".ended": "fill:#eef1f5;stroke:#475569",
    ".limit": "fill:#fdf0e3;stroke:#9a3412",
    ".failure": "fill:#fdeaea;stroke:#b91c1c",
    ".sign": "stroke:#1f2937",
    ".rule": "stroke:#c3cad5",
}
_DARK = {
    ".paper": "fill:#0d1117",
    "text": "fill:#e6edf3",
    ".quiet": "fill:#a3adba",
    ".frame": "fill:#131922;stroke:#3a4350",
    ".wire": "stroke:#8b98a9",
    ".loop": "stroke:#e6edf3",
    ".tip": "fill:#e6edf3",
    ".working": "fill:#14284a;stroke:#79b0ff",
    ".person": "fill:#382a0c;stroke:#e6a940",
    ".ended": "fill:#202834;stroke:#a3adba",
    ".limit": "fill:#33200f;stroke:#f0a36b",
    ".failure": "fill:#3a171b;stroke:#ff9b9b",
    ".sign": "stroke:#e6edf3",
    ".rule": "stroke:#3a4350",
}
_SHAPES = {
    "text": f"font:{SMALL}px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
    ".name": f"font:600 {NAME}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace",
    ".state": f"font:{SMALL}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace",
    ".event": "font-weight:600",
    ".frame": "stroke-dasharray:2 4",
    ".wire": "fill:none;stroke-width:1.4",
    ".loop": "stroke-width:2.2",
    ".working": "stroke-width:2.4",
    ".person": "stroke-width:2.4;stroke-dasharray:7 4",
    ".ended,.limit,.failure": "stroke-width:1.4",
    ".sign": "fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round",
}
_SIGNS = {
    "done": "M-6 0 L-2 5 L6 -5",
    "limit_hit": "M-7 0 H3 M-1 -4 L3 0 L-1 4 M6 -6 V6",
    "failed": "M-5 -5 L5 5 M5 -5 L-5 5",
    "cancelled": "M-5 -5 H5 V5 H-5 Z",
}
_PERSON = "M0 -8 a4 4 0 1 0 .01 0 M-7 8 v-2 a5 5 0 0 1 5 -4 h4 a5 5 0 0 1 5 4 v2"

TIP = (
    '<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse"'
    ' orient="auto"><path class="tip" d="M0 0 L10 5 L0 10 L3 5 Z"/></marker>'
)
"""The head of an arrow."""


def sign(node: Node) -> str | None:
    """Return the path of the sign beside a state's name, centred on 0, 0: a person, or how the run ended, where known."""
    return _PERSON if node.kind is Kind.PERSON else _SIGNS.get(node.name)


def css(within: str = "") -> str:
    """Return the style sheet, for what stands inside *within*.  Later rules win: a dark page changes colours only."""
    shapes, light, dark = (_rules(looks, within) for looks in (_SHAPES, _LIGHT, _DARK))
    return f"{shapes}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rules(looks: dict[str, str], within: str) -> str:
    scope = f"{within} " if within else ""
    return "".join(
        f"{','.join(scope + selector for selector in selectors.split(','))}{{{look}}}" for selectors, look in looks.items()
    )
