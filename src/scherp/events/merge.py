"""From what was staged to the parts of a store.

Rule: an event that the store has is not written again; an event with a known id and other content makes its whole
document refused; a declared error takes an event back and never counts as a second event. `takes_part` repeats what
norms on order and time need, partitioned by object type and sorted by object, so that they never join. Source: the plan
of the house, section 3; the engine's decisions 1, 2 and 4.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scherp.events.attributes import Attribute, common_type, register
from scherp.events.database import Database, name, rows, text, value
from scherp.events.instants import iso
from scherp.events.manifest import Kind, Manifest, ObjectType, Part, sync_file
from scherp.faults import Fault

EVENT_COLUMNS = {
    "event_id": "VARCHAR", "type": "VARCHAR", "time": "TIMESTAMP", "offset": "SMALLINT", "date_only": "BOOLEAN",
    "recorded": "TIMESTAMP", "place": "VARCHAR", "actor": "VARCHAR", "source": "VARCHAR", "position": "BIGINT",
    "content": "VARCHAR",
}  # fmt: skip
TAKES_PART_COLUMNS = {
    "object_id": "VARCHAR", "event_id": "VARCHAR", "role": "VARCHAR", "quantity": "DECIMAL(18,6)", "unit": "VARCHAR",
    "event_type": "VARCHAR", "time": "TIMESTAMP", "offset": "SMALLINT", "date_only": "BOOLEAN",
    "recorded": "TIMESTAMP", "actor": "VARCHAR", "place": "VARCHAR", "kind": "INTEGER",
}  # fmt: skip
OBJECT_COLUMNS = {"object_id": "VARCHAR", "type": "VARCHAR"}
RELATION_COLUMNS = {"from_id": "VARCHAR", "to_id": "VARCHAR", "role": "VARCHAR"}
CHANGE_COLUMNS = {
    "object_id": "VARCHAR", "object_type": "VARCHAR", "attribute": "VARCHAR", "value": "VARCHAR", "time": "TIMESTAMP",
}  # fmt: skip
CORRECTION_COLUMNS = {
    "event_id": "VARCHAR", "corrected_by": "VARCHAR", "reason": "VARCHAR", "time": "TIMESTAMP",
}  # fmt: skip


@dataclass
class Unit:
    """What is merged in one go: staged events (Parquet) and facts about objects (a temporary table `facts`).

    attributes: name -> SQL type of event attributes, columns: name -> column in the staged file. documents: document
    number -> SHA-256 of the source. single: every event has exactly the one object `case_id` of type `case`.
    """

    events: Path
    attributes: dict[str, str]
    columns: dict[str, str]
    documents: dict[int, str]
    names: dict[int, str]
    single: bool
    has_own_ids: bool


@dataclass
class Merged:
    """kept, known: events by document. refused: document -> why."""

    kept: dict[int, int]
    known: dict[int, int]
    refused: dict[int, Fault]


def merge(database: Database, store: Path, manifest: Manifest, unit: Unit) -> Merged:
    """Write the unit's parts into the store's folders and list them in `manifest` (which is not yet committed)."""
    rows(database, f"CREATE OR REPLACE TEMP VIEW staged AS SELECT * FROM read_parquet({text(str(unit.events))})")
    refused = _conflicting_documents(database, store, manifest, unit) if unit.has_own_ids else {}
    _choose_new(database, store, manifest, unit, refused)
    counts = rows(database, "SELECT doc, count(*) FILTER (new), count(*) FILTER (NOT new) FROM chosen GROUP BY doc")
    _write_events(database, store, manifest, unit)
    _write_corrections(database, store, manifest)
    _write_takings(database, store, manifest, unit)
    _write_facts(database, store, manifest)
    return Merged({d: k for d, k, _ in counts}, {d: n for d, _, n in counts}, refused)


def stored(store: Path, manifest: Manifest, table: str, columns: dict[str, str], object_type: str | None = None) -> str:
    """SQL for a table of the store (of one object type), with the columns asked for, each in its asked type."""
    by_shape: dict[tuple[str, ...], list[str]] = {}
    for part in manifest.parts_of(table, object_type):
        has = tuple(column for column, _ in part.columns)
        by_shape.setdefault(has, []).append(str(store / part.path))
    selects = []
    for has, paths in by_shape.items():
        picked = ", ".join(
            f"CAST({name(c)} AS {kind}) AS {name(c)}" if c in has else f"CAST(NULL AS {kind}) AS {name(c)}"
            for c, kind in columns.items()
        )
        selects.append(f"SELECT {picked} FROM read_parquet([{', '.join(map(text, paths))}])")
    if not selects:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {name(column)}" for column, kind in columns.items())
        return f"(SELECT {empty} WHERE false)"
    return f"({' UNION ALL '.join(selects)})"


def _conflicting_documents(database: Database, store: Path, manifest: Manifest, unit: Unit) -> dict[int, Fault]:
    """Documents in which an event has a known id but other content; the later document loses."""
    events = stored(store, manifest, "events", {"event_id": "VARCHAR", "content": "VARCHAR"})
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE claims AS
        WITH own AS (SELECT doc, position, event_id, content FROM staged WHERE own AND NOT coalesce(taken_back, false)),
        every AS (SELECT -1 AS doc, -1 AS position, event_id, content FROM {events} WHERE content IS NOT NULL
                    AND event_id IN (SELECT event_id FROM own) UNION ALL SELECT * FROM own)
        SELECT * FROM every WHERE event_id IN
          (SELECT event_id FROM every GROUP BY event_id HAVING count(DISTINCT content) > 1)""",
    )
    refused: dict[int, Fault] = {}
    while True:
        first = rows(
            database,
            "SELECT doc, event_id FROM (SELECT *, first_value(content) OVER (PARTITION BY event_id ORDER BY doc, position) "
            "AS held FROM claims) WHERE content <> held ORDER BY doc, position LIMIT 1",
        )
        if not first:
            return refused
        document, event = first[0]
        what = f"the event id {event!r} is known with other content"
        refused[document] = Fault(unit.names[document], what, "Give a new event a new id, or declare the error first")
        rows(database, f"DELETE FROM claims WHERE doc = {document}")


