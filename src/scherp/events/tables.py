"""Tables (CSV, Parquet) read with a mapping, in bulk.

Rule: every row becomes one event, or stands in the rejects with the reason; none is dropped silently, and rows read =
kept + refused. A missing column or an unstated zone refuses the whole table, since then no row can be trusted. An empty
cell is null. Equal rows are separate events. Source: the plan of the house, section 3; the engine's decisions 1 and 6.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from scherp.events.attributes import BOOLEAN, DATE, DECIMAL, INTEGER, LONG_DECIMAL, TEXT, TIMESTAMP
from scherp.events.contract import Contract, unlisted
from scherp.events.database import Database, Row, name, rows, text, value
from scherp.events.mapping import Table
from scherp.events.moments_sql import spoken_moment, zone_periods
from scherp.faults import Fault, Refused

_DELIMITERS = ",;\t|"


@dataclass
class StagedTable:
    """A table on its way into a store. events: Parquet with one row an event. attributes: name -> SQL type; columns:
    name -> column in `events`. Counts are rows."""

    events: Path
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
    raw = aside / "raw.parquet"
    columns, refused_rows = _load(database, path, shown, mapping, contract, raw)
    _moments(database, raw, shown, mapping)
    rejects = aside / "rejects.jsonl"
    semantic = _reject(database, mapping, refused_rows, rejects, withheld=contract is not None)
    attributes = _attribute_types(database, mapping, columns)
    events = aside / "events.parquet"
    _write_events(database, mapping, attributes, events)
    counts = rows(
        database,
        "SELECT count(*), count(*) FILTER (time IS NULL AND refusal IS NULL), "
        "count(*) FILTER (ambiguous AND refusal IS NULL) FROM moments",
    )[0]
    case = {column: attributes[column] for column in mapping.case_attributes}
    return StagedTable(
        events=events,
        attributes={column: kind for column, kind in attributes.items() if column not in case},
        columns={column: f"c:{column}" for column in attributes},
        read=counts[0] + len(refused_rows),
        refused=semantic + len(refused_rows),
        unknown_time=counts[1],
        ambiguous_time=counts[2],
        case_attributes=case,
        rejects=rejects if semantic + len(refused_rows) else None,
    )


def _load(
    database: Database, path: Path, shown: str, mapping: Table, contract: Contract | None, raw: Path
) -> tuple[list[str], list[Row]]:
    """All cells as text, numbered by row, to `raw`; the columns, and the rows that are not rows of this table."""
    parquet = path.suffix.lower() == ".parquet"
    columns = _parquet_columns(database, path, shown) if parquet else _header(path, shown, mapping)
    faults = _column_faults(columns, mapping, shown)
    if contract is not None:
        faults += unlisted(contract, columns, shown)
    if faults:
        raise Refused(faults)
    kept = [c for c in columns if contract is None or contract.columns[c] != "drop" or c in mapping.named_columns]
    cells = ", ".join(f"{_cell(c, contract)} AS {name('c:' + c)}" for c in kept)
    source = f"read_parquet({text(str(path))})" if parquet else _csv(path, columns, mapping)
    rows(database, "DROP TABLE IF EXISTS reject_errors")
    rows(database, "DROP TABLE IF EXISTS reject_scans")
    try:
        rows(
            database,
            f"COPY (SELECT row_number() OVER () AS position, {cells} FROM {source}) TO {text(str(raw))} (FORMAT parquet)",
        )
    except duckdb.Error as fault:
        raise Refused(_unreadable(fault, shown)) from None
    refused: list[Row] = []
    if not parquet:
        refused = rows(database, "SELECT line, error_message, any_value(csv_line) FROM reject_errors GROUP BY ALL ORDER BY line")
        by_line: dict[int, Row] = {row[0]: row for row in reversed(refused)}
        refused = [by_line[line] for line in sorted(by_line)]
    return kept, refused


def _cell(column: str, contract: Contract | None) -> str:
    cell = f"nullif(CAST({name(column)} AS VARCHAR), '')"
    return contract.pseudonym_sql(cell) if contract and contract.columns[column] == "pseudonym" else cell


def _header(path: Path, shown: str, mapping: Table) -> list[str]:
    """The column names of a CSV file, from its first line."""
    try:
        with path.open("rb") as start:
            packed = start.read(2) == b"\x1f\x8b"
        opened = gzip.open(path, "rb") if packed else path.open("rb")
        with opened as file:
            head = file.read(1 << 20)
        first = head.decode(mapping.encoding if mapping.encoding != "utf-8" else "utf-8-sig", errors="replace")
    except (OSError, EOFError, gzip.BadGzipFile) as fault:
        raise Refused(Fault(shown, f"the table cannot be read ({_kind(fault)})", "Deliver the file again")) from None
    delimiter = _delimiter(first, mapping)
    line = next(csv.reader(io.StringIO(first), delimiter=delimiter), [])
    if not [column for column in line if column]:
        raise Refused(Fault(f"{shown}: line 1", "the table has no header", "The first line names the columns"))
    faults = [
        Fault(f"{shown}: line 1", f"the column {column!r} occurs {line.count(column)} times", "Name each column once")
        for column in dict.fromkeys(line)
        if line.count(column) > 1
    ]
    if faults:
        raise Refused(faults)
    return [column or f"column {number}" for number, column in enumerate(line, 1)]


def _delimiter(first: str, mapping: Table) -> str:
    header = first.splitlines()[0] if first.splitlines() else ""
    return mapping.delimiter or max(_DELIMITERS, key=header.count)


def _csv(path: Path, columns: list[str], mapping: Table) -> str:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opened = gzip.open(path, "rt", encoding="utf-8", errors="replace") if packed else path.open(encoding="utf-8", errors="replace")
    with opened as lines:
        delimiter = _delimiter(lines.readline(), mapping)
    types = ", ".join(f"{text(column)}: 'VARCHAR'" for column in columns)
    return (
        f"read_csv({text(str(path))}, columns = {{{types}}}, auto_detect = false, header = true, "
        f"delim = {text(delimiter)}, quote = '\"', escape = '\"', nullstr = '', store_rejects = true, "
        f"rejects_limit = 0, compression = {text('gzip' if packed else 'none')}, encoding = {text(mapping.encoding)}, "
        "max_line_size = 16777216)"
    )


def _parquet_columns(database: Database, path: Path, shown: str) -> list[str]:
    try:
        return [row[0] for row in rows(database, f"DESCRIBE SELECT * FROM read_parquet({text(str(path))})")]
    except duckdb.Error as fault:
        raise Refused(_unreadable(fault, shown)) from None


def _unreadable(fault: Exception, shown: str) -> Fault:
    # The database's own message may quote the file; only its kind is passed on.
    return Fault(shown, f"the table cannot be read ({_kind(fault)})", "Check that the file is whole and of this format")


def _kind(fault: Exception) -> str:
    words = {
        "BadGzipFile": "its gzip is damaged",
        "EOFError": "its gzip breaks off",
        "IOException": "its content is damaged or it cannot be opened",
        "InvalidInputException": "its content does not fit the format",
        "PermissionError": "no permission",
        "FileNotFoundError": "it is not there",
    }
    return words.get(type(fault).__name__, type(fault).__name__)


def _column_faults(columns: list[str], mapping: Table, shown: str) -> list[Fault]:
    faults = []
    for column in mapping.named_columns:
        if column not in columns:
            near = difflib.get_close_matches(column, columns, n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]!r}?" if near else f"The table has {', '.join(map(repr, columns[:20]))}"
            faults.append(Fault(shown, f"the mapping names the column {column!r}, which the table does not have", remedy))
    return faults


def _moments(database: Database, raw: Path, shown: str, mapping: Table) -> None:
    """The temporary table `moments`: position, the instants, and why a row is refused (null: it is kept)."""
    spoken = {"time": spoken_moment(name(f"c:{mapping.time}"), mapping.time_format)}
    if mapping.recorded:
        spoken["recorded"] = spoken_moment(name(f"c:{mapping.recorded}"), mapping.time_format)
    picked = ", ".join(f"{sql} AS {which}" for which, sql in spoken.items())
    rows(database, f"CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM read_parquet({text(str(raw))})")
    rows(database, f"CREATE OR REPLACE TEMP TABLE spoken AS SELECT position, {picked} FROM raw")
    if mapping.zone is None:
        _demand_zone(database, spoken, shown)
    zone_periods(database, "zone_periods", mapping.zone or "UTC")
    for which in spoken:
        _instants(database, which)
    case = name(f"c:{mapping.case}") if mapping.case else "'-'"
    recorded = "recorded_at.at AS recorded" if mapping.recorded else "NULL::TIMESTAMP AS recorded"
    joined = "JOIN recorded_at USING (position)" if mapping.recorded else ""
    refusals = [
        f"WHEN {case} IS NULL THEN 'the case is empty'",
        f"WHEN {name('c:' + mapping.activity)} IS NULL THEN 'the activity is empty'",
        f"WHEN {_written(mapping.time)} AND time_at.gap THEN 'the time does not exist: the clock skipped it'",
        f"WHEN {_written(mapping.time)} AND time_at.at IS NULL THEN 'the time cannot be read'",
    ]
    if mapping.recorded:
        refusals.append(
            f"WHEN {_written(mapping.recorded)} AND recorded_at.at IS NULL THEN 'the time of registration cannot be read'"
        )
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE moments AS SELECT position, time_at.at AS time, time_at.minutes AS offset_minutes, "
        f"time_at.date_only, time_at.ambiguous, {recorded}, CASE {' '.join(refusals)} END AS refusal "
        f"FROM raw JOIN time_at USING (position) {joined}",
    )


def _written(column: str) -> str:
    return f"nullif(trim({name('c:' + column)}), '') IS NOT NULL"


def _demand_zone(database: Database, spoken: dict[str, str], shown: str) -> None:
    for which in spoken:
        first = rows(
            database,
            f"SELECT position, count(*) OVER () FROM spoken WHERE {which}.local_time IS NOT NULL "
            f"AND {which}.stated_offset IS NULL ORDER BY position LIMIT 1",
        )
        if first:
            what = f"{first[0][1]} times have no offset from UTC, the first of them in row {first[0][0]}"
            raise Refused(Fault(shown, what, "State `zone: UTC` or `zone: Europe/Amsterdam` in the mapping"))


def _instants(database: Database, which: str) -> None:
    """The temporary table `{which}_at`: position, at (UTC), minutes (offset), date_only, ambiguous, gap."""
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE {which}_at AS
        SELECT position,
          CASE WHEN stated IS NOT NULL THEN local_time - stated * INTERVAL 1 MINUTE
               ELSE local_time - coalesce(zone_offset, CASE WHEN date_only THEN next_offset END) * INTERVAL 1 MINUTE
          END AS at,
          CAST(coalesce(stated, zone_offset, next_offset) AS SMALLINT) AS minutes,
          date_only, stated IS NULL AND coalesce(ambiguous, false) AND NOT date_only AS ambiguous,
          stated IS NULL AND local_time IS NOT NULL AND zone_offset IS NULL AND NOT date_only AS gap
        FROM (SELECT position, {which}.local_time AS local_time, {which}.stated_offset AS stated,
                     coalesce({which}.date_only, false) AS date_only FROM spoken)
        ASOF LEFT JOIN (SELECT *, lead(zone_offset) OVER (ORDER BY local_from) AS next_offset FROM zone_periods)
          ON local_time >= local_from""",
    )


