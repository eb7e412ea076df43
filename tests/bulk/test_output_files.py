"""Output files of valid and invalid records: atomic, resumable and compressed."""

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

from fieldbound.bulk.inputs.blocks import OutputFormat
from fieldbound.bulk.inputs.decompressors import zstd_module
from fieldbound.bulk.output_files import OutputFiles
from support.effort import examples

ARRAY = OutputFormat(b"[\n", b",\n", b"\n]\n")
LINES = OutputFormat()
DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.decompress,
    ".zst": lambda data: zstd_module().decompress(data),
}
RECORD = st.sampled_from([b"{}", b'{"a": 1}', b"[1,\n2]", b"\xff", b"x" * 70_000])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _files(but: tuple[str, ...] = ()) -> list[str]:
    return sorted(each.name for each in Path().iterdir() if each.name not in but)


def _joined(layout: OutputFormat, records: list[bytes]) -> bytes:
    return layout.prefix + layout.separator.join(records) + layout.suffix


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize("layout", [LINES, ARRAY], ids=["lines", "array"])
@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_resumed_run_writes_the_same_bytes(
    data: st.DataObject, suffix: str, layout: OutputFormat
) -> None:
    """A run that is killed anywhere and resumed writes the same bytes as an uninterrupted one."""
    steps = data.draw(
        st.lists(st.tuples(st.lists(RECORD, max_size=3), st.lists(RECORD, max_size=3)), max_size=6)
    )
    names = f"a{suffix}", f"b{suffix}"
    formats = layout, LINES

    def run(killed: set[int]) -> list[bytes]:
        output = OutputFiles(*names, formats)
        positions = [(0, output.flush())]
        for at, (valid, invalid) in enumerate(steps):
            if at in killed:
                output.write(valid[:1], invalid[:1])  # not in the checkpoint
                output.suspend()
                done, position = positions[-1]
                output = OutputFiles(*names, formats, resume=position)
                for again in steps[done:at]:
                    output.write(*again)
            output.write(valid, invalid)
            if at % 2:
                positions.append((at + 1, output.flush()))
        output.commit()
        return [Path(name).read_bytes() for name in names]

    whole = run(set())
    assert run(data.draw(st.sets(st.integers(0, 6)))) == whole
    assert [DECOMPRESS[suffix](each) for each in whole] == [
        _joined(kind, [record for step in steps for record in step[side]])
        for side, kind in enumerate(formats)
    ]
    assert _files() == sorted(names)


def test_lines_are_written_unchanged() -> None:
    """Lines are written byte for byte, a last one without a line end as well."""
    output = OutputFiles("a", "b")
    output.write(b'{"a": 1}\r\n{"b":2}\n', [b"no\n", b"nor this\n"])
    output.write(b"{}")
    output.commit()
    assert Path("a").read_bytes() == b'{"a": 1}\r\n{"b":2}\n{}'
    assert Path("b").read_bytes() == b"no\nnor this\n"


def test_either_file_may_be_omitted() -> None:
    """Records without an output file are not written."""
    output = OutputFiles(None, "b")
    output.write(b"1\n", b"2\n")
    position = output.flush()
    output.suspend()
    output = OutputFiles(None, "b", resume=position)
    output.write(b"3\n", b"4\n")
    output.commit()
    assert _files() == ["b"]
    assert Path("b").read_bytes() == b"2\n4\n"


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_files_without_records_are_readable(suffix: str) -> None:
    """A run without records writes two valid files."""
    output = OutputFiles(f"a{suffix}", f"b{suffix}", (ARRAY, LINES))
    output.flush()
    output.commit()
    assert DECOMPRESS[suffix](Path(f"a{suffix}").read_bytes()) == b"[\n\n]\n"
    assert DECOMPRESS[suffix](Path(f"b{suffix}").read_bytes()) == b""
    assert suffix != ".gz" or Path("b.gz").read_bytes()[4:8] == bytes(4), (
        "the gzip header has a time"
    )