def _choose_new(
    database: Database, store: Path, manifest: Manifest, unit: Unit, refused: dict[int, Fault]
) -> None:
    """The temporary table `chosen`: doc, position, event_id, new; refused documents are left out."""
    events = stored(store, manifest, "events", {"event_id": "VARCHAR"})
    outside = f"WHERE doc NOT IN ({', '.join(map(str, refused))})" if refused else ""
    first = "true"
    if unit.has_own_ids:
        first = "row_number() OVER (PARTITION BY event_id ORDER BY coalesce(taken_back, false), doc, position) = 1"
    elif len(unit.documents) > 1:
        first = "row_number() OVER (PARTITION BY event_id ORDER BY doc, position) = 1"
    known = f"event_id IN (SELECT event_id FROM {events})" if manifest.parts_of("events") else "false"
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE chosen AS SELECT doc, position, event_id, "
        f"{first} AND NOT ({known}) AS new FROM staged {outside}",
    )
    rows(
        database,
        "CREATE OR REPLACE TEMP VIEW fresh AS SELECT s.* FROM staged s JOIN chosen c USING (doc, position) WHERE c.new",
    )


def _write_events(database: Database, store: Path, manifest: Manifest, unit: Unit) -> None:
    manifest.event_attributes, widened = register(manifest.event_attributes, unit.attributes, EVENT_COLUMNS)
    manifest.conflicts += widened
    physical = {attribute.name: attribute.column for attribute in manifest.event_attributes}
    sources = ", ".join(f"({number}, {text(sha)})" for number, sha in unit.documents.items())
    attributes = "".join(f", {name(unit.columns[a])} AS {name(physical[a])}" for a in unit.attributes)
    select = (
        f"SELECT event_id, type, time, offset_minutes AS \"offset\", date_only, recorded, place, actor, "
        f"source, position, content{attributes} "
        f"FROM fresh JOIN (SELECT * FROM (VALUES {sources}) AS v(doc, source)) USING (doc) ORDER BY time, event_id"
    )
    columns = dict(EVENT_COLUMNS) | {physical[a]: kind for a, kind in unit.attributes.items()}
    write_part(database, store, manifest, "events", select, columns)


