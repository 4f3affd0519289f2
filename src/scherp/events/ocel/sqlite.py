"""OCEL 2.0 in SQLite.

Rule: the file is data from a stranger. `database_file` opens it so that nothing in it can act and nothing of it can
change; only ordinary tables are read, by full scans, so an index that does not agree with its table changes nothing.
Ids are text. Relationships are copied into temporary tables with an index of our own. The standard's own example writes
times as `YYYY-MM-DD HH:MM:SS` and names no zone: for events that needs a stated zone, for the 1970-01-01 of initial
values it does not. Source: the SQLite page of the OCEL 2.0 standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from scherp.events.model import Reading, Record
from scherp.events.ocel.collected import Collected
from scherp.events.ocel.database_file import Database, open_database
from scherp.events.ocel.mapping import Log, Part, Told, Types, declare, event_record, know_object, object_records

_TABLES: dict[str, tuple[str, ...]] = {
    "event": ("ocel_id", "ocel_type"),
    "object": ("ocel_id", "ocel_type"),
    "event_object": ("ocel_event_id", "ocel_object_id", "ocel_qualifier"),
    "object_object": ("ocel_source_id", "ocel_target_id", "ocel_qualifier"),
    "event_map_type": ("ocel_type", "ocel_type_map"),
    "object_map_type": ("ocel_type", "ocel_type_map"),
}
_LINKS = (
    ("event_object", "ocel_event_id", "ocel_object_id", "event"),
    ("object_object", "ocel_source_id", "ocel_target_id", "object"),
)
_OWN = {"event": ("ocel_id", "ocel_time"), "object": ("ocel_id", "ocel_time", "ocel_changed_field")}
_KIND_WORDS = (
    ("BOOL", "boolean"),
    ("TIME", "time"),
    ("DATE", "time"),
    ("INT", "integer"),
    ("REAL", "float"),
    ("FLOA", "float"),
    ("DOUB", "float"),
    ("NUMERIC", "float"),
    ("DECIMAL", "float"),
    ("CHAR", "string"),
    ("TEXT", "string"),
    ("CLOB", "string"),
    ("STRING", "string"),
)


def read_ocel_sqlite(path: Path, reading: Reading) -> Iterator[Record]:
    """The records of an OCEL 2.0 log in SQLite, gzip or not: its objects by type, then its events by type."""
    log = Log(reading.zone, Collected(reading.shown))
    with log.faults.until_the_end(), open_database(path, reading.shown) as db:
        _check_tables(db, log, _TABLES)
        object_tables = _types(db, log, "object", log.object_types)
        event_tables = _types(db, log, "event", log.event_types)
        for object_id, object_type in db.rows("object", "ocel_id", "ocel_type"):
            know_object(log, f"object: {object_id!r}", object_id, object_type)
        _copy_links(db, log)
        for record in _records(db, log, object_tables, event_tables):
            if not log.faults:
                yield record


def _check_tables(db: Database, log: Log, needed: dict[str, tuple[str, ...]]) -> None:
    """Every needed table and column is there and sound; else refused at once, for nothing can be read without."""
    for table, columns in needed.items():
        if (what := db.unfit(table)) is not None:
            log.faults.add(table, what)
            continue
        present = db.columns(table)
        for column in columns:
            if column not in present:
                log.faults.add(table, f"the column {column!r} is missing")
    log.faults.refuse_if_any()


def _types(db: Database, log: Log, family: str, types: Types) -> dict[str, str]:
    """Declare the types of `family` (event, object); returns type -> table. Columns without a type declare nothing."""
    tables: dict[str, str] = {}
    for name, suffix in db.rows(f"{family}_map_type", "ocel_type", "ocel_type_map"):
        tables[name] = f"{family}_{suffix}"
    _check_tables(db, log, dict.fromkeys(tables.values(), _OWN[family]))
    for name, table in tables.items():
        kinds = {column: _kind(written) for column, written in db.columns(table).items() if column not in _OWN[family]}
        declare(log, types, f"{family}_map_type", name, {column: kind for column, kind in kinds.items() if kind})
    for (used,) in db.types_used(family):
        if used not in types:
            log.faults.add(family, f"the {family} type {used!r} is not declared in '{family}_map_type'")
    return tables


def _kind(written: str) -> str:
    """The declared type of a column as one of OCEL's; "" where the column has none that is known."""
    return next((kind for word, kind in _KIND_WORDS if word in written.upper()), "")


def _copy_links(db: Database, log: Log) -> None:
    """Links whose own side does not exist would never be met when events and objects are walked: faults."""
    for table, source, target, family in _LINKS:
        db.copy_links(table, source, target)
        for (identifier,) in db.stray_links(table, family):
            log.faults.add(table, f"it refers to the {family} {identifier!r}, which the log does not have")


def _records(db: Database, log: Log, object_tables: dict[str, str], event_tables: dict[str, str]) -> Iterator[Record]:
    for object_type, table in object_tables.items():
        for part in _objects(db, log, object_type, table):
            yield from object_records(log, part)
    for event_type, table in event_tables.items():
        for part in _events(db, log, event_type, table):
            yield event_record(log, part)


def _objects(db: Database, log: Log, object_type: str, table: str) -> Iterator[Part]:
    columns = [column for column in db.columns(table) if column not in _OWN["object"]]
    rows = db.rows(table, *_OWN["object"], *columns, order="1", texts=1)
    for object_id, history in groupby(rows, key=lambda row: row[0]):
        where = f"{table}: {object_id!r}"
        values = [told for row in history for told in _told(log, where, columns, row)]
        if log.objects.get(object_id) != object_type:
            log.faults.add(where, f"'object' has no {object_type!r} of this id")
            continue
        yield Part(where, object_id, object_type, values, db.links("object_object", object_id))
    for (object_id,) in db.without_row("object", object_type, table):
        yield Part(f"object: {object_id!r}", object_id, object_type, [], db.links("object_object", object_id))


def _told(log: Log, where: str, columns: list[str], row: tuple[Any, ...]) -> Iterator[Told]:
    """A row with a changed field tells that one, null too; a row without tells whatever it has."""
    _, time, field, *values = row
    moment = None if time is None else str(time)
    if field is None:
        yield from (Told(name, value, moment) for name, value in zip(columns, values, strict=True) if value is not None)
    elif field in columns:
        yield Told(field, values[columns.index(field)], moment)
    else:
        log.faults.add(where, f"the changed field {field!r} is not a column")


def _events(db: Database, log: Log, event_type: str, table: str) -> Iterator[Part]:
    columns = [column for column in db.columns(table) if column not in _OWN["event"]]
    for (event_id,) in db.without_row("event", event_type, table):
        log.faults.add(f"event: {event_id!r}", f"{table!r} has no row of this id, so the event has no time")
    for (event_id,) in db.without_entry("event", event_type, table):
        log.faults.add(f"{table}: {event_id!r}", f"'event' has no {event_type!r} of this id")
    for event_id, time, *values in db.rows(table, *_OWN["event"], *columns, texts=1):
        told = [Told(name, value) for name, value in zip(columns, values, strict=True) if value is not None]
        moment = None if time is None else str(time)
        yield Part(f"{table}: {event_id!r}", event_id, event_type, told, db.links("event_object", event_id), moment)