def test_targets_are_unchanged_until_commit() -> None:
    """Until commit the targets are unchanged, and the part files hidden."""
    Path("a").write_bytes(b"old")
    output = OutputFiles("a", "b")
    output.write(b"new\n", b"new\n")
    output.flush()
    assert Path("a").read_bytes() == b"old"
    assert _files() == [".a.fieldbound-part", ".b.fieldbound-part", "a"]
    output.discard()
    assert _files() == ["a"]


def test_an_old_part_file_is_overwritten() -> None:
    """Without resume, part files are overwritten."""
    Path(".a.fieldbound-part").write_bytes(b"the rest of another run")
    output = OutputFiles("a", None)
    output.write(b"1\n")
    output.commit()
    assert Path("a").read_bytes() == b"1\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda part: part.unlink(),
        lambda part: part.write_bytes(b"1"),
        lambda part: part.write_bytes(b"0\n2\n3\n"),
        lambda part: part.write_bytes(bytes(4)),
    ],
    ids=["gone", "cut", "another", "zeros"],
)
def test_a_changed_part_file_is_not_resumed(damage: Callable[[Path], Any]) -> None:
    """A changed or removed part file raises an error that says what to do."""
    output = OutputFiles("a", "b")
    output.write(b"1\n2\n", b"3\n")
    position = output.flush()
    output.suspend()
    damage(Path(".a.fieldbound-part"))
    with pytest.raises(OSError, match="was changed or removed: run again without") as error:
        OutputFiles("a", "b", resume=position)
    assert error.value.filename == "a"
    assert Path(".b.fieldbound-part").read_bytes() == b"3\n"


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("item.json", "a file of a contract"),
        ("pyproject.toml", "the configuration of a project"),
        ("folder/part.parquet", "a file of the input folder"),
    ],
)
def test_a_file_that_is_read_is_not_overwritten(
    target: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract, the configuration and the files of an input folder are no targets."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path(target).write_text("{}")
    for names in ((target, None), (None, target)):
        with pytest.raises(OSError, match=f"it is {what}; use another file") as raised:
            OutputFiles(*names, input_path="folder", contract="item.json#/x")
        assert raised.value.filename == target
    assert Path(target).read_text() == "{}"
    OutputFiles("folder/new", None, input_path="folder", contract="item.json").discard()


def test_a_run_killed_during_commit_is_resumed() -> None:
    """A part file that has replaced its target is resumed from a copy of the target."""
    output = OutputFiles("a", "b", (ARRAY, ARRAY))
    output.write([b"1"], [b"2"])
    position = output.flush()
    output.write([b"3"])
    output.commit()
    Path("b").rename(".b.fieldbound-part")  # as if it had been killed between the two
    output = OutputFiles("a", "b", (ARRAY, ARRAY), resume=position)
    assert Path("a").read_bytes() == b"[\n1,\n3\n]\n"
    output.write([b"3"])
    output.commit()
    assert Path("a").read_bytes() == b"[\n1,\n3\n]\n"
    assert Path("b").read_bytes() == b"[\n2\n]\n"
    assert _files() == ["a", "b"]


def test_output_and_input_files_are_distinct() -> None:
    """A target must be neither the input file nor the other target, by any name."""
    Path("in").write_bytes(b"1\n")
    Path("link").symlink_to("in")
    for name in ("in", "link", "./in"):
        with pytest.raises(OSError, match="it is the input file; use another file"):
            OutputFiles(None, name, input_path="in")
    with pytest.raises(OSError, match="both valid and invalid records; use two files"):
        OutputFiles("x", "./x")
    assert _files() == ["in", "link"]


def test_an_invalid_target_is_an_error() -> None:
    """A folder, or a path in a missing folder, raises an error and leaves no files."""
    Path("folder").mkdir()
    with pytest.raises(IsADirectoryError, match="it is a folder") as error:
        OutputFiles("a", "folder")
    assert error.value.filename == "folder"
    with pytest.raises(FileNotFoundError) as none:
        OutputFiles("a", "none/b")
    assert none.value.filename == "none/b"
    assert _files() == ["folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_missing_permission_is_an_error() -> None:
    """If no file can be created, the error names the target."""
    Path("folder").mkdir(0o500)
    with pytest.raises(PermissionError) as error:
        OutputFiles("folder/a", None)
    assert error.value.filename == "folder/a"


def test_links_are_followed_and_modes_kept() -> None:
    """The target of a symbolic link is replaced, and keeps its mode."""
    Path("deep").mkdir()
    Path("deep/real").touch(0o600)
    Path("deep/real").chmod(0o640)
    Path("a").symlink_to("deep/real")
    output = OutputFiles("a", None)
    output.write(b"1\n")
    assert stat.S_IMODE(Path("deep/.real.fieldbound-part").stat().st_mode) & 0o007 == 0
    output.commit()
    assert Path("a").is_symlink()
    assert Path("deep/real").read_bytes() == b"1\n"
    assert stat.S_IMODE(Path("deep/real").stat().st_mode) == 0o640


def test_a_part_file_must_not_be_a_link() -> None:
    """A symbolic link in place of a part file is not followed."""
    Path("other").write_bytes(b"precious")
    Path(".a.fieldbound-part").symlink_to("other")
    with pytest.raises(OSError, match="symbolic links"):
        OutputFiles("a", None)
    assert Path("other").read_bytes() == b"precious"


def test_devices_are_written_directly() -> None:
    """A device is not replaced, and may be the target of both kinds."""
    output = OutputFiles("/dev/null", "/dev/null")
    output.write(b"1\n", b"2\n")
    position = output.flush()
    output.suspend()
    output = OutputFiles("/dev/null", "/dev/null", resume=position)
    output.commit()
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_records_can_be_written_to_standard_output(name: str) -> None:
    """Records are written in order with other output, to a file or a pipe."""
    code = f"""
from fieldbound.bulk.output_files import OutputFiles
print("before", flush=True)
output = OutputFiles({name!r}, None)
output.write(b"1\\n")
output.commit()
print("after")
"""
    with Path("out").open("wb") as file:
        subprocess.run([sys.executable, "-c", code], check=True, stdout=file)
    assert Path("out").read_bytes() == b"before\n1\nafter\n"
    piped = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
    assert piped.stdout == b"before\n1\nafter\n"


def test_a_pipe_cannot_be_resumed() -> None:
    """A pipe cannot be truncated, so it cannot be resumed."""
    os.mkfifo("pipe")
    with pytest.raises(
        OSError, match="a pipe or device cannot be resumed: run again without --resume"
    ):
        OutputFiles("pipe", None, resume=(0, 0, 0, 0, 0, 0))


def test_a_full_device_is_an_error() -> None:
    """Without space the error names the target, and both part files are removed."""
    output = OutputFiles("a", "/dev/full")
    with pytest.raises(OSError, match="No space left on device") as error:
        output.write(b"1\n", b"2\n")
    assert error.value.filename == "/dev/full"
    assert _files() == []
    with pytest.raises(OSError, match="the file is closed"):
        output.write(b"1\n")


def test_a_full_disk_removes_both_part_files() -> None:
    """If a part file cannot grow, both are removed."""
    output = OutputFiles("a", "b")
    output.write(b"1\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            output.write(b"", bytes(3 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert _files() == []


def test_part_files_are_locked() -> None:
    """A second process cannot write to a target at the same time."""
    output = OutputFiles("a", None)
    output.write(b"1\n")
    code = "from fieldbound.bulk.output_files import OutputFiles; OutputFiles('a', None)"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "another run is writing it: wait for it to finish: 'a'" in other.stderr
    output.commit()
    assert Path("a").read_bytes() == b"1\n"


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127 + "a"])
def test_long_names_have_part_files(name: str) -> None:
    """The name of a part file is short enough, whatever its target."""
    output = OutputFiles(name, name[:-1] + "b")
    output.write(b"1\n", b"2\n")
    assert all(len(os.fsencode(each)) <= 255 for each in _files())
    output.commit()
    assert Path(name).read_bytes() == b"1\n"
    assert Path(name[:-1] + "b").read_bytes() == b"2\n"


def test_missing_zstd_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zstd, the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "backports", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    with pytest.raises(OSError, match=r"install fieldbound\[zstd\]"):
        OutputFiles("a.zst", None)
    assert _files() == []
