"""The commands.  Each loads what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..states import Limits
from . import options as of
from .conversations import conversations
from .exits import EXIT_CODES
from .faults import faults_told
from .going_on import going_on

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="detent: the agent loop as an explicit, declared state machine.",
)


class Drawing(StrEnum):
    """The forms in which the machine is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"
    DOT = "dot"
    TEXT = "text"
    TABLE = "table"


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"detent {version('detent')}")
        raise typer.Exit


@app.callback(epilog=EXIT_CODES)
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    modules: Annotated[
        list[str] | None,
        typer.Option("--import", metavar="MODULE", envvar="DETENT_IMPORT", help="Where machines of your own are made."),
    ] = None,
) -> None:
    """Hold the options that come before a command."""
    if modules:
        from .named import imported

        with faults_told():
            for module in modules:
                imported(module, option="--import")


@app.command(epilog=EXIT_CODES)
def run(
    task: of.Task,
    model: of.ModelName = None,
    base_url: of.BaseUrl = None,
    api_key: of.ApiKey = None,
    host: of.Host = None,
    instructions: of.Instructions = None,
    rounds: of.Rounds = 10,
    tool_calls: of.ToolCalls = None,
    seconds: of.Seconds = None,
    on_limit: of.OnLimit = of.OnLimitName.SUMMARY,
    folder: of.Folder = Path("."),
    approve: of.Approve = None,
    no_tools: of.NoTools = False,
    save: of.Save = None,
    go_on_from: of.Continue = None,
    history: of.History = None,
    journal: of.Journal = None,
    conversation: of.Conversation = None,
    as_json: of.Json = False,
    verbose: of.Verbose = 0,
) -> None:
    """Run a task: the model calls tools until it has the answer, and every move is shown."""
    with faults_told():
        from .agents import AgentOptions
        from .run import Asked, run_task
        from .setting import setting

        agent = AgentOptions(
            setting=setting(model=model, base_url=base_url, api_key=api_key, host=host, environment=os.environ),
            instructions=instructions,
            limits=Limits(rounds=rounds, tool_calls=tool_calls, seconds=seconds, on_limit=on_limit.value),
            folder=folder,
            approve=tuple(approve or ()),
            no_tools=no_tools,
        )
        asked = Asked(
            task=sys.stdin.read() if task == "-" else task,
            agent=agent,
            json=as_json,
            save=save,
            go_on_from=go_on_from,
            history=history,
            journal=journal,
            conversation=conversation,
            verbose=verbose,
        )
        raise typer.Exit(run_task(asked))