def _write_corrections(database: Database, store: Path, manifest: Manifest) -> None:
    if not value(database, "SELECT count(*) FROM staged JOIN chosen USING (doc, position) WHERE taken_back"):
        return
    known = stored(store, manifest, "corrections", CORRECTION_COLUMNS)
    select = (
        "SELECT DISTINCT event_id, corrected_by, correction_reason AS reason, correction_time AS time FROM "
        "(SELECT event_id, unnest(CASE WHEN len(corrected_by) > 0 THEN corrected_by ELSE [NULL] END) AS corrected_by, "
        "correction_reason, correction_time FROM staged JOIN (SELECT DISTINCT doc FROM chosen) USING (doc) WHERE taken_back)"
        f" EXCEPT SELECT * FROM {known}"
    )
    write_part(database, store, manifest, "corrections", select, CORRECTION_COLUMNS)


def _write_takings(database: Database, store: Path, manifest: Manifest, unit: Unit) -> None:
    _number_kinds(database, manifest, unit)
    case = "SELECT *, case_id AS object_id, 'case' AS object_type, NULL AS role, NULL AS quantity, NULL AS unit FROM {0}"
    listed = (
        "SELECT * EXCLUDE (taking), taking[1] AS object_id, taking[2] AS object_type, nullif(taking[3], '') AS role, "
        "taking[4] AS quantity, taking[5] AS unit FROM (SELECT *, unnest(takes) AS taking FROM {0})"
    )
    source = case if unit.single else f"{case} WHERE case_id IS NOT NULL UNION ALL {listed}"
    columns = "doc, position, event_id, type, time, offset_minutes, date_only, recorded, actor, place, kind, case_id, takes"
    numbered = f"(SELECT {columns} FROM fresh_kinds)"
    rows(database, f"CREATE OR REPLACE TEMP VIEW takings AS {source.format(numbered)}")
    types = ["case"] if unit.single else [r[0] for r in rows(database, "SELECT DISTINCT object_type FROM takings ORDER BY 1")]
    for object_type in types:
        known = _object_type(manifest, object_type)
        select = (
            'SELECT object_id, event_id, role, CAST(quantity AS DECIMAL(18,6)) AS quantity, unit, type AS event_type, time, '
            f'offset_minutes AS "offset", date_only, recorded, actor, place, kind FROM takings '
            f"WHERE object_type = {text(object_type)} ORDER BY object_id, time"
        )
        write_part(database, store, manifest, "takes_part", select, TAKES_PART_COLUMNS, known, unit.single)


