"""Tables (CSV, Parquet) read with a mapping, in bulk.

Rule: every row becomes one event, or stands in the rejects with the reason; none is dropped silently, and rows read =
kept + refused. A missing column or an unstated zone refuses the whole table, since then no row can be trusted. An empty
cell is null. Equal rows are separate events. Source: the plan of the house, section 3; the engine's decisions 1 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from scherp.events.attributes import DECIMAL, LONG_DECIMAL
from scherp.events.contract import Contract
from scherp.events.database import Database, fill, name, rows, text, value
from scherp.events.mapping import ObjectColumn, Table
from scherp.events.moments_sql import read_moments
from scherp.events.table_file import LoadedTable, load_table
from scherp.events.table_types import attribute_types, typed
from scherp.faults import Fault, Refused


@dataclass
class StagedTable:
    """A table on its way into a store. events: SQL with one row an event. attributes, case_attributes: name -> SQL type;
    columns: name -> column in `events`. Counts are rows; rejects: the file of those refused."""

    events: str
    attributes: dict[str, str]
    columns: dict[str, str]
    read: int
    refused: int
    unknown_time: int
    ambiguous_time: int
    case_attributes: dict[str, str] = field(default_factory=dict)
    rejects: Path | None = None


def stage_table(
    database: Database, path: Path, shown: str, mapping: Table, contract: Contract | None, aside: Path
) -> StagedTable:
    """Read one CSV or Parquet file into `aside`; Refused with every fault of the table as a whole."""
    table = load_table(database, path, shown, mapping, contract, aside)
    rows(database, f"CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM read_parquet({text(str(table.raw))})")
    _moments(database, table, shown, mapping, aside)
    read, refused, unknown, ambiguous = rows(
        database,
        "SELECT count(*), count(refusal), count(*) FILTER (time IS NULL AND refusal IS NULL), "
        "count(*) FILTER (ambiguous AND refusal IS NULL) FROM moments",
    )[0]
    kept = "raw" if not refused else "(SELECT raw.* FROM raw JOIN moments USING (position) WHERE refusal IS NULL)"
    refused += len(table.broken)
    rejects = aside / "rejects.jsonl"
    if refused:
        _write_rejects(database, table, rejects, withheld=contract is not None)
    named = set(mapping.named_columns) - set(mapping.case_attributes)
    columns = {column: cell for column, cell in table.columns.items() if column not in named}
    types = dict(zip(columns, attribute_types(database, kept, columns.values(), mapping.zone), strict=True))
    return StagedTable(
        events=_stage_events(database, mapping, table, types, aside),
        attributes={column: kind for column, kind in types.items() if column not in mapping.case_attributes},
        columns=columns,
        read=read + len(table.broken),
        refused=refused,
        unknown_time=unknown,
        ambiguous_time=ambiguous,
        case_attributes={column: types[column] for column in mapping.case_attributes if column in types},
        rejects=rejects if refused else None,
    )


def _moments(database: Database, table: LoadedTable, shown: str, mapping: Table, aside: Path) -> None:
    """The temporary table `moments`: position, the instants, and why a row is refused (null: it is kept)."""
    asked = {"time": mapping.time} | ({"recorded": mapping.recorded} if mapping.recorded else {})
    for which, column in asked.items():
        try:
            read_moments(database, which, "raw", table.columns[column], mapping.zone, mapping.time_format, aside)
        except ValueError as fault:
            raise Refused(
                Fault(shown, str(fault), "Write `time_format` as strptime has it, such as %d-%m-%Y %H:%M")
            ) from None
        if mapping.zone is None:
            _demand_zone(database, which, shown)
    recorded = "r.at" if mapping.recorded else "NULL::TIMESTAMP"
    joined = "JOIN recorded_at r USING (position)" if mapping.recorded else ""
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE moments AS SELECT position, t.at AS time, t.minutes AS offset_minutes, t.date_only, "
        f"t.ambiguous, {recorded} AS recorded, {_refusal(table, mapping)} AS refusal "
        f"FROM raw JOIN time_at t USING (position) {joined}",
    )
    for which in asked:
        rows(database, f"DROP TABLE {which}_at")


def _refusal(table: LoadedTable, mapping: Table) -> str:
    """SQL for the reason why a row is refused, null where it is kept."""
    tests = {f"{table.columns[mapping.activity]} IS NULL": "the activity is empty"}
    if mapping.case:
        tests = {f"{table.columns[mapping.case]} IS NULL": "the case is empty"} | tests
    tests["t.gap"] = "the time does not exist: the clock skipped it"
    tests["t.written AND t.at IS NULL"] = "the time cannot be read"
    if mapping.recorded:
        tests["r.gap"] = "the time of registration does not exist: the clock skipped it"
        tests["r.written AND r.at IS NULL"] = "the time of registration cannot be read"
    for column in dict.fromkeys(item.quantity for item in mapping.objects if item.quantity):
        cell = table.columns[column]
        tests[f"{cell} IS NOT NULL AND try_cast({cell} AS DECIMAL(18,6)) IS NULL"] = "the quantity cannot be read"
    return f"CASE {' '.join(f'WHEN {test} THEN {text(reason)}' for test, reason in tests.items())} END"


def _demand_zone(database: Database, which: str, shown: str) -> None:
    count, first = rows(database, f"SELECT count(*), min(position) FROM {which}_at WHERE naive")[0]
    if count:
        what = f"{count} times have no offset from UTC, the first of them in row {first}"
        raise Refused(Fault(shown, what, "State `zone: UTC` or `zone: Europe/Amsterdam` in the mapping"))


def _write_rejects(database: Database, table: LoadedTable, rejects: Path, withheld: bool) -> None:
    """Write each refused row with its reason, and with its content unless a contract withholds it."""
    cells = ", ".join(f"{text(column)}, {cell}" for column, cell in table.columns.items())
    rows(database, "CREATE OR REPLACE TEMP TABLE broken(line BIGINT, reason VARCHAR, content VARCHAR)")
    lines = [(line, reason, None if withheld else content) for line, reason, content in table.broken]
    fill(database, "broken", lines)
    rows(
        database,
        f"COPY (SELECT position AS row, NULL AS line, refusal AS reason, {'NULL' if withheld else f'json_object({cells})'} "
        f"AS content FROM moments JOIN raw USING (position) WHERE refusal IS NOT NULL "
        f"UNION ALL SELECT NULL, line, reason, to_json(content) FROM broken) TO {text(str(rejects))} (FORMAT json)",
    )


def _stage_events(database: Database, mapping: Table, table: LoadedTable, types: dict[str, str], aside: Path) -> str:
    """One row an event, with its id: its own, or the hash of its content and its number among equals. Returns the SQL."""
    plain = {
        "type": mapping.activity, "place": mapping.place, "actor": mapping.resource, "case_id": mapping.case,
        "given_id": mapping.event_id,
    }  # fmt: skip
    picked = {said: table.columns[column] if column else "NULL::VARCHAR" for said, column in plain.items()}
    cells = {column: table.columns[column] for column in sorted(types)}
    columns = ", ".join(
        [f"{sql} AS {said}" for said, sql in picked.items()]
        + [f"{typed(cell, types[column], mapping.zone)} AS {cell}" for column, cell in cells.items()]
    )
    content = _content(
        picked, {c: cell for c, cell in cells.items() if c not in mapping.case_attributes}, bool(mapping.objects)
    )
    events = aside / "events.parquet"
    rows(
        database,
        f"""COPY (SELECT position, time, offset_minutes, date_only, recorded, takes, {columns}, {content} AS content
        FROM (SELECT *, {_takes(mapping.objects, table.columns)} AS takes FROM moments JOIN raw USING (position)
        WHERE refusal IS NULL)) TO {text(str(events))} (FORMAT parquet)""",
    )
    return _with_ids(database, f"read_parquet({text(str(events))})")


def _with_ids(database: Database, events: str) -> str:
    # Most tables repeat few rows: only rows whose hash's hash occurs twice are numbered.
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT position, row_number() OVER (PARTITION BY content ORDER BY position) "
        f"AS number FROM {events} WHERE given_id IS NULL AND hash(content) IN "
        f"(SELECT hash(content) FROM {events} WHERE given_id IS NULL GROUP BY 1 HAVING count(*) > 1)",
    )
    some = value(database, "SELECT count(*) FROM repeated WHERE number > 1")
    number = "coalesce(number, 1)" if some else "1"
    return (
        "SELECT 0 AS doc, e.* EXCLUDE (content, given_id), given_id IS NOT NULL AS own, "
        f"coalesce(given_id, content || '-' || {number}) AS event_id, "
        "CASE WHEN given_id IS NOT NULL THEN content END AS content, false AS taken_back, NULL::VARCHAR[] AS corrected_by, "
        "NULL::VARCHAR AS correction_reason, NULL::TIMESTAMP AS correction_time "
        f"FROM {events} e{' LEFT JOIN repeated USING (position)' if some else ''}"
    )


def _content(said: dict[str, str], cells: dict[str, str], objects: bool) -> str:
    """SQL for 128 bits of SHA-256 over what a row says.

    Each value stands behind its name and its length, and what is empty is left out: a later export with one more column,
    or with a decimal where there were whole numbers so far, says the same of its old rows.
    """
    parts = {word: said[word] for word in ("type", "place", "actor", "case_id")}
    parts |= {"time": "epoch_us(time)::VARCHAR", "recorded": "epoch_us(recorded)::VARCHAR"}
    parts |= {"takes": "CAST(to_json(takes) AS VARCHAR)"} if objects else {}
    parts |= {f"={column}": cell for column, cell in cells.items()}
    spelled = ", ".join(
        f"{text(f'{len(word)}:{word}:')} || strlen({sql}) || ':' || {sql}" for word, sql in parts.items()
    )
    return f"substr(sha256(concat(date_only::VARCHAR, {spelled})), 1, 32)"


def _takes(objects: tuple[ObjectColumn, ...], columns: dict[str, str]) -> str:
    """Further objects of a row as a list of (id, type, role, quantity, unit), those with an empty cell left out."""
    if not objects:
        return "NULL::VARCHAR[][]"
    lists = []
    for item in objects:
        quantity = f"CAST(try_cast({columns[item.quantity]} AS DECIMAL(18,6)) AS VARCHAR)" if item.quantity else "NULL"
        unit = text(item.unit) if item.unit else "NULL"
        lists.append(f"[{columns[item.column]}, {text(item.type)}, {text(item.role)}, {quantity}, {unit}]")
    return f"list_filter([{', '.join(lists)}], lambda taking: taking[1] IS NOT NULL)::VARCHAR[][]"


def stage_case_facts(database: Database, staged: StagedTable) -> None:
    """The temporary table `facts` of a table: each case attribute's first value, and where it changes later.

    `since` is when the table first shows the value; it dates a change where the store holds another value already.
    """
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE facts(doc INTEGER, id VARCHAR, type VARCHAR, attribute VARCHAR, value VARCHAR, "
        "kind VARCHAR, time TIMESTAMP, since TIMESTAMP, n BIGINT, to_id VARCHAR, role VARCHAR)",
    )
    for attribute, kind in staged.case_attributes.items():
        cell = f"CAST({name(staged.columns[attribute])} AS VARCHAR)"
        if kind in (DECIMAL, LONG_DECIMAL):
            # Without needless zeros: a later export may type the column otherwise, and 1.5 is still 1.5.
            cell = f"rtrim(rtrim({cell}, '0'), '.')"
        rows(
            database,
            f"""INSERT INTO facts BY NAME
            WITH cells AS (SELECT case_id, {cell} AS value, time, position FROM ({staged.events})
                           WHERE {cell} IS NOT NULL AND case_id IS NOT NULL),
            spread AS (SELECT case_id, min(value) AS low, max(value) AS high, min(time) AS first FROM cells GROUP BY case_id),
            moved AS (SELECT case_id, value, time, position, lag(value) OVER w AS before FROM cells
                      WHERE case_id IN (SELECT case_id FROM spread WHERE low <> high)
                      WINDOW w AS (PARTITION BY case_id ORDER BY time NULLS LAST, position))
            SELECT 0 AS doc, case_id AS id, 'case' AS type, {text(attribute)} AS attribute, low AS value,
                   {text(kind)} AS kind, NULL::TIMESTAMP AS time, first AS since, 0 AS n FROM spread WHERE low = high
            UNION ALL SELECT 0, case_id, 'case', {text(attribute)}, value, {text(kind)},
                   CASE WHEN before IS NOT NULL THEN time END, time, position
            FROM moved WHERE before IS DISTINCT FROM value""",
        )
