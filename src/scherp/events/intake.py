"""Intake: documents and tables enter a store, each whole or not at all.

Rule: reading is idempotent: the same document twice changes nothing, a longer one adds what is new. A bad document is
refused whole with sentences, a bad row goes to the rejects with its reason, and read = kept + known + refused for every
source. Parts are written first and listed last, in one rename, so that a crash leaves the store as it was; the lock is
the operating system's, and what a crash left behind is swept under it. Source: the engine's decisions 1 to 7.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scherp.events.contract import Contract
from scherp.events.database import connect
from scherp.events.manifest import Intaken, Manifest, commit, is_store, read_manifest, sync_file, sync_folder
from scherp.events.mapping import Mapping
from scherp.events.merge import Unit, merge
from scherp.events.parts import Target
from scherp.events.room import within_room
from scherp.events.sources import SourceFile
from scherp.events.spooled import spool_documents
from scherp.events.tables import StagedTable, stage_case_facts, stage_table
from scherp.events.upkeep import locked, sweep, write_intake_record
from scherp.faults import Fault, Refused

Progress = Callable[[str], None]
Documents = list[tuple[Intaken, SourceFile]]


@dataclass
class Outcome:
    """What an intake did. taken: one record for each source that is new in the store. known: names of sources that it
    had already. faults: why documents were refused. snapshot: the number of the store's manifest now (0: no store)."""

    snapshot: int
    taken: list[Intaken] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class _Intake:
    """One intake at work. aside: the folder for what is not yet part of the store."""

    target: Target
    aside: Path
    mapping: Mapping
    contract: Contract | None
    progress: Progress
    outcome: Outcome


def take_in(
    store: Path,
    sources: list[SourceFile],
    mapping: Mapping | None = None,
    contract: Contract | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Read `sources` into `store`, which is made where it does not exist. Refused only where nothing could be tried."""
    with within_room(store.name), locked(store):
        held, sha256 = read_manifest(store) if is_store(store) else (Manifest(), None)
        sweep(store, held)
        manifest = read_manifest(store)[0] if held.number else Manifest()
        manifest.number, manifest.previous = held.number + 1, sha256
        aside = store / "aside"
        aside.mkdir()
        try:
            return _take_in(store, aside, manifest, sources, mapping or Mapping(), contract, progress)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            # What was written but is not listed, for whatever reason, does not stay.
            sweep(store, read_manifest(store)[0] if is_store(store) else held)


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
    intake = _Intake(Target(database, store, manifest), aside, mapping, contract, progress, outcome)
    try:
        documents = _unknown_documents(intake, sources)
        _take_in_documents(intake, [d for d in documents if d[1].format != "table"])
        for intaken, source in documents:
            if source.format == "table":
                progress(source.shown)
                _take_in_table(intake, intaken, source)
    finally:
        database.close()
    if not outcome.taken and (outcome.faults or is_store(store)):
        return outcome
    if contract is not None:
        manifest.contracts[contract.contract] = contract.sha256
    zones = {zone for zone in (mapping.zone, *(t.zone for t in mapping.tables)) if zone}
    manifest.zones = sorted({*manifest.zones, *zones})
    manifest.intake += outcome.taken
    _finish(store, manifest)
    outcome.snapshot = manifest.number
    return outcome


def _unknown_documents(intake: _Intake, sources: list[SourceFile]) -> Documents:
    """Sources that the store has not read in this way before, in the order given."""
    options = _options_hash(intake.mapping, intake.contract)
    seen = {(intaken.sha256, intaken.options) for intaken in intake.target.manifest.intake}
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    found: Documents = []
    for source in sources:
        with source.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if (sha256, options) in seen:
            intake.outcome.known.append(source.shown)
            continue
        seen.add((sha256, options))
        size = source.path.stat().st_size
        intaken = Intaken(source.shown, source.format, sha256, size, now, options, synthetic=intake.mapping.synthetic)
        found.append((intaken, source))
    return found


def _take_in_documents(intake: _Intake, documents: Documents) -> None:
    if not documents:
        return
    target, outcome = intake.target, intake.outcome
    spooled = spool_documents(
        target.database, intake.aside, documents, intake.mapping, intake.contract, intake.progress
    )
    outcome.faults += spooled.faults
    if spooled.unit is None:
        return
    merged = merge(target, spooled.unit)
    for number, intaken in spooled.accepted.items():
        if number in merged.refused:
            outcome.faults.append(merged.refused[number])
            continue
        intaken.kept, intaken.known = merged.kept.get(number, 0), merged.known.get(number, 0)
        if intaken.format == "register":
            target.manifest.registers[intaken.name] = intaken.sha256
        outcome.taken.append(intaken)


def _take_in_table(intake: _Intake, intaken: Intaken, source: SourceFile) -> None:
    target, outcome = intake.target, intake.outcome
    table = intake.mapping.table_for(source.path.name)
    if table is None:
        what = "a table needs a mapping that names its case, activity and time"
        outcome.faults.append(Fault(source.shown, what, "Write a mapping file and give it with --mapping"))
        return
    try:
        staged = stage_table(target.database, source.path, source.shown, table, intake.contract, intake.aside)
    except Refused as refused:
        outcome.faults += refused.faults
        return
    stage_case_facts(target.database, staged)
    unit = Unit(
        staged.events, staged.attributes, staged.columns, {0: intaken.sha256}, {0: intaken.name},
        single=not table.objects and table.case is not None, has_own_ids=table.event_id is not None,
    )  # fmt: skip
    merged = merge(target, unit)
    if merged.refused:
        outcome.faults += merged.refused.values()
        return
    intaken.read, intaken.refused = staged.read, staged.refused
    intaken.unknown_time, intaken.ambiguous_time = staged.unknown_time, staged.ambiguous_time
    intaken.kept, intaken.known = merged.kept.get(0, 0), merged.known.get(0, 0)
    _keep_rejects(intake, intaken, staged)
    outcome.taken.append(intaken)


def _keep_rejects(intake: _Intake, intaken: Intaken, staged: StagedTable) -> None:
    """Move the file of refused rows into the store, and note its hash."""
    if staged.rejects is None:
        return
    store = intake.target.store
    intaken.rejects = f"rejects/{intake.target.manifest.number:06d}-{len(intake.outcome.taken):04d}.jsonl"
    (store / "rejects").mkdir(exist_ok=True)
    with staged.rejects.open("rb") as file:
        intaken.rejects_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    staged.rejects.rename(store / intaken.rejects)
    sync_file(store / intaken.rejects)


def _options_hash(mapping: Mapping, contract: Contract | None) -> str:
    said = repr(mapping) + (contract.sha256 if contract else "")
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _finish(store: Path, manifest: Manifest) -> None:
    """Sync the folders, make the manifest current, and leave a copy of the intake record for readers."""
    for folder in {(store / part.path).parent for part in manifest.parts if part.path}:
        sync_folder(folder)
    commit(store, manifest)
    write_intake_record(store, manifest)
