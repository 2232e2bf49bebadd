"""The picture: valid, complete, and readable without colours."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from attrs import evolve

import detent.diagrams
from detent.diagrams import svg
from detent.diagrams.chart import Kind, name_of, update, words
from detent.diagrams.figure import shape
from detent.diagrams.geometry import Box
from detent.diagrams.style import css
from detent.states import ROWS, Rows

SVG = "{http://www.w3.org/2000/svg}"


def parsed(rows: Rows) -> ElementTree.Element:
    return ElementTree.fromstring(svg(rows))


def told(rows: Rows) -> Counter[str]:
    """Return what the parts of the picture say when pointed at: a line a row."""
    titles = [title.text or "" for group in parsed(rows).iter(f"{SVG}g") for title in group.findall(f"{SVG}title")]
    return Counter(line for title in titles for line in title.splitlines() if "→" in line)


def written(rows: Rows) -> list[str]:
    return ["".join(text.itertext()) for text in parsed(rows).iter(f"{SVG}text")]


def lines_for(rows: Rows) -> Counter[str]:
    return Counter(f"{name_of(row.source)}: {words(row)} / {update(row)} → {name_of(row.to)}" for row in rows)


def test_the_committed_picture_is_the_machine() -> None:
    committed = Path(str(detent.diagrams.__file__)).with_name("machine.svg")

    assert svg(ROWS) == committed.read_text(encoding="utf-8")


def test_every_row_is_in_the_picture_and_no_other(grown: Rows) -> None:
    assert lines_for(ROWS) == told(ROWS)
    assert lines_for(grown) == told(grown)


def test_every_guard_and_update_can_be_read(grown: Rows) -> None:
    texts = " ".join(written(grown))

    assert all(row.label in texts and update(row) in texts for row in grown)


def test_a_changed_guard_changes_the_picture(grown: Rows) -> None:
    guard = next(row.when for row in grown if row.label == "looks finished")
    changed = (evolve(ROWS[0], when=guard), *ROWS[1:])

    assert any("looks finished" in text for text in written(changed))
    assert lines_for(changed) == told(changed)


def test_a_row_left_out_changes_the_picture() -> None:
    assert svg(ROWS) not in {svg(ROWS[:left] + ROWS[left + 1 :]) for left in range(len(ROWS))}


def test_the_picture_is_told_to_those_who_do_not_see_it() -> None:
    root = parsed(ROWS)
    named = {part.get("id"): part.text for part in root.iter() if part.get("id") in str(root.get("aria-labelledby")).split()}

    assert "img" == root.get("role")
    assert {"title", "desc"} == set(named)
    assert str(len(ROWS)) in str(named["desc"])


def test_the_picture_needs_nothing_from_elsewhere() -> None:
    addresses = set(re.findall(r"\w+://[^\"'\s]+", svg(ROWS)))

    assert {"http://www.w3.org/2000/svg"} == addresses
    assert not re.search(r"<script|<image|<foreignObject|@import|href", svg(ROWS))


def test_dark_pages_change_colours_only() -> None:
    light, dark = css().split("@media (prefers-color-scheme:dark)")
    properties = set(re.findall(r"([\w-]+):", re.sub(r"[^{};]*\{", "", dark)))

    assert {"fill", "stroke"} == properties
    assert set(re.findall(r"([.\w]+)\{[^}]*#", light)) == set(re.findall(r"([.\w]+)\{[^}]*#", dark))


def test_kinds_of_states_differ_in_their_outlines() -> None:
    outlines = {kind: shape(kind, Box(0, 0, 100, 40)) for kind in Kind}
    bare = {kind: re.sub(r' class="\w+"', "", outline) for kind, outline in outlines.items()}
    doubled = {kind for kind, outline in outlines.items() if 2 == outline.count("class=")}
    plain = {bare[kind] for kind in (Kind.ENDED, Kind.LIMIT, Kind.FAILURE)}

    assert {kind for kind in Kind if kind.ends} == doubled
    assert 3 == len(plain)
    assert "stroke-dasharray" in css().split(".person{")[1].split("}")[0]
    assert 1 == svg(ROWS).count("a4 4 0 1 0")  # a person


def test_an_empty_table_is_a_picture_of_the_start() -> None:
    assert "done" in written(())
    assert not told(())
