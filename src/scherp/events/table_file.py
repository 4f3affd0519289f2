"""A table's file, CSV or Parquet, brought to one form: text cells under numbered columns.

Rule: what the file says is kept cell by cell as text, an empty cell is null, and a line that is no row of the table is
handed on with the reason. Columns are numbered (`c0`, `c1`, ...), so that no name in a header is ever part of a
statement other than as a value: names may hold anything, and may differ only in case. A contract is applied here, before
the first cell is written. Source: the plan of the house, section 3 (tables); RFC 4180 for CSV; the engine's decision 5.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scherp.events.contract import Contract, unlisted
from scherp.events.database import Database, Row, name, rows, text, value
from scherp.events.files import open_bytes
from scherp.events.mapping import Table
from scherp.events.room import is_lack_of_room
from scherp.faults import Fault, Refused

_DELIMITERS = ",;\t|"
_HEAD = 1 << 20
_LONGEST_LINE = 1 << 24  # bytes; a longer line is refused with its reason
_NESTED = ("STRUCT", "MAP", "UNION", "LIST", "ARRAY")


@dataclass(frozen=True)
class LoadedTable:
    """raw: Parquet with `position` (from 1) and one text column for each column that is kept. columns: name -> its
    column in `raw`, in the table's order. broken: (line, reason, text of the line) of lines that are no rows."""

    raw: Path
    columns: dict[str, str]
    broken: list[Row]


def load_table(
    database: Database, path: Path, shown: str, mapping: Table, contract: Contract | None, aside: Path
) -> LoadedTable:
    """Bring one CSV or Parquet file to text cells in `aside`; Refused with every fault of the table as a whole."""
    with open_bytes(path, shown) as file:
        parquet = file.read(4) == b"PAR1"
    source, cells = _parquet(database, path, shown) if parquet else _csv(path, shown, mapping)
    faults = _column_faults(list(cells), mapping, shown)
    if contract is not None:
        faults += unlisted(contract, list(cells), shown) + _contract_faults(contract, mapping, shown)
    if faults:
        raise Refused(faults)
    kept = [column for column in cells if contract is None or contract.columns[column] != "drop"]
    columns = {column: f"c{number}" for number, column in enumerate(kept)}
    picked = ", ".join(f"{_treated(column, cells[column], contract)} AS {short}" for column, short in columns.items())
    raw = aside / "raw.parquet"
    broken = _copy(database, f"SELECT row_number() OVER () AS position, {picked} FROM {source}", raw, shown)
    return LoadedTable(raw, columns, broken)