def _reject(database: Database, mapping: Table, broken: list[Row], rejects: Path, withheld: bool) -> int:
    """Write the refused rows with their reasons; returns how many were refused for what they say."""
    content = "NULL" if withheld else "to_json(raw)"
    refused = value(database, "SELECT count(*) FROM moments WHERE refusal IS NOT NULL")
    lines = [(line, message.split("\n")[0], None if withheld else row) for line, message, row in broken]
    if not refused and not lines:
        return 0
    rows(database, "CREATE OR REPLACE TEMP TABLE broken(line BIGINT, reason VARCHAR, content VARCHAR)")
    if lines:
        database.executemany("INSERT INTO broken VALUES (?, ?, ?)", lines).fetchall()
    rows(
        database,
        f"COPY (SELECT position AS row, NULL AS line, refusal AS reason, {content} AS content "
        f"FROM moments JOIN raw USING (position) WHERE refusal IS NOT NULL "
        f"UNION ALL SELECT NULL, line, reason, content FROM broken) TO {text(str(rejects))} (FORMAT json)",
    )
    return int(refused)


_TYPE_TESTS = (
    (INTEGER, r"^-?(0|[1-9]\d{0,17})$"),
    (DECIMAL, r"^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$"),
    (LONG_DECIMAL, r"^-?(0|[1-9]\d{0,19})(\.\d{1,18})?$"),
    (BOOLEAN, r"^(true|false|True|False|TRUE|FALSE)$"),
    (DATE, r"^\d{4}-\d{2}-\d{2}$"),
    (TIMESTAMP, r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|z|[+-]\d{2}(:?\d{2})?))?$"),
)


