"""Accepted and refused records in two files, each whole or not at all."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from fieldbound.bulk.inputs.blocks import Frame
from fieldbound.bulk.output_files import Split, _zstd

ARRAY = Frame(b"[\n", b",\n", b"\n]\n")
LINES = Frame()
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.decompress,
    ".zst": lambda data: _zstd().decompress(data),
}
RECORD = st.sampled_from([b"{}", b'{"a": 1}', b"[1,\n2]", b"\xff", b"x" * 70_000])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _left(but: tuple[str, ...] = ()) -> list[str]:
    return sorted(each.name for each in Path().iterdir() if each.name not in but)


def _all_in_one(frame: Frame, records: list[bytes]) -> bytes:
    return frame.head + frame.between.join(records) + frame.tail


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("frame", [LINES, ARRAY], ids=["lines", "array"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_run_resumed_anywhere_gives_the_same_bytes(
    data: st.DataObject, ending: str, frame: Frame
) -> None:
    """Killed anywhere and resumed where it was flushed last, a run gives what one in a go does."""
    steps = data.draw(
        st.lists(st.tuples(st.lists(RECORD, max_size=3), st.lists(RECORD, max_size=3)), max_size=6)
    )
    names = f"a{ending}", f"b{ending}"
    frames = frame, LINES

    def run(killed: set[int]) -> list[bytes]:
        split = Split(*names, frames)
        stands = [(0, split.flushed())]
        for at, (accepted, refused) in enumerate(steps):
            if at in killed:
                split.add(accepted[:1], refused[:1])  # what no journal knows of
                split.leave()
                done, stand = stands[-1]
                split = Split(*names, frames, resume=stand)
                for again in steps[done:at]:
                    split.add(*again)
            split.add(accepted, refused)
            if at % 2:
                stands.append((at + 1, split.flushed()))
        split.finish()
        return [Path(name).read_bytes() for name in names]

    whole = run(set())
    assert run(data.draw(st.sets(st.integers(0, 6)))) == whole
    assert [UNPACK[ending](each) for each in whole] == [
        _all_in_one(kind, [record for step in steps for record in step[side]])
        for side, kind in enumerate(frames)
    ]
    assert _left() == sorted(names)


def test_lines_stay_as_they_are() -> None:
    """Lines are written byte for byte, and a last one without an end stays without."""
    split = Split("a", "b")
    split.add(b'{"a": 1}\r\n{"b":2}\n', [b"no\n", b"nor this\n"])
    split.add(b"{}")
    split.finish()
    assert Path("a").read_bytes() == b'{"a": 1}\r\n{"b":2}\n{}'
    assert Path("b").read_bytes() == b"no\nnor this\n"


def test_one_may_be_left_out() -> None:
    """Records of the kind that has no file are not written."""
    split = Split(None, "b")
    split.add(b"1\n", b"2\n")
    stand = split.flushed()
    split.leave()
    split = Split(None, "b", resume=stand)
    split.add(b"3\n", b"4\n")
    split.finish()
    assert _left() == ["b"]
    assert Path("b").read_bytes() == b"2\n4\n"


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_files_of_no_records_are_sound(ending: str) -> None:
    """A run without a record gives two files that can be read."""
    split = Split(f"a{ending}", f"b{ending}", (ARRAY, LINES))
    split.flushed()
    split.finish()
    assert UNPACK[ending](Path(f"a{ending}").read_bytes()) == b"[\n\n]\n"
    assert UNPACK[ending](Path(f"b{ending}").read_bytes()) == b""
    assert ending != ".gz" or Path("b.gz").read_bytes()[4:8] == bytes(4), "it has a time in it"


def test_nothing_is_in_place_before_the_end() -> None:
    """Until a run is done its targets are as they were, and what is written is hidden."""
    Path("a").write_bytes(b"old")
    split = Split("a", "b")
    split.add(b"new\n", b"new\n")
    split.flushed()
    assert Path("a").read_bytes() == b"old"
    assert _left() == [".a.fieldbound-part", ".b.fieldbound-part", "a"]
    split.abandon()
    assert _left() == ["a"]


def test_a_part_of_a_killed_run_is_written_over() -> None:
    """A run that is not to resume begins its files anew."""
    Path(".a.fieldbound-part").write_bytes(b"much that is left of another run")
    split = Split("a", None)
    split.add(b"1\n")
    split.finish()
    assert Path("a").read_bytes() == b"1\n"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda part: part.unlink(),
        lambda part: part.write_bytes(b"1"),
        lambda part: part.write_bytes(b"0\n2\n3\n"),
        lambda part: part.write_bytes(bytes(4)),
    ],
    ids=["gone", "cut", "another", "zeros"],
)
def test_a_part_that_is_not_as_it_was_is_refused(spoil: Callable[[Path], Any]) -> None:
    """There is no going on with a part that has other bytes: the error says what to do."""
    split = Split("a", "b")
    split.add(b"1\n2\n", b"3\n")
    stand = split.flushed()
    split.leave()
    spoil(Path(".a.fieldbound-part"))
    with pytest.raises(OSError, match="not as it was left, or gone: run again without") as error:
        Split("a", "b", resume=stand)
    assert error.value.filename == "a"
    assert Path(".b.fieldbound-part").read_bytes() == b"3\n"


def test_a_run_killed_while_it_finished_is_resumed() -> None:
    """A part that is in its place already is taken up again, and its target stays meanwhile."""
    split = Split("a", "b", (ARRAY, ARRAY))
    split.add([b"1"], [b"2"])
    stand = split.flushed()
    split.add([b"3"])
    split.finish()
    Path("b").rename(".b.fieldbound-part")  # as if it had been killed between the two
    split = Split("a", "b", (ARRAY, ARRAY), resume=stand)
    assert Path("a").read_bytes() == b"[\n1,\n3\n]\n"
    split.add([b"3"])
    split.finish()
    assert Path("a").read_bytes() == b"[\n1,\n3\n]\n"
    assert Path("b").read_bytes() == b"[\n2\n]\n"
    assert _left() == ["a", "b"]


def test_the_files_are_three() -> None:
    """No target is the file that is read, or the other target, by whatever name."""
    Path("in").write_bytes(b"1\n")
    Path("link").symlink_to("in")
    for name in ("in", "link", "./in"):
        with pytest.raises(OSError, match="it is the file that is read: name another one"):
            Split(None, name, given="in")
    with pytest.raises(OSError, match="would be one file: name two"):
        Split("x", "./x")
    assert _left() == ["in", "link"]


def test_a_target_that_cannot_be_is_told() -> None:
    """A folder, a place in no folder and one without permission are refused, and leave nothing."""
    Path("folder").mkdir()
    with pytest.raises(IsADirectoryError, match="it is a folder") as error:
        Split("a", "folder")
    assert error.value.filename == "folder"
    with pytest.raises(FileNotFoundError) as none:
        Split("a", "none/b")
    assert none.value.filename == "none/b"
    assert _left() == ["folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told() -> None:
    """Where no file may be made, the target is named."""
    Path("folder").mkdir(0o500)
    with pytest.raises(PermissionError) as error:
        Split("folder/a", None)
    assert error.value.filename == "folder/a"


def test_a_link_is_followed_and_a_mode_kept() -> None:
    """The file that a link leads to is replaced, and keeps its mode; the link stays."""
    Path("deep").mkdir()
    Path("deep/real").touch(0o600)
    Path("deep/real").chmod(0o640)
    Path("a").symlink_to("deep/real")
    split = Split("a", None)
    split.add(b"1\n")
    assert stat.S_IMODE(Path("deep/.real.fieldbound-part").stat().st_mode) & 0o007 == 0
    split.finish()
    assert Path("a").is_symlink()
    assert Path("deep/real").read_bytes() == b"1\n"
    assert stat.S_IMODE(Path("deep/real").stat().st_mode) == 0o640


def test_a_part_is_no_link() -> None:
    """A link that lies where a part should be is not followed."""
    Path("other").write_bytes(b"precious")
    Path(".a.fieldbound-part").symlink_to("other")
    with pytest.raises(OSError, match="symbolic links"):
        Split("a", None)
    assert Path("other").read_bytes() == b"precious"


def test_devices_are_written_to() -> None:
    """A device is no file to replace: it is written to, and both may be the null device."""
    split = Split("/dev/null", "/dev/null")
    split.add(b"1\n", b"2\n")
    stand = split.flushed()
    split.leave()
    split = Split("/dev/null", "/dev/null", resume=stand)
    split.finish()
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_takes_records(name: str) -> None:
    """Records go to standard output between what else is written to it, be it a file or a pipe."""
    code = f"""
