"""The options of `detent run`, each with what `--help` says of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Agent",
    "Answer",
    "ApiKey",
    "Approve",
    "ApproveCall",
    "Ask",
    "BaseUrl",
    "Continue",
    "Conversation",
    "ConversationId",
    "DenyCall",
    "Folder",
    "History",
    "Host",
    "Instructions",
    "Journal",
    "Json",
    "ModelName",
    "NoTools",
    "OnLimit",
    "OnLimitName",
    "Rounds",
    "Save",
    "Seconds",
    "Task",
    "ToolCalls",
    "Verbose",
]


class OnLimitName(StrEnum):
    """What a run does that meets a limit."""

    SUMMARY = "summary"
    ANSWER = "answer"


_MODEL = "The model"
_LIMITS = "Limits"
_TOOLS = "Tools"
_RECORD = "The record"

Task = Annotated[str, typer.Argument(metavar="TASK", help="What is to be done; - reads it from standard input.")]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Its name at its host, or HOST:NAME such as ollama:llama3.1. Default: OPENAI_MODEL; with nothing configured at "
        "all a rule-based practice endpoint answers.",
        rich_help_panel=_MODEL,
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", help="Where it is. Default: OPENAI_BASE_URL, or the host's own address.", rich_help_panel=_MODEL
    ),
]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        help="Default: OPENAI_API_KEY, which is sent to OpenAI and to OPENAI_BASE_URL only.",
        rich_help_panel=_MODEL,
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        "--host", help="Kind of host: openai, ollama, openwebui, vllm, ... Guessed from the address.", rich_help_panel=_MODEL
    ),
]
Instructions = Annotated[str | None, typer.Option("--instructions", "-i", help="The system message.", rich_help_panel=_MODEL)]
Rounds = Annotated[int, typer.Option("--rounds", min=1, help="Replies of the model.", rich_help_panel=_LIMITS)]
ToolCalls = Annotated[int | None, typer.Option("--tool-calls", min=1, help="Tool calls that are run.", rich_help_panel=_LIMITS)]
Seconds = Annotated[float | None, typer.Option("--seconds", help="Time on the clock.", rich_help_panel=_LIMITS)]
OnLimit = Annotated[
    OnLimitName,
    typer.Option(
        "--on-limit",
        help="At a limit: write down what the tools returned, or let the model answer from it.",
        rich_help_panel=_LIMITS,
    ),
]
Folder = Annotated[
    Path,
    typer.Option(
        "--folder",
        exists=True,
        file_okay=False,
        help="The folder that the file tools can see; nothing outside it.",
        rich_help_panel=_TOOLS,
    ),
]
Approve = Annotated[
    list[str] | None,
    typer.Option(
        "--approve",
        metavar="TOOL",
        help="Ask before a call of this tool (repeatable). Without a terminal the run stops there, with exit code 4.",
        rich_help_panel=_TOOLS,
    ),
]
NoTools = Annotated[bool, typer.Option("--no-tools", help="Offer no tools.", rich_help_panel=_TOOLS)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Save = Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Store the record here.", rich_help_panel=_RECORD)]
Continue = Annotated[
    Path | None,
    typer.Option("--continue", metavar="FILE", help="Go on from a stored record.", rich_help_panel=_RECORD),
]
History = Annotated[
    Path | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help="Go on from a JSON list of chat-completions messages, repaired where it is broken.",
        rich_help_panel=_RECORD,
    ),
]
Journal = Annotated[
    str | None,
    typer.Option(
        "--journal",
        metavar="URL",
        help="A file or a database URL that keeps conversations. Default: $DETENT_JOURNAL, or ./detent.db.",
        rich_help_panel=_RECORD,
    ),
]
Conversation = Annotated[
    str | None,
    typer.Option(
        "--conversation", metavar="ID", help="Go on with this one of the journal, or begin it.", rich_help_panel=_RECORD
    ),
]
ConversationId = Annotated[str, typer.Argument(metavar="ID", help="The id, or how it begins.", show_default=False)]
Agent = Annotated[
    str | None,
    typer.Option(
        "--agent", metavar="MODULE:NAME", help="An Agent of your own, with its model and tools.", rich_help_panel=_MODEL
    ),
]
Ask = Annotated[
    list[str] | None,
    typer.Option("--ask", metavar="TOOL", help="Ask before a call of this tool (repeatable).", rich_help_panel=_TOOLS),
]
_DECISIONS = "What was decided"
ApproveCall = Annotated[
    list[str] | None,
    typer.Option(
        "--approve",
        metavar="CALL",
        help="Agree to this call (repeatable); CALL=JSON: with these arguments in place of the model's.",
        rich_help_panel=_DECISIONS,
    ),
]
DenyCall = Annotated[
    list[str] | None,
    typer.Option("--deny", metavar="CALL=WHY", help="Refuse it; the model is told why.", rich_help_panel=_DECISIONS),
]
Answer = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="CALL=JSON", help="Answer what its tool asks.", rich_help_panel=_DECISIONS),
]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, show_default=False, help="Log each transition to stderr; -vv: and more.")
]