def _number_kinds(database: Database, manifest: Manifest, unit: Unit) -> None:
    """The view `fresh_kinds`: `fresh` with the small integer that stands for type, action, bizStep, disposition."""
    parts = [
        name(unit.columns[attribute]) if attribute in unit.columns and attribute in unit.attributes else "NULL"
        for attribute in ("action", "bizStep", "disposition")
    ]
    spelled = ", ".join(f"CAST({part} AS VARCHAR) AS k{number}" for number, part in enumerate(parts))
    seen = rows(database, f"SELECT DISTINCT type, {spelled} FROM fresh ORDER BY ALL")
    numbers = {(k.type, k.action, k.biz_step, k.disposition): n for n, k in enumerate(manifest.kinds)}
    for row in seen:
        if row not in numbers:
            numbers[row] = len(manifest.kinds)
            manifest.kinds.append(Kind(*row))
    rows(database, "CREATE OR REPLACE TEMP TABLE kind_numbers(type VARCHAR, k0 VARCHAR, k1 VARCHAR, k2 VARCHAR, kind INTEGER)")
    if seen:
        database.executemany("INSERT INTO kind_numbers VALUES (?, ?, ?, ?, ?)", [(*r, numbers[r]) for r in seen]).fetchall()
    same = " AND ".join(
        ["f.type IS NOT DISTINCT FROM k.type"]
        + [f"CAST(f.{part} AS VARCHAR) IS NOT DISTINCT FROM k.k{n}" for n, part in enumerate(parts) if part != "NULL"]
    )
    rows(database, f"CREATE OR REPLACE TEMP VIEW fresh_kinds AS SELECT f.*, k.kind FROM fresh f JOIN kind_numbers k ON {same}")


def _write_facts(database: Database, store: Path, manifest: Manifest) -> None:
    """Objects that are new, the values that changed, and standing relations, of the documents that were accepted."""
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE accepted AS SELECT f.* FROM facts f WHERE doc NOT IN (SELECT doc FROM refused_documents)",
    )
    known = stored(store, manifest, "relations", RELATION_COLUMNS)
    select = f"SELECT DISTINCT id, to_id, role FROM accepted WHERE to_id IS NOT NULL EXCEPT SELECT * FROM {known}"
    if value(database, "SELECT count(*) FROM accepted WHERE to_id IS NOT NULL"):
        write_part(database, store, manifest, "relations", f"SELECT id AS from_id, to_id, role FROM ({select})", RELATION_COLUMNS)
    types = {row[0] for row in rows(database, "SELECT DISTINCT type FROM accepted WHERE to_id IS NULL")}
    types |= {row[0] for row in rows(database, "SELECT DISTINCT object_type FROM takings")}
    for object_type in sorted(types):
        _write_objects(database, store, manifest, _object_type(manifest, object_type))


def _write_objects(database: Database, store: Path, manifest: Manifest, kind: ObjectType) -> None:
    mine = f"type = {text(kind.name)} AND to_id IS NULL"
    found = rows(
        database, f"SELECT attribute, list(DISTINCT kind) FROM accepted WHERE {mine} AND attribute IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    types = {attribute: common_type(kinds) for attribute, kinds in found}
    kind.attributes, widened = register(kind.attributes, types, OBJECT_COLUMNS)
    manifest.conflicts += [f"{kind.name}: {sentence}" for sentence in widened]
    by_name = {attribute.name: attribute for attribute in kind.attributes}
    held = stored(store, manifest, "objects", {"object_id": "VARCHAR"}, kind.name)
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE arrivals AS SELECT DISTINCT object_id FROM (
        SELECT object_id FROM takings WHERE object_type = {text(kind.name)} AND doc NOT IN (SELECT doc FROM refused_documents)
        UNION ALL SELECT id FROM accepted WHERE {mine}) WHERE object_id NOT IN (SELECT object_id FROM {held})""",
    )
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE firsts AS SELECT id, attribute, arg_min(value, (doc, n)) AS value
        FROM accepted WHERE {mine} AND attribute IS NOT NULL AND time IS NULL GROUP BY id, attribute""",
    )
    _write_changes(database, store, manifest, kind, by_name)
    picked = "".join(
        f", CAST(max(value) FILTER (attribute = {text(a)}) AS {types[a]}) AS {name(by_name[a].column)}" for a in types
    )
    select = (
        f"SELECT object_id, {text(kind.name)} AS type{picked} FROM arrivals LEFT JOIN firsts ON id = object_id "
        "GROUP BY object_id ORDER BY object_id"
    )
    columns = dict(OBJECT_COLUMNS) | {by_name[a].column: t for a, t in types.items()}
    write_part(database, store, manifest, "objects", select, columns, kind)


