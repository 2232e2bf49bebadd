"""The commands on the conversations of a journal.  Each loads what it needs when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from . import options as of
from .exits import Exit
from .faults import faults_told

__all__ = ["conversations"]

conversations = typer.Typer(pretty_exceptions_enable=False)

At = Annotated[int | None, typer.Option("--at", metavar="N", help="After the first N events. Default: all.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: standard output.")]


class StateName(StrEnum):
    """The states in which a conversation can rest."""

    PROMPTING = "prompting"
    AWAITING_MODEL = "awaiting_model"
    AWAITING_APPROVAL = "awaiting_approval"
    DISPATCHING_TOOLS = "dispatching_tools"
    DONE = "done"
    LIMIT_HIT = "limit_hit"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TraceForm(StrEnum):
    """The forms in which a conversation is traced."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"
    HTML = "html"


@conversations.command("list")
def list_(
    state: Annotated[StateName | None, typer.Option("--state", help="Only those that rest in it.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000_000, help="How many at most.")] = 50,
    journal: of.Journal = None,
    as_json: of.Json = False,
) -> None:
    """List the conversations of the journal, the newest first."""
    with faults_told():
        from ..states import State
        from .journals import address_of, opened
        from .listing import Listing, list_conversations

        asked = Listing(state=None if state is None else State(state.value), limit=limit, json=as_json)
        with opened(address_of(journal)) as found:
            list_conversations(found, asked)


@conversations.command()
def trace(
    conversation: of.ConversationId,
    form: Annotated[TraceForm, typer.Option("--format", help="Lines, the events, or drawings.")] = TraceForm.TEXT,
    output: Output = None,
    journal: of.Journal = None,
) -> None:
    """Show what a conversation did, event by event: when, which state it led to, and what was said."""
    with faults_told():
        import anyio

        from .drawing import put_out
        from .eventlog import as_json
        from .journals import address_of, conversation_named, opened
        from .tracing import draw_trace

        with opened(address_of(journal)) as found:
            named = conversation_named(found, conversation)
            events = anyio.run(found.read, named)
        if form is TraceForm.JSON:
            put_out(as_json(named, events), output)
        else:
            forms: dict[TraceForm, Literal["text", "mermaid", "html"]]
            forms = {TraceForm.TEXT: "text", TraceForm.MERMAID: "mermaid", TraceForm.HTML: "html"}
            draw_trace(named, events, forms[form], output)


@conversations.command()
def replay(conversation: of.ConversationId, at: At = None, journal: of.Journal = None, as_json: of.Json = False) -> None:
    """Fold a conversation's events anew and show the record.  Exit codes: 0 as stored, 1 not, 2 wrong usage."""
    with faults_told():
        from .journals import address_of, conversation_named, opened
        from .replaying import show_record

        with opened(address_of(journal)) as found:
            raise typer.Exit(show_record(found, conversation_named(found, conversation), at, as_json=as_json))


@conversations.command()
def diff(left: of.ConversationId, right: of.ConversationId, journal: of.Journal = None, as_json: of.Json = False) -> None:
    """Show where two conversations part, and how each goes on.  Exit codes: 0 the same happened, 1 not, 2 wrong usage."""
    with faults_told():
        from .diffing import show_difference
        from .journals import address_of, conversation_named, opened

        with opened(address_of(journal)) as found:
            one, other = (conversation_named(found, each) for each in (left, right))
            raise typer.Exit(show_difference(found, one, other, as_json=as_json))


@conversations.command()
def fork(conversation: of.ConversationId, at: At = None, journal: of.Journal = None) -> None:
    """Copy a conversation's first events into a new one, and print its id."""
    with faults_told():
        from .archiving import fork as copy
        from .journals import address_of, conversation_named, opened

        with opened(address_of(journal)) as found:
            typer.echo(copy(found, conversation_named(found, conversation), at))


@conversations.command()
def export(conversation: of.ConversationId, output: Output = None, journal: of.Journal = None) -> None:
    """Write a conversation as JSON lines."""
    with faults_told():
        from .archiving import export as write
        from .journals import address_of, conversation_named, opened

        with opened(address_of(journal)) as found:
            write(found, conversation_named(found, conversation), output)


@conversations.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `detent export` wrote; - for standard input.")],
    journal: of.Journal = None,
) -> None:
    """Store an exported conversation, and print its id.  Nothing is ever overwritten."""
    with faults_told():
        from .archiving import restore
        from .journals import address_of, opened

        with opened(address_of(journal), new=True) as found:
            typer.echo(restore(found, file))


@conversations.command()
def delete(
    conversation: of.ConversationId,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    journal: of.Journal = None,
) -> None:
    """Delete a conversation, and those of agents that ran as its tools, for good."""
    with faults_told():
        from .archiving import delete as forget
        from .journals import address_of, conversation_named, opened

        with opened(address_of(journal)) as found:
            named = conversation_named(found, conversation)
            besides = forget(found, named, _agreed(yes))
        if besides is None:
            raise typer.Exit(Exit.FAILED)
        typer.echo(f"deleted {named}" + (f" and {besides} of agents inside it" if besides else ""))


def _agreed(yes: bool) -> Callable[[str], bool]:
    from ..errors import ConfigurationError

    def ask(what: str) -> bool:
        if not (yes or sys.stdin.isatty()):
            raise ConfigurationError("delete: nobody can be asked here; --yes deletes without asking")
        return yes or typer.confirm(f"delete {what} for good?")

    return ask
