"""One whole run: take in, judge, report, seal. The command line and the desk only call it.

Rule: a run is a folder that anyone can retrace: `run.json` says what was judged against what, `framework.yaml` is the
yardstick, `verdicts/` holds every case that is not met, `report.html` is for readers, `store/` holds the data where they
were not in a store already, and `seal.json` lists the SHA-256 of every other file. The folder appears whole or not at
all. Source: the plan of the house, section 5; the engine's decisions 7, 9 and 14.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import duckdb
import msgspec

from scherp import __version__
from scherp.events.contract import Contract
from scherp.events.database import Database, connect, lock, rows, text
from scherp.events.intake import take_in
from scherp.events.manifest import Manifest, is_store, part_faults, read_manifest
from scherp.events.mapping import Mapping, parse_mapping
from scherp.events.room import within_room
from scherp.events.sources import find_sources
from scherp.evidence.hashes import sha256_bytes
from scherp.evidence.seal import write_seal
from scherp.faults import Fault, Refused
from scherp.judging.judge import judge
from scherp.judging.record import Engine, FrameworkRecord, RunRecord
from scherp.judging.relations import Cut, from_store
from scherp.norms.calendar import tz_version
from scherp.norms.model import Framework
from scherp.norms.read import parse_framework, read_framework
from scherp.reports.judgement import report_html
from scherp.runs.cases import norm_records
from scherp.runs.data import Snapshot, as_sql, data_record, last_moment

FORMAT = 1
Progress = Callable[[str], None]
Also = Callable[[Path, RunRecord, Path], None]
"""What else is written into a run before its seal: from the folder, the record and the store that was judged."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a run. framework: its file. sources: files, folders, or one store. as_of, known_at: ISO. also:
    what it holds besides; `verify` must know how to derive it again."""

    framework: Path
    sources: tuple[Path, ...]
    out: Path
    as_of: str | None = None
    known_at: str | None = None
    mapping: Mapping | None = None
    contract: Contract | None = None
    keep_met: bool = False
    sign: Path | None = None
    passphrase: str | None = None
    also: Also | None = None


@dataclass(frozen=True)
class Done:
    """A run that was made. record: run.json. seal: the SHA-256 of seal.json. folder: where it lies."""

    record: RunRecord
    seal: str
    folder: Path


def make_run(asked: Asked, progress: Progress = lambda _: None) -> Done:
    """Make the run's folder; Refused with sentences where framework, data or folder do not allow it."""
    framework = read_framework(asked.framework)
    with within_room(asked.out.name):
        done = _make(replace(asked, out=asked.out.absolute()), framework, progress)
    return replace(done, folder=asked.out)


