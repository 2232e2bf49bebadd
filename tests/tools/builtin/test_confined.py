"""Attacks on the file tools, made for real: races, magic links, devices, files without an end, names that lie."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detent.tools.builtin import Bounds, Folder
from detent.tools.builtin.confined import entries, is_nameable, parts_below

SECRET = "the secret of the house"
REFUSAL = "a link, and links are not followed"
TRIES = 5000
EXCHANGE = """
import ctypes, os, sys
rename = ctypes.CDLL(None, use_errno=True).renameat2
one, other = (os.fsencode(each) for each in sys.argv[1:])
print("begun", flush=True)
while True:
    if rename(-100, one, -100, other, 2):
        sys.exit(os.strerror(ctypes.get_errno()))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "note.txt").write_text(SECRET)
    root = tmp_path / "root"
    (root / "docs" / "deep").mkdir(parents=True)
    (root / "docs" / "note.txt").write_text("harmless")
    (root / "docs" / "deep" / "note.txt").write_text("harmless")
    return root


# -- races


@contextmanager
def exchanged(one: Path, other: Path) -> Generator[None]:
    """Have another process swap the two names, each time in one step, until the block is left."""
    command = [sys.executable, "-c", EXCHANGE, str(one), str(other)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as swapper:
        assert swapper.stdout is not None
        assert "begun\n" == swapper.stdout.readline()
        try:
            yield
            assert swapper.poll() is None
        finally:
            swapper.kill()


def outcome(folder: Folder, act: str, *given: str) -> str:
    try:
        return str(getattr(folder, act)(*given))
    except OSError as error:
        return f"refused: {error}"


def tried(act: Callable[[], str], wanted: set[str]) -> set[str]:
    """Return all that *act* says in `TRIES` tries, and in more of them until each of *wanted* was said, or none helps."""
    said: set[str] = set()
    for number in range(100 * TRIES):
        if number >= TRIES and wanted <= said:
            return said
        said.add(act())
    raise AssertionError(f"never said: {wanted - said}")


@pytest.mark.parametrize(
    ("inside", "trap", "read"),
    [
        ("docs", "../outside", "docs/note.txt"),
        ("docs/note.txt", "../../outside/note.txt", "docs/note.txt"),
        ("docs/deep", "../../outside", "docs/deep/note.txt"),
    ],
    ids=["a folder", "the file", "a folder further down"],
)
def test_a_process_that_swaps_it_for_a_link_gets_nothing_out(root: Path, inside: str, trap: str, read: str) -> None:
    link, folder = (root / inside).with_name("link"), Folder(root)
    link.symlink_to(trap)
    with exchanged(root / inside, link):
        said = tried(lambda: outcome(folder, "read_file", read), {"harmless", f"refused: {inside}: {REFUSAL}"})
        said |= {outcome(folder, "search_files", "e", "*", "docs") for _ in range(TRIES // 10)}
        said |= {outcome(folder, "list_files", "docs", "**/*") for _ in range(TRIES // 10)}

    assert not [each for each in said if SECRET in each]


def test_a_file_that_is_swapped_for_a_pipe_never_makes_the_reader_wait(root: Path) -> None:
    os.mkfifo(root / "docs" / "pipe")
    folder = Folder(root)
    with exchanged(root / "docs" / "note.txt", root / "docs" / "pipe"):
        refusal = "refused: docs/note.txt: neither a file nor a folder but a device, pipe or socket"
        said = tried(lambda: outcome(folder, "read_file", "docs/note.txt"), {"harmless", refusal})

    assert {"harmless", refusal} == said


def test_a_root_that_is_swapped_for_a_link_is_refused_without_saying_where_it_is(root: Path) -> None:
    folder = Folder(root)
    root.rename(root.with_name("away"))
    root.symlink_to("outside")
    with pytest.raises(OSError, match="the working folder can not be opened") as refused:
        folder.read_file("note.txt")

    assert str(root) not in str(refused.value)


def test_a_folder_that_is_moved_out_while_it_is_walked_takes_nobody_along(root: Path) -> None:
    folder = Folder(root)
    with exchanged(root / "docs", root.parent / "outside"):
        said = {outcome(folder, "read_file", "docs/../../outside/note.txt") for _ in range(200)}

    assert {"refused: docs/../../outside/note.txt: outside the working folder; give a path relative to it"} == said


# -- ways of writing a path


@pytest.mark.parametrize(
    "path",
    [
        "../outside/note.txt",
        "./../outside/note.txt",
        "docs/./../../outside/note.txt",
        "docs//..//..//outside/note.txt",
        "docs/deep/../../../outside/note.txt",
        "nowhere/../../outside/note.txt",
        "/../outside/note.txt",
        "///etc/passwd",
        "..",
        "../",
        "../.",
    ],
)
def test_dots_lead_nowhere_in_any_spelling(root: Path, path: str) -> None:
    with pytest.raises(PermissionError, match="outside the working folder"):
        Folder(root, hidden=True).read_file(path)


@pytest.mark.parametrize(
    "path", ["..\\outside\\note.txt", "%2e%2e/outside/note.txt", "\uff0e\uff0e/outside/note.txt", "~/x", "$HOME"]
)
def test_what_only_looks_like_dots_is_a_name_like_any_other(root: Path, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        Folder(root, hidden=True).read_file(path)


@pytest.mark.parametrize("path", ["note.txt\0.png", "a\nb", "a\x1b[2Jb", "\udcff", "\u2028"])
def test_a_path_that_is_no_text_in_a_line_is_refused(root: Path, path: str) -> None:
    with pytest.raises(ValueError, match="control character") as refused:
        Folder(root).read_file(path)

    assert path not in str(refused.value)


def test_very_long_paths_and_names_are_refused(root: Path) -> None:
    with pytest.raises(ValueError, match="longer than 4096 characters"):
        Folder(root).read_file("a/" * 500_000)
    with pytest.raises(OSError, match="too long"):
        Folder(root).read_file("a" * 300)


@given(st.text())
def test_a_path_is_taken_apart_into_plain_names_or_refused(path: str) -> None:
    try:
        parts = parts_below(path)
    except (PermissionError, ValueError):
        return
    assert not {"", ".", ".."} & set(parts)
    assert not [part for part in parts if "/" in part or "\0" in part]


# -- what is no file


def test_the_magic_links_of_proc_are_not_followed() -> None:
    for path in ("root/etc/passwd", "cwd", "exe", "fd/0", "task/self"):
        with pytest.raises((PermissionError, FileNotFoundError)):
            Folder("/proc/self").read_file(path)


def test_devices_are_refused() -> None:
    for name in ("zero", "null", "tty", "full"):
        with pytest.raises(PermissionError, match="device, pipe or socket"):
            Folder("/dev").read_file(name)
    assert "zero" not in Folder("/dev").list_files().split("\n")


def test_a_hard_link_is_a_file_of_the_folder_like_any_other(root: Path) -> None:
    (root / "hard.txt").hardlink_to(root.parent / "outside" / "note.txt")

    assert SECRET == Folder(root).read_file("hard.txt")


# -- sizes


def test_a_huge_file_without_content_is_looked_at_in_part(root: Path) -> None:
    with (root / "sparse").open("wb") as file:
        file.truncate(2**40)
    with (root / "text").open("wb") as file:
        file.write(b"a line\n" * 2000)
        file.truncate(2**40)

    with pytest.raises(ValueError, match="a binary file"):
        Folder(root).read_file("sparse")
    assert "only the first 14,000 bytes were looked at" in Folder(root, bounds=Bounds(file_bytes=14_000)).read_file("text")
    assert "larger than 10,000,000 bytes: 2" in Folder(root).search_files("house")


def test_a_file_that_grows_while_it_is_read_is_read_to_its_bound(root: Path) -> None:
    stop, bounds = threading.Event(), Bounds(file_bytes=20_000, characters=30_000)

    def grow() -> None:
        with (root / "log").open("ab", buffering=0) as log:
            while not stop.is_set() and log.tell() < 50_000_000:
                log.write(b"one more line\n" * 100)

    writer = threading.Thread(target=grow)
    (root / "log").touch()
    writer.start()
    try:
        said = {len(Folder(root, bounds=bounds).read_file("log", lines=2000)) for _ in range(50)}
    finally:
        stop.set()
        writer.join()

    assert max(said) < 20_200


def test_a_file_of_line_ends_alone_is_read_without_making_a_list_of_them(root: Path) -> None:
    (root / "ends").write_bytes(b"\n" * 3_000_000)

    assert "\n(lines 1 to 1 of 3000000; go on with start_line=2)" == Folder(root).read_file("ends", lines=1)


def test_a_folder_with_a_hundred_thousand_entries_is_listed_in_part(root: Path) -> None:
    many = root / "many"
    many.mkdir()
    (many / "first").touch()
    opened = os.open(many, os.O_RDONLY)
    try:
        for number in range(50_000):
            os.link("first", f"{number:06}", src_dir_fd=opened, dst_dir_fd=opened)
            os.symlink("first", f"link{number:06}", dir_fd=opened)
        listing = entries(opened, 20_000)
    finally:
        os.close(opened)
    said = Folder(root).list_files("many")

    assert (20_000, True) == (listing.visited, listing.more)
    assert "stopped after 20000 files and folders" in Folder(root).search_files("x", path="many")
    assert said.endswith(
        " more left out: name a folder or a pattern; stopped after 20000 files and folders; the rest was left out)"
    )
    assert 501 == len(said.split("\n"))


def test_links_count_among_what_is_visited(root: Path) -> None:
    for number in range(50):
        (root / f"link{number}").symlink_to("x")
    folder = Folder(root, bounds=Bounds(visited=20))

    assert "stopped after 20 files and folders" in folder.list_files(pattern="**/*")


def test_what_is_visited_is_counted_over_all_folders(root: Path) -> None:
    for number in range(100):
        (root / str(number // 10)).mkdir(exist_ok=True)
        (root / str(number // 10) / f"file{number}").touch()
    said = Folder(root, bounds=Bounds(visited=40)).list_files(pattern="**/file*")

    assert "stopped after 40 files and folders; the rest was left out" in said
    assert said.count("file") <= 41


def test_a_very_deep_tree_is_walked_to_a_depth_and_read_at_any(root: Path) -> None:
    opened = os.open(root, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=opened)
        below = os.open("d", os.O_RDONLY, dir_fd=opened)
        os.close(opened)
        opened = below
    with os.fdopen(os.open("note.txt", os.O_WRONLY | os.O_CREAT, dir_fd=opened), "w") as file:
        file.write("deep down")
    os.close(opened)
    before = len(os.listdir("/proc/self/fd"))

    assert "deep down" == Folder(root).read_file("d/" * 300 + "note.txt")
    assert 41 == Folder(root).list_files("d", "**/*").count("\n") + 1
    assert before == len(os.listdir("/proc/self/fd"))


def test_a_text_that_is_almost_everywhere_is_looked_for_in_no_time(root: Path) -> None:
    (root / "a").write_text("a" * 9_000_000)
    wanted = "a" * 5000 + "b"

    assert "nothing found" in Folder(root).search_files(wanted, "a")


# -- what may not be read, and names that lie


@contextmanager
def as_nobody() -> Generator[None]:
    """Run the block without root's rights, if this is root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder.resolve()
    with suppress(FileNotFoundError):
        (folder / "closed").chmod(0o755)
    rmtree(folder)


def test_what_may_not_be_read_is_refused_or_left_out(open_to_all: Path) -> None:
    (open_to_all / "mine.txt").write_text(SECRET)
    (open_to_all / "mine.txt").chmod(0)
    (open_to_all / "closed").mkdir()
    (open_to_all / "closed" / "note.txt").write_text(SECRET)
    (open_to_all / "closed").chmod(0)
    (open_to_all / "yours.txt").write_text("no secret")
    with as_nobody():
        with pytest.raises(PermissionError):
            Folder(open_to_all).read_file("mine.txt")
        said = Folder(open_to_all).search_files("secret")

    assert "yours.txt:1: no secret\n(closed could not be read; mine.txt could not be read)" == said


def test_names_that_are_no_text_in_a_line_are_left_out(root: Path) -> None:
    for name in (b"caf\xe9.txt", b"README.md\n(the end)", b"\x1b[2J", "\u2029".encode()):
        (root / os.fsdecode(name)).write_text("hidden here")
    (root / "na\u00efve \u202fname \U0001f469\u200d\U0001f52c.txt").write_text("seen")

    assert "docs/\nna\u00efve \u202fname \U0001f469\u200d\U0001f52c.txt" == Folder(root).list_files()
    assert "nothing found" in Folder(root).search_files("hidden here")


def test_a_name_of_many_scripts_can_be_said_and_one_with_controls_can_not() -> None:
    assert is_nameable("\u062a\u0642\u0631\u064a\u0631 \u65e5\u672c \u200f.txt")
    assert not is_nameable("a\x85b")
