"""The register of parties: `parties.csv` beside the events says who is supervised, where, from when until when.

Rule: a register is no table of events. Its rows become objects `party` and `site`; a further row for the same site is a
further period, and what differs in it becomes a dated change from the local midnight of its `valid_from`. Source: the
profile of the closed chain (`parties.csv`) and the engine's decision 3.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from scherp.events.instants import midnight
from scherp.events.model import Change, Instant, Nested, Object, Reading, Record, Scalar
from scherp.faults import Fault, Refused

COLUMNS = (
    "party",
    "site",
    "name",
    "kind",
    "municipality",
    "valid_from",
    "valid_to",
    "stock_limit_g",
    "opens",
    "closes",
)
_KINDS = ("grower", "shop", "carrier", "lab", "destroyer")
_ZONE = "Europe/Amsterdam"
_PARTY = ("name", "kind", "municipality")
_SITE = ("party", "name", "kind", "municipality", "stock_limit_g", "opens", "closes")


def read_register(path: Path, reading: Reading) -> Iterator[Record]:
    """Objects `party` and `site` with their periods, and dated changes; Refused with every fault of the file."""
    rows, faults = _rows(path, reading.shown)
    checked = [(number, row, _faults(row, f"{reading.shown}: line {number}")) for number, row in rows]
    faults += [fault for _, _, found in checked for fault in found]
    if faults:
        raise Refused(faults)
    by_site: dict[str, list[dict[str, str]]] = {}
    by_party: dict[str, list[dict[str, str]]] = {}
    for _, row in rows:
        by_site.setdefault(row["site"] or row["party"], []).append(row)
        by_party.setdefault(row["party"], []).append(row)
    for party, periods in by_party.items():
        yield from _object(party, "party", periods, _PARTY)
    for site, periods in by_site.items():
        yield from _object(site, "site", periods, _SITE)


def _rows(path: Path, shown: str) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """The rows with the number of the line where each ends, and a fault for each line that is no row."""
    try:
        table = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True)
        header = next(table, [])
        missing = [column for column in COLUMNS if column not in header]
        faults = [
            Fault(f"{shown}: line 1", f"the column {column!r} occurs {header.count(column)} times", "Name it once")
            for column in COLUMNS
            if header.count(column) > 1
        ]
        if missing:
            what = f"columns are missing: {', '.join(missing)}"
            raise Refused([*faults, Fault(f"{shown}: line 1", what, "Add them, empty if unknown")])
        found = []
        for cells in table:
            number = table.line_num
            if any(cells) and len(cells) != len(header):
                faults.append(
                    Fault(f"{shown}: line {number}", f"{len(cells)} cells where the header has {len(header)}")
                )
            elif any(cells):
                found.append((number, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise Refused(Fault(shown, "the register is not readable CSV in UTF-8", "Write it again")) from None
    return found, faults


def _faults(row: dict[str, str], where: str) -> list[Fault]:
    faults = []
    if not row["party"]:
        faults.append(Fault(where, "the party is empty", "Give its identifier"))
    if row["kind"] not in _KINDS:
        faults.append(Fault(where, f"{row['kind']!r} is no kind of party", f"Write {', '.join(_KINDS)}"))
    for column in ("valid_from", "valid_to"):
        try:
            date.fromisoformat(row[column] or "2000-01-01")
        except ValueError:
            faults.append(Fault(where, f"{column} {row[column]!r} is no date", "Write it as 2025-04-07"))
    if not faults and row["valid_from"] and row["valid_to"] and _date(row["valid_to"]) < _date(row["valid_from"]):
        faults.append(Fault(where, f"valid_to {row['valid_to']} lies before valid_from {row['valid_from']}"))
    try:
        if row["stock_limit_g"] and not (
            Decimal(row["stock_limit_g"]).is_finite() and Decimal(row["stock_limit_g"]) >= 0
        ):
            raise InvalidOperation
    except InvalidOperation:
        faults.append(Fault(where, f"stock_limit_g {row['stock_limit_g']!r} is no weight in grams"))
    return faults


def _object(
    identifier: str, object_type: str, rows: list[dict[str, str]], columns: tuple[str, ...]
) -> Iterator[Record]:
    periods = sorted(rows, key=lambda row: row["valid_from"])
    first = periods[0]
    attributes: dict[str, Scalar | Nested] = {column: _value(column, first[column]) for column in columns}
    attributes["valid_from"] = _date(first["valid_from"]) if first["valid_from"] else None
    attributes["valid_to"] = _date(periods[-1]["valid_to"]) if periods[-1]["valid_to"] else None
    spans = sorted({(row["valid_from"] or None, row["valid_to"] or None) for row in periods}, key=lambda s: s[0] or "")
    attributes["periods"] = Nested(json.dumps(spans))
    yield Object(identifier, object_type, attributes)
    held = first
    for period in periods[1:]:
        moment = Instant(midnight(date.fromisoformat(period["valid_from"]), _ZONE)) if period["valid_from"] else None
        for column in columns:
            if period[column] != held[column]:
                yield Change(identifier, object_type, column, _value(column, period[column]), moment)
        held = period


def _value(column: str, cell: str) -> Scalar:
    if not cell:
        return None
    return Decimal(cell) if column == "stock_limit_g" else cell


def _date(cell: str) -> date:
    return date.fromisoformat(cell)