@app.command()
def practice(port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0) -> None:
    """Serve the practice endpoint on this machine until Ctrl-C: chat completions by plain rules, no language model."""
    with faults_told():
        from .practising import serve

        serve(port)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    address: Annotated[str, typer.Option(help="One that others can reach wants a --key-file.")] = "127.0.0.1",
    key_file: Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="Who may ask: a line `owner: key` each.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Models and roles to choose from, instead of one model.")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="The role of the file that answers by default.")] = "chat",
    mcp: Annotated[bool, typer.Option("--mcp", help="Instead: as an MCP tool, on standard input and output.")] = False,
    mcp_http: Annotated[
        int | None,
        typer.Option("--mcp-http", metavar="PORT", min=0, max=65535, help="The same over HTTP, on this machine; 0: any port."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What the MCP tool is called.")] = "agent",
    description: Annotated[str | None, typer.Option("--description", help="What a model is told of it.")] = None,
    agent: of.Agent = None,
    model: of.ModelName = None,
    base_url: of.BaseUrl = None,
    api_key: of.ApiKey = None,
    host: of.Host = None,
    instructions: of.Instructions = None,
    rounds: of.Rounds = 10,
    seconds: of.Seconds = None,
    folder: of.Folder = Path("."),
    approve: of.Approve = None,
    no_tools: of.NoTools = False,
    journal: of.Journal = None,
) -> None:
    """Serve an agent over HTTP, with a console, a chat-completions API and AG-UI; or as a tool of other programs."""
    with faults_told():
        from .agents import AgentOptions
        from .serving import check_options
        from .setting import setting

        over_mcp = mcp or mcp_http is not None
        check_options(over_mcp=over_mcp, agent=agent, key_file=key_file, config=config, journal=journal)
        options = AgentOptions(
            setting=setting(
                model=model,
                base_url=base_url,
                api_key=api_key,
                host=host,
                environment=os.environ,
                chosen_by="--agent" if agent is not None else "--config" if config is not None else None,
            ),
            instructions=instructions,
            limits=Limits(rounds=rounds, seconds=seconds),
            folder=folder,
            approve=tuple(approve or ()),
            no_tools=no_tools,
            named=agent,
        )
        if over_mcp:
            from .serving import Served
            from .serving import serve as serve_agent

            serve_agent(Served(agent=options, name=name, description=description, port=mcp_http))
            return
        from .journals import address_of
        from .serving_http import ServedOverHttp, serve_http

        serve_http(
            ServedOverHttp(
                agent=options,
                config=config,
                role=role,
                journal=address_of(journal),
                key_file=key_file,
                address=address,
                port=port,
            )
        )


@app.command()
def verify(
    target: Annotated[str | None, typer.Argument(metavar="[MODULE:NAME]", help="A machine of your own.")] = None,
    depth: Annotated[int | None, typer.Option("--depth", min=1, help="How many events to go from the start.")] = None,
) -> None:
    """Try everything that can happen to the machine against what is promised of it.  Exit codes: 0 it holds, 1 it does not."""
    with faults_told():
        from .verifying import verify_machine

        raise typer.Exit(verify_machine(target, depth))


@app.command()
def diagram(
    target: Annotated[str | None, typer.Argument(metavar="[MODULE:NAME]", help="A machine of your own.")] = None,
    form: Annotated[Drawing, typer.Option("--format", help="Mermaid text, a picture, or the rows.")] = Drawing.MERMAID,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: standard output.")] = None,
) -> None:
    """Draw the machine from the rows that run."""
    with faults_told():
        from .drawing import draw

        draw(target, form.value, output)


@app.command()
def lint(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Histories or requests; folders of them; - for stdin.")
    ],
    host: Annotated[str, typer.Option("--host", help="The kind of host to judge for; `detent hosts` lists them.")] = "portable",
    sendable: Annotated[bool, typer.Option("--sendable", help="Judge a history as what a request sends.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Write the repaired history to FILE.fixed.json.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write it here; - for stdout.")] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write it over the input.")] = False,
    as_json: of.Json = False,
) -> None:
    """Find what hosts will refuse of a history or a request (JSON or JSONL).  Exit codes: 0 clean, 1 findings, 2 unreadable."""
    with faults_told():
        from .lint import Linting
        from .lint import lint as judge_files

        asked = Linting(
            paths=tuple(files),
            host=host,
            sendable=sendable,
            fix=fix,
            output=output,
            in_place=in_place,
            json=as_json,
        )
        raise typer.Exit(judge_files(asked))


@app.command()
def models(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="Default: $DETENT_CONFIG, ./detent.toml, or ~/.config/detent/config.toml."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Ask each: does it answer, is it listed, does it call a tool?")
    ] = False,
    rewrite: Annotated[bool, typer.Option("--rewrite", help="Write each host_type that is guessed into the file.")] = False,
    as_json: of.Json = False,
) -> None:
    """Show what each role resolves to.  Exit codes: 0 all well, 1 a model is not, 2 wrong configuration."""
    with faults_told():
        from .models import list_models

        raise typer.Exit(list_models(config, check=check, rewrite=rewrite, as_json=as_json))


@app.command()
def hosts(
    name: Annotated[str | None, typer.Argument(help="One of them: every field of it.")] = None, as_json: of.Json = False
) -> None:
    """List the kinds of hosts that are known."""
    with faults_told():
        from .hosts import list_hosts, show_host

        if name is None:
            list_hosts(as_json=as_json)
        else:
            show_host(name, as_json=as_json)


app.add_typer(going_on)
app.add_typer(conversations)
