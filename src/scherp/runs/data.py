"""What a run says of its data: counts, span and quality, taken from the store's snapshot.

Rule: data quality is printed above every result. Late registration, missing times, refused rows and events from the
future are counted, never repaired. Source: the plan of the house, section 3; the engine's decision 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from scherp.events.database import Database, connect, rows
from scherp.events.instants import iso, parse_instant
from scherp.events.manifest import Manifest, part_faults
from scherp.events.parts import stored
from scherp.faults import Fault, Refused
from scherp.judging.record import DataRecord, SourceFile, TypeCount

_LATE_SECONDS = 86_400  # registered more than a day after it happened


@dataclass(frozen=True)
class Snapshot:
    """A store as one of its manifests has it. shown: how the store is named in the record. sha256: of the manifest."""

    store: Path
    shown: str
    manifest: Manifest
    sha256: str


def data_record(database: Database, snapshot: Snapshot) -> DataRecord:
    """The record of a snapshot."""
    store, manifest = snapshot.store, snapshot.manifest
    columns = {"type": "VARCHAR", "time": "TIMESTAMP", "recorded": "TIMESTAMP"}
    events = stored(store, manifest, "events", columns)
    clock = clock_of(manifest)
    total, first, last, untimed, late, before, without, after = rows(
        database,
        f"""SELECT count(*), epoch_us(min(time)), epoch_us(max(time)), count(*) - count(time),
        count(*) FILTER (recorded > time + INTERVAL {_LATE_SECONDS} SECOND), count(*) FILTER (recorded < time),
        count(*) - count(recorded), count(*) FILTER (time > TIMESTAMP '{clock}') FROM {events}""",
    )[0]
    types = rows(database, f"SELECT coalesce(type, '?'), count(*) FROM {events} GROUP BY 1 ORDER BY 2 DESC, 1")
    corrections = stored(store, manifest, "corrections", {"event_id": "VARCHAR"})
    corrected = rows(database, f"SELECT count(DISTINCT event_id) FROM {corrections}")[0][0]
    objects = {
        kind.name: sum(part.rows for part in manifest.parts_of("objects", kind.name)) for kind in manifest.object_types
    }
    return DataRecord(
        store=snapshot.shown,
        snapshot=manifest.number,
        manifest_sha256=snapshot.sha256,
        events=total,
        objects=objects,
        types=[TypeCount(kind, count) for kind, count in types],
        first=iso(first),
        last=iso(last),
        unknown_time=untimed,
        rejected=sum(intaken.refused for intaken in manifest.intake),
        corrected=corrected,
        late_registrations=late,
        registered_before=before,
        without_recorded=without,
        after_clock=after,
        ambiguous_time=sum(intaken.ambiguous_time for intaken in manifest.intake),
        sources=[
            SourceFile(
                i.name, i.format, i.sha256, i.bytes, i.read, i.kept, i.known, i.refused, i.corrections, i.unknown_time,
                i.ambiguous_time, i.synthetic,
            )
            for i in manifest.intake
        ],
        attribute_conflicts=list(manifest.conflicts),
    )  # fmt: skip


def show_store(store: Path, manifest: Manifest, sha256: str) -> DataRecord:
    """The record of a snapshot on its own; Refused with every part that is missing or was altered."""
    if faults := part_faults(store, manifest, thorough=False):
        raise Refused(faults)
    database = connect()
    try:
        return data_record(database, Snapshot(store, store.name, manifest, sha256))
    except duckdb.Error as fault:
        unreadable = Fault(store.name, f"the store cannot be read ({type(fault).__name__})")
        raise Refused(part_faults(store, manifest, thorough=True) or unreadable) from None
    finally:
        database.close()


def clock_of(manifest: Manifest) -> str:
    """The moment of the last intake, as SQL reads it: nothing that lies after it can have happened."""
    taken = max((intaken.taken_in for intaken in manifest.intake), default="9999-12-31T00:00:00Z")
    return taken.rstrip("Z").replace("T", " ")


def last_moment(database: Database, store: Path, manifest: Manifest) -> str | None:
    """The default as_of: the last time in the store that is not after the intake's clock; None without any time.

    A bare date counts as 00:00 of that date, as judging has it.
    """
    columns = {"time": "TIMESTAMP", "offset": "SMALLINT", "date_only": "BOOLEAN"}
    events = stored(store, manifest, "events", columns)
    at = 'CASE WHEN date_only THEN time + CAST("offset" AS INTEGER) * INTERVAL 1 MINUTE ELSE time END'
    found = rows(database, f"SELECT epoch_us(max({at})) FROM {events} WHERE time <= TIMESTAMP '{clock_of(manifest)}'")
    return iso(found[0][0])


def as_sql(moment: str) -> str:
    """An ISO moment (naive ones are UTC, a date is its 00:00) as SQL reads a timestamp; ValueError if it is none."""
    return str(iso(parse_instant(moment, "UTC").micros)).rstrip("Z").replace("T", " ")


def day_of(moment: str) -> datetime:
    """The moment as a naive UTC datetime."""
    return datetime.fromisoformat(moment.rstrip("Z"))
