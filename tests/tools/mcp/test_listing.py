from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import mcp_servers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.message import SessionMessage
from mcp_servers import context, filesystem, named, time_server, until
from mcp_types import JSONRPCResponse, Tool

from detent import ConfigurationError
from detent.tools import Refused
from detent.tools.mcp import McpTools, mcp_tools
from detent.tools.mcp.listing import Listing, make_tools, sift
from detent.tools.mcp.options import Options
from detent.tools.mcp.results import Returned


async def never(*_: object) -> Returned:
    raise AssertionError("nothing is called here")


def made(*tools: Tool, options: Options | None = None) -> Listing:
    return make_tools(tools, options or Options(), never, {})


def bare(name: str) -> Tool:
    return Tool(name=name, input_schema={"type": "object"})


@pytest.mark.anyio
async def test_the_server_with_every_feature_is_offered_but_for_what_needs_tasks(everything: McpTools) -> None:
    schema: Any = named(everything, "get-annotated-message").parameters

    assert 12 == len(everything) == len({each.name for each in everything})
    assert {"simulate-research-query": "runs as a task only, which is not supported"} == everything.skipped
    assert "http://json-schema.org/draft-07/schema#" == schema["$schema"]
    assert ["error", "success", "debug"] == schema["properties"]["messageType"]["enum"]
    assert "Echoes back the input string" == named(everything, "echo").description
    assert everything.instructions.startswith("# Everything Server")


@pytest.mark.anyio
async def test_what_the_model_gets_wrong_is_told_before_the_server_is_asked(everything: McpTools) -> None:
    assert Refused('a: a number is wanted, not "1"; b: missing') == named(everything, "get-sum").read('{"a": "1"}')


@pytest.mark.anyio
async def test_one_tool_that_is_none_does_not_cost_the_others(strange: McpTools) -> None:
    skipped = strange.skipped

    assert ["good", "change", "say", "ask", "spoil", "pid", "die"] == [each.name for each in strange]
    assert "Good" == strange.tools[0].description
    assert "inputSchema.type: Input should be 'object'" == skipped["array"]
    assert "inputSchema: Field required" == skipped["schemaless"]
    assert "'strng' is not valid" in skipped["typo"]
    assert "leads nowhere within the schema" in skipped["elsewhere"]
    assert "listed twice: the first of that name is offered" == skipped["good"]
    assert "name: Field required" == skipped["tool 7 of the list"]
    assert "tool 8 of the list" in skipped


@pytest.mark.anyio
async def test_pages_are_read_to_the_end_and_names_made_legal(odd: McpTools) -> None:
    names = [each.name for each in odd]

    assert ["pid", "hang", "grow", "lie"] == [*names[:3], names[5]]
    assert all(name.startswith("files_read_v2_") for name in names[3:5])
    assert names[3] != names[4]
    assert "Be odd." == odd.instructions


@pytest.mark.anyio
async def test_the_hints_of_real_servers_become_policies(tmp_path: Path) -> None:
    async with mcp_tools(filesystem(tmp_path)) as files, mcp_tools(time_server()) as time:
        policies = {each.name: (each.approve, each.idempotent) for each in (*files, *time)}

    assert (False, True) == policies["read_text_file"] == policies["get_current_time"]
    assert (True, True) == policies["write_file"]
    assert (True, False) == policies["move_file"] == policies["edit_file"]
    assert (False, True) == policies["create_directory"]


@pytest.mark.anyio
async def test_the_list_is_replaced_when_the_newest_protocol_tells_of_a_change(odd: McpTools) -> None:
    before = odd.tools
    await named(odd, "grow")(context())
    await until(lambda: len(odd) == len(before) + 1)

    assert "grown-0" == odd.tools[-1].name
    assert 6 == len(before)


@pytest.mark.anyio
async def test_the_list_is_replaced_when_an_older_protocol_tells_of_a_change() -> None:
    async with mcp_tools(mcp_servers.strange(), without=["ask"]) as tools:
        await named(tools, "change")(context())
        await until(lambda: len(tools) == 1)

        assert ["only"] == [each.name for each in tools]
        assert {} == tools.skipped  # and `ask`, which is gone, is no error


@pytest.mark.anyio
async def test_a_list_that_can_not_be_read_leaves_the_tools_as_they_were(caplog: pytest.LogCaptureFixture) -> None:
    async with mcp_tools(mcp_servers.strange()) as tools:
        before = tools.tools
        await named(tools, "spoil")(context())
        await until(lambda: "its tools stay as they were" in caplog.text)

        assert before is tools.tools
        assert "done" == await named(tools, "good")(context())


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("option", "match"),
    [
        ({"only": ["god"]}, "has no tool 'god'; did you mean `good`"),
        ({"without": ["zzz"]}, "has no tool 'zzz'; there are `good`, "),
        ({"approve": ["sya"]}, "has no tool 'sya'; did you mean `say`"),
    ],
)
async def test_a_name_that_the_server_does_not_know_is_refused(option: dict[str, Any], match: str) -> None:
    with pytest.raises(ConfigurationError, match=match):
        await mcp_tools(mcp_servers.strange(), **option)


def test_policies_and_limits_reach_the_tools() -> None:
    options = Options(prefix="p_", timeout=3.0, max_chars=500, approved=("b",), without=("c",))
    one, other = made(bare("a"), bare("b"), bare("c"), options=options).tools

    assert ("p_a", 3.0, 500, False) == (one.name, one.timeout, one.max_chars, one.approve)
    assert ("p_b", True) == (other.name, other.approve)
    assert {"type": "object", "properties": {}} == one.parameters


def test_a_tool_that_is_not_wanted_is_not_missed_and_its_name_is_known() -> None:
    listing = made(bare("a"), bare("b"), options=Options(only=("a",)))

    assert {} == listing.skipped
    assert ("a", "b") == listing.names


OBJECT = {"type": "object"}
ENTRIES = st.one_of(
    st.just({"name": "good", "inputSchema": OBJECT}),
    st.none() | st.integers() | st.text(max_size=3),
    st.dictionaries(
        st.sampled_from(["name", "inputSchema", "description", "annotations"]),
        st.one_of(st.just(OBJECT), st.just({"type": "array"}), st.text(max_size=3)),
    ),
)


def is_a_tool(entry: object) -> bool:
    """Judge without the library's help."""
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and entry.get("inputSchema") == OBJECT
        and isinstance(entry.get("description", ""), str)
        and isinstance(entry.get("annotations", OBJECT), dict)
    )


@given(st.lists(ENTRIES, max_size=6), st.sampled_from(["2024-11-05", "2025-11-25", "2026-07-28"]))
def test_of_a_listing_the_tools_are_left_in_order_and_the_rest_has_a_reason(entries: list[object], version: str) -> None:
    rest = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"} if version == "2026-07-28" else {}
    message = JSONRPCResponse(jsonrpc="2.0", id=1, result={**rest, "tools": copy.deepcopy(entries)})
    skipped: dict[str, str] = {}
    sift(SessionMessage(message), version, skipped)

    assert [entry for entry in entries if is_a_tool(entry)] == message.result["tools"]
    assert all(skipped.values())
    assert bool(skipped) is not all(map(is_a_tool, entries))


@pytest.mark.parametrize("result", [{"content": []}, {"tools": {}}, {"tools": None}])
def test_what_is_no_listing_passes_untouched(result: dict[str, object]) -> None:
    message = JSONRPCResponse(jsonrpc="2.0", id=1, result=copy.deepcopy(result))
    sift(SessionMessage(message), "2025-11-25", {})

    assert result == message.result