def _attribute_types(database: Database, mapping: Table, columns: list[str]) -> dict[str, str]:
    """The narrowest type of each column that the mapping leaves to attributes, over all its cells."""
    structural = set(mapping.named_columns) - set(mapping.case_attributes)
    attributes = [column for column in columns if column not in structural]
    if not attributes:
        return {}
    tests = []
    for column in attributes:
        cell = name(f"c:{column}")
        tests.append(f"count({cell})")
        for kind, pattern in _TYPE_TESTS:
            tests.append(
                f"count(*) FILTER (regexp_matches({cell}, {text(pattern)}) AND try_cast({cell} AS {kind}) IS NOT NULL)"
            )
    counts = rows(database, f"SELECT {', '.join(tests)} FROM raw")[0]
    width = len(_TYPE_TESTS) + 1
    found = {}
    for number, column in enumerate(attributes):
        filled, *fitting = counts[number * width : (number + 1) * width]
        fits = [kind for (kind, _), fit in zip(_TYPE_TESTS, fitting, strict=True) if filled and fit == filled]
        found[column] = fits[0] if fits else TEXT
    return found


def _typed(column: str, kind: str, mapping: Table) -> str:
    """A cell as its attribute's type; timestamps in UTC (the database's zone data serves for attributes alone)."""
    cell = name(f"c:{column}")
    if kind != TIMESTAMP:
        return f"CAST({cell} AS {kind})"
    zoned = f"CAST(CAST({cell} AS TIMESTAMPTZ) AS TIMESTAMP)"
    if (mapping.zone or "UTC") == "UTC":
        return zoned
    naive = f"CAST(CAST({cell} AS TIMESTAMP) AT TIME ZONE {text(str(mapping.zone))} AS TIMESTAMP)"
    return f"CASE WHEN regexp_matches({cell}, ':.*(Z|z|[+-])') THEN {zoned} ELSE {naive} END"


