"""Rules of `evidence.seal`: whatever changes in a sealed folder is found and named."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.evidence.hashes import canonical_json
from scherp.evidence.seal import check_seal, write_seal
from scherp.faults import Refused

# The path `a` (a file) and the path `a/b` cannot both be, so folders and files have different letters.
PATHS = st.builds(
    "/".join, st.tuples(st.sampled_from(["F", "G/H", "."]), st.sampled_from(["a", "b", ".c", "ü d", "ø"]))
)
FOLDERS = st.dictionaries(PATHS.map(lambda path: path.removeprefix("./")), st.binary(max_size=40), min_size=1)
MANY = settings(max_examples=60, deadline=None)


@contextmanager
def sealed(files: dict[str, bytes]) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, files)
        yield folder, write_seal(folder)


def fill(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def found(folder: Path, expect: str | None = None) -> dict[str, str]:
    return {fault.where: fault.what.partition(";")[0] for fault in check_seal(folder, expect)}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    fill(folder, {"run.json": b"{}", "report.html": b"<p>", "verdicts/late.parquet": b"PAR1"})
    return folder


def test_the_seal_is_canonical_json_of_every_other_file_and_its_hash(run: Path) -> None:
    fill(run, {"seal.sig": b"s", "seal.pub": b"p", "verdicts/seal.json": b"deeper ones are files like any other"})
    printed = write_seal(run)
    content = (run / "seal.json").read_bytes()
    files = ("report.html", "run.json", "verdicts/late.parquet", "verdicts/seal.json")
    hashes = {path: hashlib.sha256((run / path).read_bytes()).hexdigest() for path in files}
    assert content == canonical_json({"format": 1, "files": hashes})
    assert printed == hashlib.sha256(content).hexdigest()


@MANY
@given(FOLDERS)
def test_a_sealed_folder_that_nobody_touched_has_no_faults(files: dict[str, bytes]) -> None:
    with sealed(files) as (folder, printed):
        assert check_seal(folder, expect=printed) == []
        assert write_seal(folder) == printed
        assert sorted(json.loads((folder / "seal.json").read_bytes())["files"]) == sorted(files)


@MANY
@given(FOLDERS, st.data())
def test_one_flipped_bit_in_any_file_is_found(files: dict[str, bytes], data: st.DataObject) -> None:
    with sealed(files) as (folder, _):
        path = data.draw(st.sampled_from(sorted([*(path for path in files if files[path]), "seal.json"])))
        content = bytearray((folder / path).read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= 1 << data.draw(st.integers(0, 7))
        (folder / path).write_bytes(content)
        if path == "seal.json":
            assert check_seal(folder) != []
        else:
            assert found(folder) == {path: "was changed"}


@MANY
@given(FOLDERS, st.data())
def test_a_file_that_is_cut_short_or_longer_is_found(files: dict[str, bytes], data: st.DataObject) -> None:
    with sealed(files) as (folder, _):
        path = data.draw(st.sampled_from(sorted(files)))
        cut = data.draw(st.integers(0, len(files[path])))
        changed = files[path][:cut] if cut < len(files[path]) else files[path] + b"\0"
        (folder / path).write_bytes(changed)
        assert found(folder) == {path: "was changed"}


@MANY
@given(FOLDERS, st.data())
def test_a_file_that_is_deleted_is_named_as_missing(files: dict[str, bytes], data: st.DataObject) -> None:
    with sealed(files) as (folder, _):
        path = data.draw(st.sampled_from(sorted(files)))
        (folder / path).unlink()
        assert found(folder) == {path: "is missing"}


@MANY
@given(FOLDERS, PATHS.map(lambda path: f"new/{path}"), st.binary(max_size=3))
def test_a_file_that_is_added_is_named_even_when_empty_or_hidden(
    files: dict[str, bytes], path: str, content: bytes
) -> None:
    with sealed(files) as (folder, _):
        path = path.replace("/./", "/")
        fill(folder, {path: content})
        assert found(folder) == {path: "was added"}


@MANY
@given(FOLDERS, st.data())
def test_a_file_that_is_renamed_is_missing_and_added(files: dict[str, bytes], data: st.DataObject) -> None:
    with sealed(files) as (folder, _):
        path = data.draw(st.sampled_from(sorted(files)))
        (folder / path).rename(folder / "Z")
        assert found(folder) == {path: "is missing", "Z": "was added"}


@MANY
@given(FOLDERS, st.data())
def test_two_files_that_change_places_are_both_found(files: dict[str, bytes], data: st.DataObject) -> None:
    files = {**files, "one": b"1", "two": b"2"}
    one = data.draw(st.sampled_from(sorted(files)))
    two = data.draw(st.sampled_from(sorted(path for path in files if files[path] != files[one])))
    with sealed(files) as (folder, _):
        fill(folder, {one: files[two], two: files[one]})
        assert found(folder) == {one: "was changed", two: "was changed"}


def test_who_changes_a_file_and_seals_anew_is_found_by_the_expected_hash(run: Path) -> None:
    printed = write_seal(run)
    (run / "report.html").write_bytes(b"<b>")
    new = write_seal(run)
    assert check_seal(run) == []
    assert [str(fault) for fault in check_seal(run, printed)] == [
        f"seal.json: the seal's SHA-256 is {new}, not the expected {printed}."
    ]


def test_the_expected_hash_may_be_in_capitals(run: Path) -> None:
    assert check_seal(run, write_seal(run).upper()) == []


def test_an_expected_hash_that_is_none_is_said_to_be_so(run: Path) -> None:
    printed = write_seal(run)
    assert found(run, printed[:12]) == {"the expected hash": "is not a SHA-256"}


def test_all_faults_are_named_at_once(run: Path) -> None:
    write_seal(run)
    (run / "run.json").write_bytes(b"[]")
    (run / "report.html").unlink()
    fill(run, {"verdicts/extra.parquet": b""})
    assert found(run, "0" * 64) == {
        "seal.json": f"the seal's SHA-256 is {hashlib.sha256((run / 'seal.json').read_bytes()).hexdigest()}, "
        f"not the expected {'0' * 64}",
        "report.html": "is missing",
        "run.json": "was changed",
        "verdicts/extra.parquet": "was added",
    }


A_HASH = "ab" * 32


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"files":{}}',
        b'{"files":{},"format":0}',
        b'{"files":{},"format":1.0}',
        b'{"files":{},"format":true}',
        b'{"files":[],"format":1}',
        b'{"files":{"a":1},"format":1}',
        b'{"files":{"a":"' + A_HASH.upper().encode() + b'"},"format":1}',
        b'{"files":{"\\ud800":"' + A_HASH.encode() + b'"},"format":1}',
        b'{"files":{},"format":1,"note":1}',
        b'{"files":{},"format":1}\n',
        b'{"format":1,"files":{}}',
        b'{"files":{"a":"' + A_HASH.encode() + b'"},"files":{},"format":1}',
        b'\xef\xbb\xbf{"files":{},"format":1}',
        b"\xff\xfe",
    ],
)
def test_a_seal_that_is_not_exactly_a_seal_is_one_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "seal.json").write_bytes(content)
    assert [fault.where for fault in check_seal(tmp_path)] == ["seal.json"]


def test_the_shortest_seal_is_well_formed(tmp_path: Path) -> None:
    (tmp_path / "seal.json").write_bytes(b'{"files":{},"format":1}')
    assert check_seal(tmp_path) == []


def test_a_seal_of_a_later_format_asks_for_a_later_version(tmp_path: Path) -> None:
    (tmp_path / "seal.json").write_bytes(b'{"files":{},"format":2}')
    assert [str(fault) for fault in check_seal(tmp_path)] == [
        "seal.json: the seal has format 2. Check it with a newer version of Scherp."
    ]


def test_a_folder_without_a_seal_says_so(run: Path) -> None:
    assert found(run) == {"seal.json": "there is no seal"}


def test_what_is_no_folder_is_refused_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name in ("file", "gone"):
        assert found(tmp_path / name) == {name: "is not a folder"}
        with pytest.raises(Refused, match="is not a folder"):
            write_seal(tmp_path / name)


@pytest.mark.parametrize("target", ["run.json", "verdicts", "nowhere"])
def test_symbolic_links_to_files_folders_and_nothing_are_refused(run: Path, target: str) -> None:
    (run / "link").symlink_to(target)
    with pytest.raises(Refused, match=r"^link: is a symbolic link"):
        write_seal(run)
    assert not (run / "seal.json").exists()


def test_a_file_that_became_a_link_to_the_same_content_is_found(run: Path) -> None:
    write_seal(run)
    (run / "run.json").rename(run.parent / "elsewhere")
    (run / "run.json").symlink_to("../elsewhere")
    assert found(run) == {"run.json": "is a symbolic link"}


def test_a_seal_that_is_a_link_is_no_seal(run: Path) -> None:
    printed = write_seal(run)
    (run / "seal.json").rename(run.parent / "elsewhere")
    (run / "seal.json").symlink_to("../elsewhere")
    assert [fault.what for fault in check_seal(run, printed)] == ["is a symbolic link", "there is no seal"]


def test_a_pipe_is_refused_and_never_opened(run: Path) -> None:
    os.mkfifo(run / "pipe")
    with pytest.raises(Refused, match=r"^pipe: is not a regular file"):
        write_seal(run)


@pytest.mark.parametrize("name", ["seal.sig", "seal.pub"])
def test_a_folder_under_the_name_of_a_signature_hides_nothing(run: Path, name: str) -> None:
    write_seal(run)
    fill(run, {f"{name}/hidden": b"x"})
    assert found(run) == {f"{name}/hidden": "was added"}


def test_a_name_that_is_not_utf_8_is_refused(run: Path) -> None:
    Path(os.fsdecode(os.fsencode(run) + b"/\xff")).write_bytes(b"")
    with pytest.raises(Refused, match="has a name that is not UTF-8"):
        write_seal(run)


def test_every_fault_of_a_folder_is_named_before_it_is_sealed(run: Path) -> None:
    (run / "link").symlink_to("run.json")
    os.mkfifo(run / "verdicts" / "pipe")
    with pytest.raises(Refused) as refused:
        write_seal(run)
    assert sorted(fault.where for fault in refused.value.faults) == ["link", "verdicts/pipe"]


def test_a_name_that_would_steer_a_terminal_is_shown_as_escapes(run: Path) -> None:
    write_seal(run)
    fill(run, {"\x1b[2Jgone": b""})
    assert found(run) == {r"'\x1b[2Jgone'": "was added"}


def test_a_file_that_cannot_be_read_is_a_fault(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_seal(run)
    opens = Path.open

    def refuses(path: Path, *args: Any, **more: Any) -> Any:
        if path.name == "run.json":
            raise PermissionError(13, "Permission denied")
        return opens(path, *args, **more)

    monkeypatch.setattr(Path, "open", refuses)
    assert found(run) == {"run.json": "cannot be read: Permission denied"}


def test_the_seal_takes_its_name_after_every_file_is_on_the_disk(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    replaces = Path.replace

    def syncs(opened: int) -> None:
        done.append(Path(f"/proc/self/fd/{opened}").readlink().relative_to(run).as_posix())

    def renames(path: Path, target: Path) -> Path:
        done.append(f"{path.name} becomes {target.name}")
        return replaces(path, target)

    monkeypatch.setattr(os, "fsync", syncs)
    monkeypatch.setattr(Path, "replace", renames)
    write_seal(run)
    assert sorted(done[:-3]) == [".", "report.html", "run.json", "verdicts", "verdicts/late.parquet"]
    assert done[-3:] == [".seal.json.part", ".seal.json.part becomes seal.json", "."]


def test_a_disk_that_refuses_the_seal_leaves_the_old_one(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = write_seal(run)
    fill(run, {"more": b"1"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scherp.evidence.durable.os.fsync", full)
    with pytest.raises(Refused):
        write_seal(run)
    assert found(run, printed) == {"more": "was added"}


def test_a_rename_that_fails_leaves_the_old_seal_and_no_litter(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = write_seal(run)
    fill(run, {"more": b"1"})

    def full(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Refused, match=r"^seal\.json: cannot be written: No space left on device\.$"):
        write_seal(run)
    assert found(run, printed) == {"more": "was added"}


def test_what_a_crash_left_behind_gives_way_to_the_next_seal(run: Path) -> None:
    printed = write_seal(run)
    (run / ".seal.json.part").write_bytes(b'{"fil')
    assert found(run) == {".seal.json.part": "was added"}
    assert write_seal(run) == printed
    assert check_seal(run, printed) == []
