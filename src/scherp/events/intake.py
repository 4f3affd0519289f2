"""Intake: documents and tables enter a store, each whole or not at all.

Rule: reading is idempotent: the same document twice changes nothing, a longer one adds what is new. A bad document is
refused whole with sentences, a bad row goes to the rejects with its reason, and read = kept + known + refused for every
source. Parts are written first and listed last, in one rename, so that a crash leaves the store as it was; the lock is
the operating system's, and what a crash left behind is swept under it. Source: the engine's decisions 1 to 7.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from scherp.events.contract import Contract, Door
from scherp.events.database import Database, connect, name, rows, text
from scherp.events.manifest import (
    Intaken,
    Manifest,
    commit,
    is_store,
    manifest_path,
    read_manifest,
    sync_file,
    sync_folder,
)
from scherp.events.mapping import Mapping
from scherp.events.merge import Merged, Unit, merge
from scherp.events.model import Reader, Reading, Record
from scherp.events.sources import Format, SourceFile
from scherp.events.spool import Spool
from scherp.events.tables import StagedTable, stage_table
from scherp.faults import Fault, Refused

Progress = Callable[[str], None]


@dataclass
class Outcome:
    """What an intake did. taken: one record for each source that is new in the store. known: names of sources that it
    had already. faults: why documents were refused. snapshot: the number of the store's manifest now."""

    snapshot: int
    taken: list[Intaken] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def take_in(
    store: Path,
    sources: list[SourceFile],
    mapping: Mapping | None = None,
    contract: Contract | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Read `sources` into `store`, which is made where it does not exist. Refused only where nothing could be tried."""
    with _locked(store):
        manifest, sha256 = read_manifest(store) if is_store(store) else (Manifest(), None)
        _sweep(store, manifest)
        manifest.number, manifest.previous = manifest.number + 1, sha256
        aside = store / "aside"
        aside.mkdir()
        try:
            return _take_in(store, aside, manifest, sources, mapping or Mapping(), contract, progress)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _take_in(
    store: Path,
    aside: Path,
    manifest: Manifest,
    sources: list[SourceFile],
    mapping: Mapping,
    contract: Contract | None,
    progress: Progress,
) -> Outcome:
    outcome = Outcome(manifest.number - 1)
    database = connect(spill=aside / "spill")
    options = _options_hash(mapping, contract)
    documents = _unknown_documents(manifest, sources, options, outcome)
    for intaken, _ in documents:
        intaken.synthetic = mapping.synthetic
    before = len(manifest.parts)
    tables = [d for d in documents if d[1].format == "table"]
    spooled = [d for d in documents if d[1].format != "table"]
    if spooled:
        _take_in_documents(database, store, aside, manifest, spooled, mapping, contract, outcome, progress)
    for intaken, source in tables:
        progress(source.shown)
        _take_in_table(database, store, aside, manifest, intaken, source, mapping, contract, outcome)
    database.close()
    if not outcome.taken and is_store(store) and len(manifest.parts) == before:
        return outcome
    if contract is not None:
        manifest.contracts[contract.contract] = contract.sha256
    zones = {zone for zone in (mapping.zone, *(t.zone for t in mapping.tables)) if zone}
    manifest.zones = sorted({*manifest.zones, *zones})
    manifest.intake += outcome.taken
    _finish(store, manifest)
    outcome.snapshot = manifest.number
    return outcome


def _unknown_documents(
    manifest: Manifest, sources: list[SourceFile], options: str, outcome: Outcome
) -> list[tuple[Intaken, SourceFile]]:
    """Sources that the store has not read in this way before, in the order given."""
    seen = {(intaken.sha256, intaken.options) for intaken in manifest.intake}
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    found = []
    for source in sources:
        with source.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if (sha256, options) in seen:
            outcome.known.append(source.shown)
            continue
        seen.add((sha256, options))
        size = source.path.stat().st_size
        found.append((Intaken(source.shown, source.format, sha256, size, now, options), source))
    return found


def _take_in_documents(
    database: Database,
    store: Path,
    aside: Path,
    manifest: Manifest,
    documents: list[tuple[Intaken, SourceFile]],
    mapping: Mapping,
    contract: Contract | None,
    outcome: Outcome,
    progress: Progress,
) -> None:
    accepted: dict[int, Intaken] = {}
    with Spool(aside) as spool:
        for number, (intaken, source) in enumerate(documents):
            progress(source.shown)
            spool.begin(number)
            try:
                _spool_document(spool, source, mapping, contract)
            except Refused as refused:
                spool.cut_back()
                outcome.faults += refused.faults
                continue
            spool.accept()
            intaken.read = spool.counts["read"]
            intaken.corrections = spool.counts["corrections"]
            intaken.unknown_time, intaken.ambiguous_time = spool.counts["unknown_time"], spool.counts["ambiguous_time"]
            accepted[number] = intaken
        spool.flush()
        unit = _spooled_unit(database, spool, aside, accepted)
    merged = _merge(database, store, manifest, unit)
    for number, intaken in accepted.items():
        if number in merged.refused:
            outcome.faults.append(merged.refused[number])
            continue
        intaken.kept, intaken.known = merged.kept.get(number, 0), merged.known.get(number, 0)
        if intaken.format == "register":
            manifest.registers[intaken.name] = intaken.sha256
        outcome.taken.append(intaken)


def _spool_document(spool: Spool, source: SourceFile, mapping: Mapping, contract: Contract | None) -> None:
    table = mapping.table_for(source.path.name)
    reading = Reading(source.shown, (table.zone if table else None) or mapping.zone)
    door = Door(contract, source.shown) if contract else None
    records: Iterator[Record] = reader_of(source.format)(source.path, reading)
    for record in records:
        spool.write(door.let_in(record) if door else record)
    if door and door.unlisted:
        raise Refused(door.faults())


def reader_of(format_: Format) -> Reader:
    """The reader of a format; imported only when it is needed, for each brings its own parser."""
    if format_ == "xes":
        from scherp.events.xes import read_xes

        return read_xes
    if format_ == "register":
        from scherp.events.register import read_register

        return read_register
    if format_.startswith("ocel"):
        from scherp.events import ocel

        return {"ocel-json": ocel.read_ocel_json, "ocel-xml": ocel.read_ocel_xml, "ocel-sqlite": ocel.read_ocel_sqlite}[format_]
    from scherp.events import epcis

    return epcis.read_epcis_json if format_ == "epcis-json" else epcis.read_epcis_xml


def _spooled_unit(database: Database, spool: Spool, aside: Path, accepted: dict[int, Intaken]) -> Unit:
    types = spool.event_types()
    columns = {attribute: spool.columns[attribute] for attribute in types}
    plain = {
        "d": "INTEGER", "p": "BIGINT", "type": "VARCHAR", "time": "BIGINT", "offset": "SMALLINT", "date_only": "BOOLEAN",
        "recorded": "BIGINT", "place": "VARCHAR", "actor": "VARCHAR", "takes": "VARCHAR[][]", "own": "BOOLEAN",
        "event_id": "VARCHAR", "content": "VARCHAR", "taken_back": "BOOLEAN", "corrected_by": "VARCHAR[]",
        "correction_reason": "VARCHAR", "correction_time": "BIGINT",
    }  # fmt: skip
    read = ", ".join(f"{text(c)}: {text(t)}" for c, t in (plain | dict.fromkeys(columns.values(), "VARCHAR")).items())
    typed = "".join(f", CAST({columns[a]} AS {kind}) AS {columns[a]}" for a, kind in types.items())
    events = aside / "events.parquet"
    rows(
        database,
        f"COPY (SELECT d AS doc, p AS position, type, make_timestamp(time) AS time, \"offset\" AS offset_minutes, date_only, "
        f"make_timestamp(recorded) AS recorded, place, actor, NULL::VARCHAR AS case_id, takes, own, event_id, content, "
        f"taken_back, corrected_by, correction_reason, make_timestamp(correction_time) AS correction_time{typed} "
        f"FROM read_json({text(str(spool.events_path))}, format = 'newline_delimited', columns = {{{read}}}, "
        f"maximum_object_size = 134217728)) TO {text(str(events))} (FORMAT parquet)",
    )
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE facts AS SELECT d AS doc, id, type, attribute, value, kind, make_timestamp(time) AS time, "
        f"n, \"to\" AS to_id, role FROM read_json({text(str(spool.facts_path))}, format = 'newline_delimited', "
        "columns = {'d': 'INTEGER', 'id': 'VARCHAR', 'type': 'VARCHAR', 'attribute': 'VARCHAR', 'value': 'VARCHAR', "
        "'kind': 'VARCHAR', 'time': 'BIGINT', 'n': 'BIGINT', 'to': 'VARCHAR', 'role': 'VARCHAR'}, "
        "maximum_object_size = 134217728)",
    )
    documents = {number: intaken.sha256 for number, intaken in accepted.items()}
    names = {number: intaken.name for number, intaken in accepted.items()}
    return Unit(events, types, columns, documents or {-1: ""}, names, single=False, has_own_ids=True)


def _take_in_table(
    database: Database,
    store: Path,
    aside: Path,
    manifest: Manifest,
    intaken: Intaken,
    source: SourceFile,
    mapping: Mapping,
    contract: Contract | None,
    outcome: Outcome,
) -> None:
    table = mapping.table_for(source.path.name)
    if table is None:
        what = "a table needs a mapping that names its case, activity and time"
        outcome.faults.append(Fault(source.shown, what, "Write a mapping file and give it with --mapping"))
        return
    try:
        staged = stage_table(database, source.path, source.shown, table, contract, aside)
    except Refused as refused:
        outcome.faults += refused.faults
        return
    _case_facts(database, staged)
    single = not table.objects and table.case is not None
    unit = Unit(
        staged.events, staged.attributes, staged.columns, {0: intaken.sha256}, {0: intaken.name},
        single=single, has_own_ids=table.event_id is not None,
    )  # fmt: skip
    merged = _merge(database, store, manifest, unit)
    if merged.refused:
        outcome.faults += merged.refused.values()
        return
    intaken.read, intaken.refused = staged.read, staged.refused
    intaken.unknown_time, intaken.ambiguous_time = staged.unknown_time, staged.ambiguous_time
    intaken.kept, intaken.known = merged.kept.get(0, 0), merged.known.get(0, 0)
    if staged.rejects is not None:
        intaken.rejects = f"rejects/{manifest.number:06d}-{len(outcome.taken):04d}.jsonl"
        (store / "rejects").mkdir(exist_ok=True)
        staged.rejects.rename(store / intaken.rejects)
        sync_file(store / intaken.rejects)
    outcome.taken.append(intaken)


def _case_facts(database: Database, staged: StagedTable) -> None:
    """The temporary table `facts` of a table: each case attribute's first value, and where it changes later."""
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE facts(doc INTEGER, id VARCHAR, type VARCHAR, attribute VARCHAR, value VARCHAR, "
        "kind VARCHAR, time TIMESTAMP, n BIGINT, to_id VARCHAR, role VARCHAR)",
    )
    events = f"read_parquet({text(str(staged.events))})"
    for attribute, kind in staged.case_attributes.items():
        cell = f"CAST({name(staged.columns[attribute])} AS VARCHAR)"
        rows(
            database,
            f"""INSERT INTO facts BY NAME
            WITH cells AS (SELECT case_id, {cell} AS value, time, position FROM {events}
                           WHERE {cell} IS NOT NULL AND case_id IS NOT NULL),
            spread AS (SELECT case_id, min(value) AS low, max(value) AS high FROM cells GROUP BY case_id),
            moved AS (SELECT case_id, value, time, position, lag(value) OVER w AS before FROM cells
                      WHERE case_id IN (SELECT case_id FROM spread WHERE low <> high)
                      WINDOW w AS (PARTITION BY case_id ORDER BY time NULLS LAST, position))
            SELECT 0 AS doc, case_id AS id, 'case' AS type, {text(attribute)} AS attribute, low AS value,
                   {text(kind)} AS kind, NULL::TIMESTAMP AS time, 0 AS n FROM spread WHERE low = high
            UNION ALL SELECT 0, case_id, 'case', {text(attribute)}, value, {text(kind)},
                   CASE WHEN before IS NOT NULL THEN time END, position
            FROM moved WHERE before IS DISTINCT FROM value""",
        )


def _merge(database: Database, store: Path, manifest: Manifest, unit: Unit) -> Merged:
    rows(database, "CREATE OR REPLACE TEMP TABLE refused_documents(doc INTEGER)")
    return merge(database, store, manifest, unit)


def _options_hash(mapping: Mapping, contract: Contract | None) -> str:
    said = repr(mapping) + (contract.sha256 if contract else "")
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _finish(store: Path, manifest: Manifest) -> None:
    """Sync the folders, make the manifest current, and leave a copy of the intake record for readers."""
    for part in {(store / part.path).parent for part in manifest.parts if part.path}:
        sync_folder(part)
    commit(store, manifest)
    record = store / "intake.json.new"
    record.write_bytes(intake_record(manifest))
    record.rename(store / "intake.json")


def intake_record(manifest: Manifest) -> bytes:
    """intake.json: the manifest's own record of what was read, copied beside it for readers."""
    content = {"snapshot": manifest.number, "sources": manifest.intake, "attribute_conflicts": manifest.conflicts}
    return msgspec.json.format(msgspec.json.encode(content), indent=1)


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Hold the operating system's lock on the store: it is gone with the process, however that ends."""
    try:
        store.mkdir(parents=True, exist_ok=True)
        if not is_store(store) and any(path.name not in _OWN for path in store.iterdir()):
            what = "the folder holds other things and is no store"
            raise Refused(Fault(store.name, what, "Name an empty or a new folder after --into"))
        descriptor = os.open(store / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as fault:
        raise Refused(Fault(store.name, f"the store cannot be written ({fault.strerror})", "Check the folder")) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(Fault(store.name, "another intake is writing to this store", "Try again when it has ended")) from None
    finally:
        os.close(descriptor)


_OWN = {"lock", "aside", "parts", "rejects", "current.new", "intake.json", "intake.json.new"} | {
    manifest_path(Path(), 1).name
}


def _sweep(store: Path, manifest: Manifest) -> None:
    """Remove what an interrupted intake left: files that no manifest up to the current one lists."""
    shutil.rmtree(store / "aside", ignore_errors=True)
    listed = {store / part.path for part in manifest.parts}
    for number in range(1, manifest.number):
        if manifest_path(store, number).exists():
            listed |= {store / part.path for part in read_manifest(store, number)[0].parts}
    for path in (store / "parts").rglob("*.parquet"):
        if path not in listed:
            path.unlink()
    rejects = {intaken.rejects for intaken in manifest.intake}
    for path in (store / "rejects").glob("*"):
        if path.relative_to(store).as_posix() not in rejects:
            path.unlink()
    for path in store.glob("manifest-*.json"):
        if int(path.stem.removeprefix("manifest-")) > manifest.number:
            path.unlink()
