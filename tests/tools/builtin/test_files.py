"""The files of a folder: what is shown, what is left out, and that nothing outside can be reached."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detent.tools.builtin import Bounds, Folder
from detent.tools.builtin import confined as confinement

SECRET = "the secret of the house"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with files and traps in it, beside a file that must not be read."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    root = tmp_path / "root"
    (root / "docs" / "deep").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "node_modules").mkdir()
    (root / "README.md").write_text("# Detent\nA catch.\nThe end.\n")
    (root / "app.py").write_text("import detent\n\nprint('detent')\n")
    (root / "docs" / "guide.md").write_text("Use detent.\n")
    (root / "docs" / "deep" / "notes.py").write_text("pass\n")
    (root / ".git" / "config").write_text("token = detent\n")
    (root / ".env").write_text("KEY=detent\n")
    (root / "node_modules" / "x.py").write_text("detent\n")
    (root / "data.bin").write_bytes(b"detent\0\1\2")
    return root


@pytest.fixture
def folder(root: Path) -> Folder:
    return Folder(root)


def test_a_folder_is_listed_by_name_without_what_is_hidden(folder: Folder) -> None:
    assert folder.list_files() == "README.md\napp.py\ndata.bin\ndocs/\nnode_modules/"


def test_a_folder_below_is_listed_with_whole_paths(folder: Folder) -> None:
    assert folder.list_files("docs") == "docs/deep/\ndocs/guide.md"
    assert folder.list_files("./docs/../docs/") == "docs/deep/\ndocs/guide.md"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.py", "app.py"),
        ("**/*.py", "app.py\ndocs/deep/notes.py"),
        ("docs/*.md", "docs/guide.md"),
        ("*.rs", "nothing in . matches *.rs"),
    ],
)
def test_a_pattern_chooses_names(folder: Folder, pattern: str, expected: str) -> None:
    assert folder.list_files(pattern=pattern) == expected


def test_a_file_is_listed_as_itself(folder: Folder) -> None:
    assert folder.list_files("app.py") == "app.py"


def test_a_listing_that_is_too_long_says_how_much_it_left_out(root: Path) -> None:
    two = Folder(root, bounds=Bounds(listed=2))

    assert two.list_files() == "README.md\napp.py\n(3 more left out: name a folder or a pattern)"
    assert "stopped after 3 files and folders" in Folder(root, bounds=Bounds(visited=3)).list_files(pattern="**/*")


def test_a_file_is_read(folder: Folder) -> None:
    assert folder.read_file("README.md") == "# Detent\nA catch.\nThe end."


def test_some_lines_are_read_and_where_to_go_on_is_said(folder: Folder) -> None:
    assert folder.read_file("README.md", 2, 1) == "A catch.\n(lines 2 to 2 of 3; go on with start_line=3)"
    assert folder.read_file("README.md", start_line=3) == "The end."


def test_a_large_file_is_read_in_part(root: Path) -> None:
    (root / "long.txt").write_text("x" * 30 + "\n" + "y" * 30)

    def read(bounds: Bounds) -> str:
        return Folder(root, bounds=bounds).read_file("long.txt")

    assert read(Bounds(characters=10)).startswith("xxxxxxxxxx ... (the line goes on)\n(lines 1 to 1 of 2;")
    assert read(Bounds(characters=40)).endswith("x\n(lines 1 to 1 of 2; go on with start_line=2)")
    assert "only the first 5 bytes" in read(Bounds(file_bytes=5))
    assert "go on with start_line=2" in read(Bounds(lines=1))


def test_an_empty_file_is_said_to_be_empty(root: Path, folder: Folder) -> None:
    (root / "empty").touch()

    assert folder.read_file("empty") == "empty is empty"


def test_bytes_that_are_no_text_are_replaced(root: Path, folder: Folder) -> None:
    (root / "latin.txt").write_bytes(b"caf\xe9")

    assert folder.read_file("latin.txt") == "caf\ufffd"


def test_a_text_is_found_wherever_it_stands(folder: Folder) -> None:
    assert folder.search_files("detent") == (
        "README.md:1: # Detent\napp.py:1: import detent\napp.py:3: print('detent')\ndocs/guide.md:1: Use detent.\n"
        "(files left out, being binary or larger than 10,000,000 bytes: 1)"
    )


def test_a_search_is_narrowed_by_pattern_and_place(folder: Folder) -> None:
    assert folder.search_files("detent", "*.md") == "README.md:1: # Detent\ndocs/guide.md:1: Use detent."
    assert folder.search_files("detent", path="docs") == "docs/guide.md:1: Use detent."
    assert folder.search_files("catch", path="README.md") == "README.md:2: A catch."
    assert folder.search_files("a.c", "**/*.md") == "nothing found: 'a.c' (files searched: 2)"


def test_a_search_stops_at_its_bounds_and_says_so(root: Path) -> None:
    assert "stopped after 2 matches" in Folder(root, bounds=Bounds(matches=2)).search_files("detent")
    assert "the files after that were not searched" in Folder(root, bounds=Bounds(searched_bytes=10)).search_files("Detent")
    assert "larger than 5 bytes" in Folder(root, bounds=Bounds(file_bytes=5)).search_files("detent")


def test_a_long_line_is_shown_around_the_match(root: Path, folder: Folder) -> None:
    (root / "long.txt").write_text("a" * 1000 + "needle" + "b" * 1000)
    found = folder.search_files("needle")

    assert "needle" in found
    assert found.startswith("long.txt:1: ... a")
    assert len(found) < 400


def test_letters_that_fold_into_two_move_nothing(root: Path, folder: Folder) -> None:
    (root / "long.txt").write_text("\u00df" * 1000 + "Needle" + "\u00df" * 1000)

    assert "Needle" in folder.search_files("nEEDLE")
    assert "long.txt:1: " in folder.search_files("SSSS")


def test_hidden_files_are_there_when_they_are_wanted(root: Path) -> None:
    assert "token" in Folder(root, hidden=True).read_file(".git/config")
    assert ".env:1: KEY=detent" in Folder(root, hidden=True).search_files("detent")


@pytest.mark.parametrize(
    ("method", "given", "error", "message"),
    [
        ("read_file", ("docs",), IsADirectoryError, "docs: a folder; list_files"),
        ("read_file", ("data.bin",), ValueError, "data.bin: a binary file"),
        ("read_file", ("readme.md",), FileNotFoundError, "readme.md: no such file or folder; did you mean README.md?"),
        ("read_file", ("docs/guid.md",), FileNotFoundError, "did you mean docs/guide.md?"),
        ("read_file", ("no/such/file",), FileNotFoundError, "no: no such file or folder$"),
        ("read_file", ("app.py/x",), NotADirectoryError, "app.py: not a folder"),
        (
            "read_file",
            (
                "README.md",
                9,
            ),
            ValueError,
            "has 3 lines, so none from 9 on",
        ),
        (
            "read_file",
            (
                "README.md",
                0,
            ),
            ValueError,
            "counted from 1",
        ),
        (
            "read_file",
            (
                "README.md",
                1,
                0,
            ),
            ValueError,
            "counted from 1",
        ),
        ("read_file", ("a\0b",), ValueError, "NUL"),
        ("read_file", (".env",), PermissionError, ".env: hidden"),
        ("list_files", (".git",), PermissionError, ".git: hidden"),
        ("list_files", ("nowhere",), FileNotFoundError, "nowhere: no such file or folder"),
        ("list_files", (".", "*" * 201), ValueError, "the pattern is longer"),
        ("search_files", (" ",), ValueError, "text is empty"),
    ],
)
def test_what_can_not_be_done_is_refused_with_words_to_act_on(
    folder: Folder, method: str, given: tuple[str | int, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        getattr(folder, method)(*given)


# -- nothing outside

WAYS_OUT = ["..", "../outside/secret.txt", "docs/../../outside/secret.txt", "/etc/passwd", "//etc/x", "docs/../..", "../root/x"]


def ways_in(folder: Folder) -> list[Callable[[str], str]]:
    """Return the three methods, each taking a path."""

    def search(path: str) -> str:
        return folder.search_files("house", path=path)

    return [folder.read_file, folder.list_files, search]


@pytest.mark.parametrize("path", WAYS_OUT)
def test_a_path_that_leads_out_is_refused(folder: Folder, path: str) -> None:
    for act in ways_in(folder):
        with pytest.raises(PermissionError, match="outside the working folder"):
            act(path)


def test_links_are_not_followed_wherever_they_stand(root: Path, folder: Folder) -> None:
    (root / "file").symlink_to(root.parent / "outside" / "secret.txt")
    (root / "folder").symlink_to(root.parent / "outside")
    (root / "docs" / "up").symlink_to("../..")
    (root / "inner").symlink_to("README.md")
    (root / "loop").symlink_to("loop")

    for path in ("file", "folder", "folder/secret.txt", "docs/up/outside/secret.txt", "inner", "loop"):
        with pytest.raises(PermissionError, match="links are not followed"):
            folder.read_file(path)
    assert SECRET not in folder.search_files("secret")
    assert "file" not in folder.list_files(pattern="**/*").split("\n")


def test_a_root_that_is_a_link_is_where_it_leads(root: Path) -> None:
    (root.parent / "link").symlink_to(root)

    assert "A catch." in Folder(root.parent / "link").read_file("README.md")


def test_pipes_devices_and_sockets_are_refused_without_waiting(root: Path, folder: Folder) -> None:
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket"))

        for path in ("pipe", "socket"):
            with pytest.raises(PermissionError, match="device, pipe or socket"):
                folder.read_file(path)
        assert "pipe" not in folder.list_files()
        assert "pipe" not in folder.search_files("zzz")


@pytest.mark.parametrize("trap", ["link", "pipe"])
def test_what_is_put_in_place_after_the_look_is_caught_by_the_opening(
    root: Path, folder: Folder, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = os.stat

    def swapped(path: str, **more: object) -> os.stat_result:
        found = looked(path, **more)  # type: ignore[arg-type]
        if path == "app.py":
            (root / "app.py").unlink()
            if trap == "link":
                (root / "app.py").symlink_to(root.parent / "outside" / "secret.txt")
            else:
                os.mkfifo(root / "app.py")
        return found

    monkeypatch.setattr(os, "stat", swapped)
    with pytest.raises(PermissionError):
        folder.read_file("app.py")


def test_a_folder_that_is_swapped_for_a_link_all_the_time_never_lets_anything_out(root: Path, folder: Folder) -> None:
    (root / "docs" / "secret.txt").write_text("harmless")
    (root / "link").symlink_to(root.parent / "outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for one, other in (("docs", "away"), ("link", "docs"), ("docs", "link"), ("away", "docs")):
                (root / one).rename(root / other)

    swapper = threading.Thread(target=swap)
    swapper.start()
    try:
        said = {_said(folder) for _ in range(400)}
    finally:
        stop.set()
        swapper.join()

    assert not any(SECRET in one for one in said)


def _said(folder: Folder) -> str:
    try:
        return folder.read_file("docs/secret.txt") + folder.search_files("secret", path="docs")
    except OSError as error:
        return str(error)


def test_nothing_stays_open(root: Path, folder: Folder) -> None:
    (root / "link").symlink_to("..")
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for path in ("README.md", "docs", "link", "link/x", "nowhere", "app.py/x", "data.bin", ".env"):
        for act in (folder.read_file, folder.list_files):
            with suppress(OSError, ValueError):
                act(path)
    folder.search_files("detent")

    assert before == (len(os.listdir("/proc/self/fd")) if before else 0)


def test_what_may_not_be_read_is_named_and_the_rest_is_searched(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def closed(path: str, flags: int, **more: int) -> int:
        if path in ("deep", "guide.md"):
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, **more)

    monkeypatch.setattr(os, "open", closed)
    assert folder.search_files("detent", "*.md") == (
        "README.md:1: # Detent\n(docs/deep could not be read; docs/guide.md could not be read)"
    )


def test_where_nothing_opens_relatively_paths_are_resolved_first(
    root: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "RELATIVE", False)
    (root / "folder").symlink_to(root.parent / "outside")
    (root / "inner").symlink_to("README.md")

    assert "A catch." in folder.read_file("README.md")
    with pytest.raises(PermissionError, match="outside the working folder"):
        folder.read_file("folder/secret.txt")
    with pytest.raises(PermissionError, match="links are not followed"):
        folder.read_file("inner")
    with pytest.raises(FileNotFoundError, match="no such file"):
        folder.read_file("nothing")


NAMES = st.sampled_from(["..", ".", "docs", "link", "file", "up", "outside", "secret.txt", "README.md", "", "/", "~"])


@pytest.fixture
def trapped(root: Path) -> Folder:
    (root / "file").symlink_to(root.parent / "outside" / "secret.txt")
    (root / "link").symlink_to(root.parent / "outside")
    (root / "docs" / "up").symlink_to("../..")
    return Folder(root, hidden=True)


@given(st.lists(NAMES, min_size=1, max_size=6).map("/".join) | st.text(max_size=12))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_path_at_all_leads_out(trapped: Folder, path: str) -> None:
    for act in ways_in(trapped):
        try:
            said = act(path)
        except (OSError, ValueError):
            continue
        assert SECRET not in said
        assert "secret.txt" not in said