def _make(asked: Asked, framework: Framework, progress: Progress) -> Done:
    if asked.out.exists() and any(asked.out.iterdir() if asked.out.is_dir() else [asked.out]):
        raise Refused(Fault(asked.out.name, "there is something at this place already", "Name a new folder with --out"))
    aside = asked.out.parent / f".{asked.out.name}.aside"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        store = _store(asked, framework, aside, progress)
        record = _judge(asked, framework, store, aside, progress)
        if asked.also is not None:
            asked.also(aside, record, store)
        seal = _close(asked, aside)
        if asked.out.exists():
            asked.out.rmdir()
        aside.rename(asked.out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return Done(record, seal, asked.out)


def _store(asked: Asked, framework: Framework, aside: Path, progress: Progress) -> Path:
    """The store to judge: the one that was named, or a new one inside the run."""
    if len(asked.sources) == 1 and is_store(asked.sources[0]):
        if asked.contract is not None:
            what = "a contract applies when data enter a store; this store was written already"
            raise Refused(Fault(asked.sources[0].name, what, "Give the contract to `scherp events read`"))
        return asked.sources[0]
    mapping = asked.mapping
    if mapping is None and framework.mapping is not None:
        mapping = parse_mapping(framework.mapping, asked.framework.name)
    store = aside / "store"
    outcome = take_in(store, find_sources(list(asked.sources)), mapping, asked.contract, progress)
    if outcome.faults:
        raise Refused(outcome.faults)
    (store / "lock").unlink(missing_ok=True)
    return store


def _judge(asked: Asked, framework: Framework, store: Path, aside: Path, progress: Progress) -> RunRecord:
    manifest, sha256 = read_manifest(store)
    if missing := part_faults(store, manifest, thorough=False):
        raise Refused(missing)
    inside = store.is_relative_to(aside)
    shown = "store" if inside else os.path.relpath(store.resolve(), asked.out.resolve())
    spill = aside / "spill"
    database = connect(spill=spill)
    cut = _cut(asked, database, store, manifest)
    verdicts = aside / "verdicts"
    verdicts.mkdir()
    snapshot = Snapshot(store, shown, manifest, sha256)
    record = judged_record(database, framework, snapshot, cut, asked.keep_met, verdicts, progress)
    (aside / "framework.yaml").write_bytes(framework.text.encode())
    write_verdicts(database, record, verdicts)
    database.close()
    shutil.rmtree(spill, ignore_errors=True)
    (aside / "run.json").write_bytes(run_json(record))
    (aside / "report.html").write_bytes(report_html(record).encode())
    return record


def _cut(asked: Asked, database: Database, store: Path, manifest: Manifest) -> Cut:
    as_of = asked.as_of
    if as_of is None:
        as_of = last_moment(database, store, manifest) or "1970-01-01"
    known_at = _moment("--known-at", asked.known_at) if asked.known_at is not None else None
    return Cut(_moment("--as-of", as_of), known_at)


def _moment(option: str, moment: str) -> str:
    try:
        return as_sql(moment)
    except ValueError as fault:
        raise Refused(Fault(option, str(fault), "Write a date or a moment, such as 2026-01-31")) from None


def judged_record(
    database: Database,
    framework: Framework,
    snapshot: Snapshot,
    cut: Cut,
    keep_met: bool,
    verdicts: Path | None = None,
    progress: Progress = lambda _: None,
) -> RunRecord:
    """Judge a snapshot; the record, while the database holds the table `verdicts`.

    Norms run in a locked database, which reaches the store and the folder `verdicts`, and nothing else.
    """
    store, manifest = snapshot.store, snapshot.manifest
    data = data_record(database, snapshot)
    lock(database, [store] if verdicts is None else [store, verdicts])
    judgement = judge(database, from_store(store, manifest), framework, cut, keep_met, progress)
    place = str(store) + "/"
    return RunRecord(
        format=FORMAT,
        framework=FrameworkRecord(
            framework.framework,
            framework.version,
            framework.title,
            framework.themes,
            sha256_bytes(framework.text.encode()),
        ),
        data=data,
        as_of=cut.as_of.replace(" ", "T") + "Z",
        known_at=cut.known_at.replace(" ", "T") + "Z" if cut.known_at else None,
        keep_met=keep_met,
        engine=Engine(__version__, duckdb.__version__, version("sqlglot"), tz_version()),
        norms=norm_records(database, framework, judgement),
        shared_sql=[statement.replace(place, "store/") for statement in judgement.shared_sql],
        synthetic=any(intaken.synthetic for intaken in manifest.intake),
    )


def write_verdicts(database: Database, record: RunRecord, folder: Path) -> None:
    """verdicts/NORM.parquet for each norm that was computed; rows sorted, so that equal runs give equal rows."""
    for norm in record.norms:
        if norm.computed:
            _write_one(database, norm.norm, folder / f"{norm.norm}.parquet")


VERDICT_COLUMNS = ("norm", "object", "event", "verdict", "due", "lateness", "reason", "amount")


def verdict_rows(norm: str) -> str:
    """SQL for the sorted verdict rows of one norm in the table `verdicts`."""
    return (
        f"SELECT {', '.join(VERDICT_COLUMNS)} FROM (SELECT * REPLACE (CAST(lateness AS DECIMAL(24,6)) AS lateness) FROM verdicts) "
        f"WHERE norm = {text(norm)} ORDER BY object NULLS LAST, event NULLS LAST, due NULLS LAST, verdict, reason"
    )


def _write_one(database: Database, norm: str, path: Path) -> None:
    rows(database, f"COPY ({verdict_rows(norm)}) TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def run_json(record: RunRecord) -> bytes:
    """run.json as written: the record with two spaces of indentation."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def _close(asked: Asked, folder: Path) -> str:
    """Seal the folder, and sign the seal where a key was given."""
    seal = write_seal(folder)
    if asked.sign is not None:
        from scherp.evidence.keys import sign_seal

        sign_seal(folder, asked.sign, asked.passphrase)
    return seal


def framework_of(folder: Path) -> Framework:
    """The framework as it lies in a run's folder."""
    return parse_framework((folder / "framework.yaml").read_bytes().decode("utf-8"), "framework.yaml")