def _write_events(database: Database, mapping: Table, attributes: dict[str, str], target: Path) -> None:
    """One row an event to `target`, with its id: its own, or the hash of its content and its number among equals."""
    kept = [column for column in attributes if column not in mapping.case_attributes]
    said = ["type", "time", "date_only", "recorded", "place", "actor", "case_id", "takes"]
    typed = ", ".join(f"{_typed(c, kind, mapping)} AS {name('c:' + c)}" for c, kind in attributes.items())
    rows(
        database,
        f"""CREATE OR REPLACE TEMP VIEW mapped AS SELECT position, {name('c:' + mapping.activity)} AS type, time,
        offset_minutes, date_only, ambiguous, recorded, {_column(mapping.place)} AS place,
        {_column(mapping.resource)} AS actor, {_column(mapping.case)} AS case_id, {_takes(mapping)} AS takes,
        {_column(mapping.event_id)} AS given_id{', ' + typed if typed else ''}
        FROM moments JOIN raw USING (position) WHERE refusal IS NULL""",
    )
    parts = said + [name(f"c:{column}") for column in sorted(kept)]
    content = f"substr(sha256(to_json([{', '.join(f'CAST({part} AS VARCHAR)' for part in parts)}])::VARCHAR), 1, 32)"
    hashed = target.with_name("hashed.parquet")
    rows(database, f"COPY (SELECT *, {content} AS content FROM mapped) TO {text(str(hashed))} (FORMAT parquet)")
    source = f"read_parquet({text(str(hashed))})"
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT position, row_number() OVER (PARTITION BY content ORDER BY position) "
        f"AS number FROM {source} WHERE content IN (SELECT content FROM {source} GROUP BY content HAVING count(*) > 1)",
    )
    rows(
        database,
        f"""COPY (SELECT 0 AS doc, h.* EXCLUDE (content, given_id, ambiguous),
          given_id IS NOT NULL AS own, coalesce(given_id, content || '-' || coalesce(number, 1)) AS event_id,
          CASE WHEN given_id IS NOT NULL THEN content END AS content, false AS taken_back,
          NULL::VARCHAR[] AS corrected_by, NULL::VARCHAR AS correction_reason, NULL::TIMESTAMP AS correction_time
        FROM {source} h LEFT JOIN repeated USING (position)) TO {text(str(target))} (FORMAT parquet)""",
    )
    hashed.unlink()


def _column(column: str | None) -> str:
    return "NULL::VARCHAR" if column is None else name(f"c:{column}")


def _takes(mapping: Table) -> str:
    """Further objects of a row as a list of (id, type, role, quantity, unit), those with an empty cell left out."""
    if not mapping.objects:
        return "NULL::VARCHAR[][]"
    lists = []
    for item in mapping.objects:
        quantity = f"CAST(try_cast({name('c:' + item.quantity)} AS DECIMAL(18,6)) AS VARCHAR)" if item.quantity else "NULL"
        unit = text(item.unit) if item.unit else "NULL"
        lists.append(f"[{name('c:' + item.column)}, {text(item.type)}, {text(item.role)}, {quantity}, {unit}]")
    return f"list_filter([{', '.join(lists)}], taking -> taking[1] IS NOT NULL)::VARCHAR[][]"