def _write_changes(
    database: Database, store: Path, manifest: Manifest, kind: ObjectType, by_name: dict[str, Attribute]
) -> None:
    """Values that differ from the one an object arrived with, each with its moment (null: the source gives none)."""
    mine = f"type = {text(kind.name)} AND to_id IS NULL AND attribute IS NOT NULL"
    if not value(database, f"SELECT count(*) FROM accepted WHERE {mine}"):
        return
    columns = {a.column: "VARCHAR" for a in by_name.values()}
    held = stored(store, manifest, "objects", {"object_id": "VARCHAR", **columns}, kind.name)
    unpivoted = " UNION ALL ".join(
        f"SELECT object_id AS id, {text(a.name)} AS attribute, {name(a.column)} AS value FROM {held}" for a in by_name.values()
    )
    known = stored(store, manifest, "changes", CHANGE_COLUMNS)
    same = "coalesce(try_cast(f.value AS DECIMAL(38,18)) = try_cast(h.value AS DECIMAL(38,18)), false) OR f.value = h.value"
    select = (
        f"SELECT DISTINCT f.id AS object_id, {text(kind.name)} AS object_type, f.attribute, f.value, f.time "
        f"FROM accepted f LEFT JOIN ({unpivoted}) h ON h.id = f.id AND h.attribute = f.attribute "
        f"LEFT JOIN firsts i ON i.id = f.id AND i.attribute = f.attribute AND h.id IS NULL "
        f"WHERE f.type = {text(kind.name)} AND f.to_id IS NULL AND f.attribute IS NOT NULL "
        f"AND (f.time IS NOT NULL OR NOT coalesce(CASE WHEN h.id IS NULL THEN f.value = i.value ELSE {same} END, false)) "
        f"EXCEPT SELECT * FROM {known}"
    )
    write_part(database, store, manifest, "changes", select, CHANGE_COLUMNS)


def _object_type(manifest: Manifest, object_type: str) -> ObjectType:
    found = manifest.object_type(object_type)
    if found is None:
        found = ObjectType(f"t{len(manifest.object_types) + 1}", object_type)
        manifest.object_types.append(found)
    return found


def write_part(
    database: Database,
    store: Path,
    manifest: Manifest,
    table: str,
    select: str,
    columns: dict[str, str],
    kind: ObjectType | None = None,
    single: bool = False,
) -> None:
    """Write what `select` gives as one more part of the table, synced; no part where it gives nothing."""
    folder = Path("parts") / table / (kind.id if kind else "")
    (store / folder).mkdir(parents=True, exist_ok=True)
    path = folder / f"{manifest.number:06d}-{len(manifest.parts):04d}.parquet"
    target = store / path
    number = value(
        database, f"COPY ({select}) TO {text(str(target))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    if not number:
        target.unlink()
        return
    sync_file(target)
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    manifest.parts.append(
        Part(
            path=path.as_posix(),
            table=table,
            sha256=sha256,
            bytes=target.stat().st_size,
            rows=number,
            columns=list(columns.items()),
            object_type=kind.name if kind else None,
            **(_taking_statistics(database, target, single) if table == "takes_part" else {}),
        )
    )


def _taking_statistics(database: Database, part: Path, single: bool) -> dict[str, Any]:
    """What judging wants to know of a part before it plans: see `Part`."""
    source = f"read_parquet({text(str(part))})"
    repeats = "false" if single else "count(*) > count(DISTINCT (object_id, event_id))"
    only, some, untimed, repeated, first, last = rows(
        database,
        f"SELECT bool_and(date_only) FILTER (time IS NOT NULL), bool_or(date_only), count(*) - count(time), {repeats}, "
        f"epoch_us(min(time)), epoch_us(max(time)) FROM {source}",
    )[0]
    dated = "date" if only else "mixed" if some else "instant"
    return {"dated": dated, "untimed": untimed, "repeats": repeated, "first": iso(first), "last": iso(last)}
