"""The kinds of hosts as a Markdown table: the page of the documentation and the command line print the same."""

from __future__ import annotations

from collections.abc import Iterator

from .hosts import HOSTS, HostProfile

__all__ = ["hosts_table", "peculiarities"]

_HEADINGS = ("host", "usual address", "found by", "what is peculiar")


def hosts_table() -> str:
    """Return the table, a line a host in the order of their names, `portable` first."""
    others = sorted(name for name in HOSTS if name != "portable")
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *(_row(HOSTS[name]) for name in ("portable", *others))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(host: HostProfile) -> tuple[str, ...]:
    address = host.url or (f"(your address){host.path}" if host.name != "portable" else "(your address)")
    found = f"`{host.matches}`" if host.matches != HOSTS["portable"].matches else "its name"
    shown = found.replace("|", "\\|")
    return f"`{host.name}`", address, shown, "; ".join(peculiarities(host))


def peculiarities(host: HostProfile) -> Iterator[str]:
    """Yield in words what is peculiar to *host*, beside `portable`."""
    plain = HOSTS["portable"]
    if host.key_header != plain.key_header:
        yield f"the key goes in `{host.key_header}`"
    if host.id_pattern != plain.id_pattern:
        yield f"call ids `{host.id_pattern}`"
    yield from _of_messages(host)
    yield from _of_reasoning(host)
    yield from _of_tools(host)
    if host.reply_limit != plain.reply_limit:
        yield f"`max_tokens` is called `{host.reply_limit}`"
    if not host.stream_usage:
        yield "no `stream_options`"
    if host.body_keys is not None:
        yield f"{len(host.body_keys)} parameters known, others refused"
    if host.models_path is None:
        yield "no list of models"
    elif host.models_shape != plain.models_shape:
        yield "a bare list of models"


def _of_messages(host: HostProfile) -> Iterator[str]:
    if not host.single_system:
        yield "several system messages taken"
    if host.empty_content != "null":
        yield f"no text beside calls is {host.empty_content}"
    if host.alternate:
        yield "user and assistant take turns"
    if host.bridge_after_tool:
        yield "a word of the assistant between a tool's result and the user"
    if host.text_xor_calls:
        yield "text or calls, not both"


def _of_reasoning(host: HostProfile) -> Iterator[str]:
    if host.reasoning != "forbidden":
        fields = ", ".join(f"`{key}`" for key in sorted(host.reasoning_keys))
        yield f"{fields} {'must be' if host.reasoning == 'required' else 'may be'} sent back"


def _of_tools(host: HostProfile) -> Iterator[str]:
    if host.tool_choices != HOSTS["portable"].tool_choices:
        yield f"`tool_choice` {', '.join(sorted(host.tool_choices))} only"
    if host.closing == "drop":
        yield "tools are left out for closing words"
    if host.sticky_tools:
        yield "tools are declared while the history holds calls"
