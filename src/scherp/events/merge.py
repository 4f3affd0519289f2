"""From what was staged to the parts of a store.

Rule: an event that the store has is not written again; an event with a known id and other content makes its whole
document refused; a declared error takes an event back and never counts as a second event. `takes_part` repeats what
norms on order and time need, partitioned by object type and sorted by object, so that they never join. Source: the plan
of the house, section 3; the engine's decisions 1, 2 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from scherp.events.attributes import register
from scherp.events.database import fill, name, rows, text, value
from scherp.events.facts import write_facts
from scherp.events.manifest import Kind
from scherp.events.parts import (
    CORRECTION_COLUMNS,
    EVENT_COLUMNS,
    TAKES_PART_COLUMNS,
    Target,
    write_part,
)
from scherp.events.twins import find_twins
from scherp.faults import Fault


@dataclass
class Unit:
    """What is merged in one go: staged events and facts about objects (a temporary table `facts`).

    events: SQL with one row an event. attributes: name -> SQL type of event attributes, columns: name -> column in
    `events`. documents: document number -> SHA-256 of the source, names: -> its name. single: every event has exactly
    the one object `case_id` of type `case`. has_own_ids: whether any event may bring its own id.
    """

    events: str
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


def merge(target: Target, unit: Unit) -> Merged:
    """Write the unit's parts into the store's folders and list them in the manifest (which is not yet committed)."""
    database = target.database
    rows(database, f"CREATE OR REPLACE TEMP VIEW staged AS {unit.events}")
    refused = _conflicting_documents(target, unit) if unit.has_own_ids else {}
    _choose_new(target, unit, refused)
    counts = rows(database, "SELECT doc, count(*) FILTER (new), count(*) FILTER (NOT new) FROM chosen GROUP BY doc")
    if len(refused) < len(unit.documents):
        _write_events(target, unit)
        _write_corrections(target)
        twinned = not unit.single and find_twins(target)
        _write_takings(target, unit, twinned)
        write_facts(target, ", ".join(map(str, refused)), twinned)
    return Merged({d: k for d, k, _ in counts}, {d: n for d, _, n in counts}, refused)


def _conflicting_documents(target: Target, unit: Unit) -> dict[int, Fault]:
    """Documents in which an event has a known id but other content; the later document loses."""
    database = target.database
    events = target.held("events", {"event_id": "VARCHAR", "content": "VARCHAR"})
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
        what = f"the event id {event[:200]!r} is known with other content"
        refused[document] = Fault(unit.names[document], what, "Give a new event a new id, or declare the error first")
        rows(database, f"DELETE FROM claims WHERE doc = {document}")


def _choose_new(target: Target, unit: Unit, refused: dict[int, Fault]) -> None:
    """The temporary table `chosen` (doc, position, new) and the view `fresh` (the staged events that are new); refused
    documents are in neither."""
    database = target.database
    outside = f"WHERE doc NOT IN ({', '.join(map(str, refused))})" if refused else ""
    first = "true"
    if unit.has_own_ids:
        first = "row_number() OVER (PARTITION BY event_id ORDER BY coalesce(taken_back, false), doc, position) = 1"
    elif len(unit.documents) > 1:
        first = "row_number() OVER (PARTITION BY event_id ORDER BY doc, position) = 1"
    events = target.held("events", {"event_id": "VARCHAR"})
    known = f"event_id IN (SELECT event_id FROM {events})" if target.manifest.parts_of("events") else "false"
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE chosen AS SELECT doc, position, {first} AND NOT ({known}) AS new FROM staged {outside}",
    )
    all_new = not refused and value(database, "SELECT count(*) FROM chosen WHERE NOT new") == 0
    joined = "" if all_new else " JOIN chosen c USING (doc, position) WHERE c.new"
    rows(database, f"CREATE OR REPLACE TEMP VIEW fresh AS SELECT s.* FROM staged s{joined}")


def _write_events(target: Target, unit: Unit) -> None:
    manifest = target.manifest
    manifest.event_attributes, widened = register(manifest.event_attributes, unit.attributes, EVENT_COLUMNS)
    manifest.conflicts += widened
    physical = {attribute.name: attribute.column for attribute in manifest.event_attributes}
    sources = ", ".join(f"({number}, {text(sha)})" for number, sha in unit.documents.items())
    attributes = "".join(f", {name(unit.columns[a])} AS {name(physical[a])}" for a in unit.attributes)
    select = (
        f'SELECT event_id, type, time, offset_minutes AS "offset", date_only, recorded, place, actor, '
        f"source, position, content{attributes} "
        f"FROM fresh JOIN (SELECT * FROM (VALUES {sources}) AS v(doc, source)) USING (doc) ORDER BY time, event_id"
    )
    columns = dict(EVENT_COLUMNS) | {physical[a]: kind for a, kind in unit.attributes.items()}
    write_part(target, "events", select, columns)


def _write_corrections(target: Target) -> None:
    if not value(target.database, "SELECT count(*) FROM staged JOIN chosen USING (doc, position) WHERE taken_back"):
        return
    known = target.held("corrections", CORRECTION_COLUMNS)
    select = (
        "SELECT DISTINCT event_id, corrected_by, correction_reason AS reason, correction_time AS time FROM "
        "(SELECT event_id, unnest(CASE WHEN len(corrected_by) > 0 THEN corrected_by ELSE [NULL] END) AS corrected_by, "
        "correction_reason, correction_time FROM staged JOIN (SELECT DISTINCT doc FROM chosen) USING (doc) WHERE taken_back)"
        f" EXCEPT SELECT * FROM {known}"
    )
    write_part(target, "corrections", select, CORRECTION_COLUMNS)


def _write_takings(target: Target, unit: Unit, twinned: bool) -> None:
    """takes_part of the new events, one part for each object type; leaves the view `takings` behind."""
    database = target.database
    _number_kinds(target, unit)
    case = (
        "SELECT *, case_id AS object_id, 'case' AS object_type, NULL AS role, NULL AS quantity, NULL AS unit FROM {0}"
    )
    listed = (
        "SELECT * EXCLUDE (taking), taking[1] AS object_id, taking[2] AS object_type, nullif(taking[3], '') AS role, "
        "taking[4] AS quantity, taking[5] AS unit FROM (SELECT *, unnest(takes) AS taking FROM {0})"
    )
    source = case if unit.single else f"{case} WHERE case_id IS NOT NULL UNION ALL {listed}"
    columns = (
        "doc, position, event_id, type, time, offset_minutes, date_only, recorded, actor, place, kind, case_id, takes"
    )
    source = source.format(f"(SELECT {columns} FROM fresh_kinds)")
    if twinned:
        source = (
            f"SELECT * EXCLUDE (written, held) REPLACE (coalesce(held, object_id) AS object_id) "
            f"FROM ({source}) LEFT JOIN twins ON written = object_id"
        )
    rows(database, f"CREATE OR REPLACE TEMP VIEW takings AS {source}")
    found = "SELECT DISTINCT object_type FROM takings ORDER BY 1"
    for object_type in ["case"] if unit.single else [row[0] for row in rows(database, found)]:
        select = (
            "SELECT object_id, event_id, role, CAST(quantity AS DECIMAL(18,6)) AS quantity, unit, type AS event_type, time, "
            f'offset_minutes AS "offset", date_only, recorded, actor, place, kind FROM takings '
            f"WHERE object_type = {text(object_type)} ORDER BY object_id, time"
        )
        write_part(target, "takes_part", select, TAKES_PART_COLUMNS, target.object_type(object_type), unit.single)


def _number_kinds(target: Target, unit: Unit) -> None:
    """The view `fresh_kinds`: `fresh` with the small integer that stands for type, action, bizStep, disposition."""
    database, kinds = target.database, target.manifest.kinds
    parts = [
        name(unit.columns[attribute]) if attribute in unit.columns and attribute in unit.attributes else "NULL"
        for attribute in ("action", "bizStep", "disposition")
    ]
    spelled = ", ".join(f"CAST({part} AS VARCHAR) AS k{number}" for number, part in enumerate(parts))
    seen = rows(database, f"SELECT DISTINCT type, {spelled} FROM fresh ORDER BY ALL")
    numbers = {(k.type, k.action, k.biz_step, k.disposition): n for n, k in enumerate(kinds)}
    for row in seen:
        if row not in numbers:
            numbers[row] = len(kinds)
            kinds.append(Kind(*row))
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE kind_numbers(type VARCHAR, k0 VARCHAR, k1 VARCHAR, k2 VARCHAR, kind INTEGER)",
    )
    fill(database, "kind_numbers", [(*row, numbers[row]) for row in seen])
    same = " AND ".join(
        ["f.type IS NOT DISTINCT FROM k.type"]
        + [f"CAST(f.{part} AS VARCHAR) IS NOT DISTINCT FROM k.k{n}" for n, part in enumerate(parts) if part != "NULL"]
    )
    rows(
        database,
        f"CREATE OR REPLACE TEMP VIEW fresh_kinds AS SELECT f.*, k.kind FROM fresh f JOIN kind_numbers k ON {same}",
    )