from fieldbound.split import Split
print("before", flush=True)
split = Split({name!r}, None)
split.add(b"1\\n")
split.finish()
print("after")
"""
    with Path("out").open("wb") as file:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=file)
    assert Path("out").read_bytes() == b"before\n1\nafter\n"
    piped = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
    assert piped.stdout == b"before\n1\nafter\n"


def test_a_pipe_cannot_be_resumed() -> None:
    """What went to a pipe cannot be taken back, so there is no going on with it."""
    os.mkfifo("pipe")
    with pytest.raises(OSError, match="cannot be taken back: run again without --resume"):
        Split("pipe", None, resume=(0, 0, 0, 0, 0, 0))


def test_a_full_device_is_told() -> None:
    """Where there is no space the target is named, and both parts are gone."""
    split = Split("a", "/dev/full")
    with pytest.raises(OSError, match="No space left on device") as error:
        split.add(b"1\n", b"2\n")
    assert error.value.filename == "/dev/full"
    assert _left() == []
    with pytest.raises(OSError, match="it was closed"):
        split.add(b"1\n")


def test_a_file_that_can_grow_no_more_is_told() -> None:
    """A part that finds no space is removed, and the other one with it."""
    split = Split("a", "b")
    split.add(b"1\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            split.add(b"", bytes(3 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert _left() == []


def test_two_runs_do_not_write_one_file() -> None:
    """A second process is refused while another one writes the same target."""
    split = Split("a", None)
    split.add(b"1\n")
    code = "from fieldbound.split import Split; Split('a', None)"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "another run is writing it: wait until that ends: 'a'" in other.stderr
    split.finish()
    assert Path("a").read_bytes() == b"1\n"


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127 + "a"])
def test_a_long_name_has_a_part(name: str) -> None:
    """The name of a part fits, however long that of its target is."""
    split = Split(name, name[:-1] + "b")
    split.add(b"1\n", b"2\n")
    assert all(len(os.fsencode(each)) <= 255 for each in _left())
    split.finish()
    assert Path(name).read_bytes() == b"1\n"
    assert Path(name[:-1] + "b").read_bytes() == b"2\n"


def test_without_zstd_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this Python cannot pack so, the extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    with pytest.raises(OSError, match=r"install fieldbound\[zstd\]"):
        Split("a.zst", None)
    assert _left() == []