def _copy(database: Database, select: str, raw: Path, shown: str) -> list[Row]:
    for table in ("reject_errors", "reject_scans"):
        rows(database, f"DROP TABLE IF EXISTS {table}")
    try:
        rows(database, f"COPY ({select}) TO {text(str(raw))} (FORMAT parquet)")
    except duckdb.Error as fault:
        if is_lack_of_room(fault):
            raise
        raise Refused(_unreadable(fault, shown)) from None
    if not value(database, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'"):
        return []
    # One line may have several faults; the first is its reason.
    found = rows(database, "SELECT line, error_message, csv_line FROM reject_errors ORDER BY line, byte_position")
    by_line = {line: (line, reason.split("\n")[0], content) for line, reason, content in reversed(found)}
    return [by_line[line] for line in sorted(by_line)]


def _treated(column: str, cell: str, contract: Contract | None) -> str:
    return contract.pseudonym_sql(cell) if contract and contract.columns[column] == "pseudonym" else cell


def _csv(path: Path, shown: str, mapping: Table) -> tuple[str, dict[str, str]]:
    """The relation of a CSV file, and each column's cell in it."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    head = _head(path, shown, mapping)
    delimiter = mapping.delimiter or _delimiter(head)
    columns = _header(head, delimiter, shown)
    types = ", ".join(f"'h{number}': 'VARCHAR'" for number in range(len(columns)))
    relation = (
        f"read_csv({text(str(path))}, columns = {{{types}}}, auto_detect = false, header = true, "
        f"delim = {text(delimiter)}, quote = '\"', escape = '\"', nullstr = '', store_rejects = true, "
        f"rejects_limit = 0, compression = {text('gzip' if packed else 'none')}, encoding = {text(mapping.encoding)}, "
        f"max_line_size = {_LONGEST_LINE})"
    )
    return relation, {column: f"h{number}" for number, column in enumerate(columns)}


def _head(path: Path, shown: str, mapping: Table) -> str:
    with open_bytes(path, shown) as file:
        head = file.read(_HEAD)
    return head.decode("utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding, errors="replace")


def _delimiter(head: str) -> str:
    """The sign that parts the header's names, those inside quotes left out."""
    first = next(iter(re.sub(r'"[^"]*"', "", head).splitlines()), "")
    return max(_DELIMITERS, key=first.count)


def _header(head: str, delimiter: str, shown: str) -> list[str]:
    """The names of the columns: the first line, where an empty one is called by its number."""
    where = f"{shown}: line 1"
    try:
        line = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    except csv.Error:
        raise Refused(Fault(where, "the header cannot be read as CSV", "The first line names the columns")) from None
    if not any(line):
        raise Refused(Fault(where, "the table has no header", "The first line names the columns"))
    columns = [column or f"column {number}" for number, column in enumerate(line, 1)]
    faults = [
        Fault(where, f"the column {column!r} occurs {columns.count(column)} times", "Name each column once")
        for column in dict.fromkeys(columns)
        if columns.count(column) > 1
    ]
    if any("\ufffd" in column or "\0" in column for column in columns):
        faults.append(
            Fault(where, "the header is not text in the stated encoding", "State its `encoding` in the mapping")
        )
    if faults:
        raise Refused(faults)
    return columns


def _parquet(database: Database, path: Path, shown: str) -> tuple[str, dict[str, str]]:
    """The relation of a Parquet file, and each column's cell in it as text: nested values as JSON."""
    relation = f"read_parquet({text(str(path))})"
    try:
        described = rows(database, f"DESCRIBE SELECT * FROM {relation}")
    except duckdb.Error as fault:
        raise Refused(_unreadable(fault, shown)) from None
    if any("\0" in row[0] or not row[0] for row in described):
        raise Refused(Fault(shown, "a column has no name that can be read", "Name every column"))
    return relation, {row[0]: _as_text(name(row[0]), row[1]) for row in described}


def _as_text(cell: str, kind: str) -> str:
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"CAST(to_json({cell}) AS VARCHAR)"
    if kind == "TIMESTAMP_NS":
        return f"CAST(CAST({cell} AS TIMESTAMP) AS VARCHAR)"
    return f"nullif(CAST({cell} AS VARCHAR), '')"


def _unreadable(fault: Exception, shown: str) -> Fault:
    # The database's own message may quote the file; only its kind is passed on.
    words = {
        "IOException": "its content is damaged or it cannot be opened",
        "InvalidInputException": "its content does not fit the format",
        "InvalidUnicodeError": "its text is not in the stated encoding",
    }
    kind = words.get(type(fault).__name__, type(fault).__name__)
    return Fault(shown, f"the table cannot be read ({kind})", "Check that the file is whole and of this format")


def _column_faults(columns: list[str], mapping: Table, shown: str) -> list[Fault]:
    faults = []
    for column in mapping.named_columns:
        if column not in columns:
            near = difflib.get_close_matches(column, columns, n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]!r}?" if near else f"The table has {', '.join(map(repr, columns[:20]))}"
            faults.append(
                Fault(shown, f"the mapping names the column {column!r}, which the table does not have", remedy)
            )
    return faults


def _contract_faults(contract: Contract, mapping: Table, shown: str) -> list[Fault]:
    """What the mapping needs and the contract does not let in as it is."""
    quantities = [item.quantity for item in mapping.objects if item.quantity]
    readable = {column for column in (mapping.time, mapping.recorded, *quantities) if column}
    faults = []
    for column in mapping.named_columns:
        treatment = contract.columns.get(column)
        if treatment == "drop" or (treatment == "pseudonym" and column in readable):
            done = "drops" if treatment == "drop" else "pseudonymises"
            what = f"the contract {done} the column {column!r}, which the mapping needs"
            faults.append(Fault(shown, what, "Leave it out of the mapping, or keep it in the contract"))
    return faults
