"""Whatever stops an intake, the store opens as it was before, and the next intake sweeps what was left."""

from __future__ import annotations

import fcntl
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from table_samples import PLAIN, query, take, write

from scherp.events.manifest import part_faults, read_manifest
from scherp.faults import Refused

INTAKE = """
import os, signal, sys
from pathlib import Path
import scherp.events.intake as intake, scherp.events.manifest as manifest, scherp.events.upkeep as upkeep
from scherp.events.mapping import parse_mapping
from scherp.events.sources import find_sources
store, source, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
def before(module, name): setattr(module, name, die)
def after(module, name):
    whole = getattr(module, name)
    def whole_then_die(*a, **k):
        whole(*a, **k); die()
    setattr(module, name, whole_then_die)
if moment == "before the manifest": before(intake, "commit")
if moment == "after the manifest":
    write = manifest._write_synced
    def only_manifest(path, content):
        if path.name == "current.new": die()
        write(path, content)
    manifest._write_synced = only_manifest
if moment == "before the rename":
    rename = Path.rename
    Path.rename = lambda self, to: die() if self.name == "current.new" else rename(self, to)
if moment == "after the rename": before(intake, "write_intake_record")
if moment == "after the events": after(intake, "stage_table")
if moment == "after the merge": after(intake, "merge")
print("ready", flush=True)
how = parse_mapping({"case": "case", "activity": "activity", "time": "time", "zone": "UTC"}, "m")
intake.take_in(store, find_sources([source]), how)
print("done", flush=True)
"""
FOUND = [("A", "start"), ("A", "stop"), ("B", "start")]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    take(tmp_path / "s", write(tmp_path, PLAIN))
    return tmp_path / "s"


def big(folder: Path, rows: int = 60_000) -> Path:
    lines = "".join(f"C{number},new,2024-03-01T00:00:00,{'x' * 40}{number}\n" for number in range(rows))
    return write(folder, f"case,activity,time,note\n{lines}", "big.csv")


def start(store: Path, source: Path, moment: str = "", **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-c", INTAKE, str(store), str(source), moment],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def unlisted(store: Path) -> list[str]:
    manifest, _ = read_manifest(store)
    listed = {part.path for part in manifest.parts}
    return [
        str(path.relative_to(store)) for path in store.rglob("*.parquet") if str(path.relative_to(store)) not in listed
    ]


def opens_as(store: Path, snapshot: int) -> None:
    manifest, _ = read_manifest(store)
    assert manifest.number == snapshot
    assert part_faults(store, manifest, thorough=True) == []


@pytest.mark.parametrize(
    ("moment", "snapshot"),
    [
        ("after the events", 1),
        ("after the merge", 1),
        ("before the manifest", 1),
        ("after the manifest", 1),
        ("before the rename", 1),
        ("after the rename", 2),
    ],
)
def test_killed_at_a_certain_moment(store: Path, tmp_path: Path, moment: str, snapshot: int) -> None:
    process = start(store, write(tmp_path, PLAIN + "C,new,2024-03-01\n", "more.csv"), moment)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    opens_as(store, snapshot)
    assert query(store, "takes_part", "object_id, event_type")[:3] == FOUND
    after = take(store, tmp_path / "more.csv")
    assert (after.snapshot, len(after.known)) == (2, 1 if snapshot == 2 else 0)
    assert query(store, "takes_part", "object_id, event_type") == [*FOUND, ("C", "new")]
    assert (unlisted(store), (store / "aside").exists(), (store / "current.new").exists()) == ([], False, False)
    assert b'"snapshot": 2' in (store / "intake.json").read_bytes()


@pytest.mark.parametrize("part", range(5))
def test_killed_at_a_random_moment(store: Path, tmp_path: Path, part: int) -> None:
    source = big(tmp_path)
    process = start(store, source)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(random.Random(part).uniform(0.02, 0.5))
    process.kill()
    process.communicate()
    opens_as(store, read_manifest(store)[0].number)
    after = take(store, source)
    assert after.snapshot == 2
    opens_as(store, 2)
    assert len(query(store, "events", "event_id")) == 60_003
    assert unlisted(store) == []


def test_ctrl_c_leaves_a_clean_store(store: Path, tmp_path: Path) -> None:
    process = start(store, big(tmp_path))
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.15)
    process.send_signal(signal.SIGINT)
    process.communicate()
    opens_as(store, read_manifest(store)[0].number)
    assert (unlisted(store), (store / "aside").exists()) == ([], False)


def test_two_intakes_at_once_never_mix(store: Path, tmp_path: Path) -> None:
    with (store / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="another intake is writing to this store"):
            take(store, write(tmp_path, PLAIN, "other.csv"))
        assert not (store / "aside").exists()
    assert take(store, write(tmp_path, PLAIN + "D,x,2024-01-01\n", "other.csv")).snapshot == 2


def test_intakes_that_race_leave_one_store(tmp_path: Path) -> None:
    sources = [write(tmp_path, PLAIN.replace("A,", f"{word},"), f"{word}.csv") for word in "PQR"]
    racing = [start(tmp_path / "s", source) for source in sources]
    for process in racing:
        process.communicate(timeout=60)
    won = sum(process.returncode == 0 for process in racing)
    assert won >= 1
    opens_as(tmp_path / "s", won)
    assert len(read_manifest(tmp_path / "s")[0].intake) == won
    assert unlisted(tmp_path / "s") == []


def test_a_lock_file_that_was_left_behind_stops_nobody(store: Path, tmp_path: Path) -> None:
    assert (store / "lock").exists()
    assert take(store, write(tmp_path, PLAIN + "D,x,2024-01-01\n", "other.csv")).snapshot == 2


def test_a_full_disk_ends_in_a_sentence_and_leaves_the_store_as_it_was(store: Path, tmp_path: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    process = start(store, big(tmp_path), preexec_fn=small_files)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "scherp.faults.Refused: s: it cannot be written (File too large)." in said
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_without_room_ends_in_a_sentence(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        take(disk / "s", write(tmp_path, PLAIN))
        with pytest.raises(Refused, match="cannot be written"):
            take(disk / "s", big(tmp_path))
        opens_as(disk / "s", 1)
        assert unlisted(disk / "s") == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_ends_in_a_sentence(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(Refused, match="the store cannot be written"):
        take(closed / "s", write(tmp_path, PLAIN))


def test_what_no_manifest_lists_is_swept_and_what_an_older_one_lists_stays(store: Path, tmp_path: Path) -> None:
    older = {part.path for part in read_manifest(store)[0].parts}
    for path in (
        "parts/events/000009-0000.parquet",
        "rejects/000009-0000.jsonl",
        "manifest-000009.json",
        "current.new",
    ):
        (store / path).parent.mkdir(exist_ok=True)
        (store / path).write_bytes(b"x")
    (store / "manifest-notes.json").write_bytes(b"not ours")
    take(store, write(tmp_path, PLAIN + "D,x,2024-01-01\n", "other.csv"))
    assert unlisted(store) == []
    assert all((store / path).exists() for path in older)
    assert not any(
        (store / path).exists() for path in ("rejects/000009-0000.jsonl", "manifest-000009.json", "current.new")
    )
    assert (store / "manifest-notes.json").exists()


def test_a_stale_copy_of_the_intake_record_is_renewed(store: Path, tmp_path: Path) -> None:
    whole = (store / "intake.json").read_bytes()
    (store / "intake.json").unlink()
    take(store, tmp_path / "table.csv")
    assert (store / "intake.json").read_bytes() == whole
