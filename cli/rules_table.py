"""The rules of `detent lint` as a Markdown table: the page of the documentation ends with it."""

from __future__ import annotations

from ..states.history import RULES, Rule

__all__ = ["rules_table"]


def rules_table() -> str:
    """Return the table, a line a rule: what it asks for, and how hosts word the refusal."""
    rows = [("rule", "what it asks for", "how hosts word it"), ("---", "---", "---"), *map(_row, RULES.values())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(rule: Rule) -> tuple[str, str, str]:
    return rule.name, rule.asks, "<br>".join(f"{host}: {_quoted(text)}" for host, text in rule.words.items())


def _quoted(text: str) -> str:
    """Return *text* as code in a table."""
    escaped = text.replace("|", "\\|")
    return f"`` {escaped} ``" if "`" in text else f"`{escaped}`"
