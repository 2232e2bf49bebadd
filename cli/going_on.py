"""The commands that go on with a conversation of a journal.  Each loads what it needs when it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ..states import Limits
from . import options as of
from .exits import EXIT_CODES
from .faults import faults_told

__all__ = ["going_on"]

going_on = typer.Typer(pretty_exceptions_enable=False)


@going_on.command(epilog=EXIT_CODES)
def resume(
    conversation: of.ConversationId,
    approve: of.ApproveCall = None,
    deny: of.DenyCall = None,
    answer: of.Answer = None,
    agent: of.Agent = None,
    model: of.ModelName = None,
    base_url: of.BaseUrl = None,
    api_key: of.ApiKey = None,
    host: of.Host = None,
    instructions: of.Instructions = None,
    rounds: of.Rounds = 10,
    folder: of.Folder = Path("."),
    ask: of.Ask = None,
    no_tools: of.NoTools = False,
    journal: of.Journal = None,
    as_json: of.Json = False,
    verbose: of.Verbose = 0,
) -> None:
    """Go on with a conversation that waits for a person, was left in the middle, or failed."""
    with faults_told():
        from .agents import AgentOptions
        from .journals import address_of, conversation_named, opened
        from .resuming import Resuming, agreed, answered, refused
        from .resuming import resume as go_on
        from .setting import setting

        options = AgentOptions(
            setting=setting(
                model=model, base_url=base_url, api_key=api_key, host=host, environment=os.environ, chosen_by=_agent(agent)
            ),
            instructions=instructions,
            limits=Limits(rounds=rounds),
            folder=folder,
            approve=tuple(ask or ()),
            asking="--ask",
            no_tools=no_tools,
            named=agent,
        )
        with opened(address_of(journal)) as found:
            asked = Resuming(
                conversation_id=conversation_named(found, conversation),
                agent=options,
                approve=agreed(approve or ()),
                deny=refused(deny or ()),
                answer=answered(answer or ()),
                journal=journal,
                json=as_json,
                verbose=verbose,
            )
            raise typer.Exit(go_on(found, asked))


@going_on.command()
def chat(
    conversation: Annotated[str | None, typer.Argument(metavar="[ID]", help="Go on with this one, or begin it.")] = None,
    agent: of.Agent = None,
    model: of.ModelName = None,
    base_url: of.BaseUrl = None,
    api_key: of.ApiKey = None,
    host: of.Host = None,
    instructions: of.Instructions = None,
    rounds: of.Rounds = 10,
    folder: of.Folder = Path("."),
    approve: of.Approve = None,
    no_tools: of.NoTools = False,
    journal: of.Journal = None,
    verbose: of.Verbose = 0,
) -> None:
    """Talk with the model at a prompt.  Ctrl-C stops a run, Ctrl-D ends the chat; the journal keeps it all."""
    with faults_told():
        from .agents import AgentOptions
        from .chatting import Chatting
        from .chatting import chat as talk
        from .journals import address_of, opened
        from .setting import setting

        options = AgentOptions(
            setting=setting(
                model=model, base_url=base_url, api_key=api_key, host=host, environment=os.environ, chosen_by=_agent(agent)
            ),
            instructions=instructions,
            limits=Limits(rounds=rounds),
            folder=folder,
            approve=tuple(approve or ()),
            no_tools=no_tools,
            named=agent,
        )
        address = address_of(journal)
        with opened(address, new=True) as found:
            raise typer.Exit(talk(found, Chatting(conversation=conversation, agent=options, address=address, verbose=verbose)))


def _agent(named: str | None) -> str | None:
    return None if named is None else "--agent"
