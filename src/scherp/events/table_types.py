"""The types of a table's attributes: the narrowest that holds every cell of a column without loss.

Rule: whole numbers, decimals, booleans, dates and timestamps are recognised by their spelling; what would change when
written back (a leading zero, an exponent, a 21st digit) stays text. Source: the engine's decision 4.
"""

from __future__ import annotations

from collections.abc import Iterable

from scherp.events.attributes import BOOLEAN, DATE, DECIMAL, INTEGER, LONG_DECIMAL, TEXT, TIMESTAMP
from scherp.events.database import Database, rows, text

_SMALL, _WHOLE, _SHORT, _LONG, _TRUTH, _DAY, _MOMENT, _TEXT = (1 << bit for bit in range(8))
_SPELLINGS = (
    (_SMALL, r"^-?(0|[1-9]\d{0,11})$"),  # also a DECIMAL(18,6)
    (_WHOLE, r"^-?[1-9]\d{12,17}$"),
    (_SHORT, r"^-?(0|[1-9]\d{0,11})\.\d{1,6}$"),
    (_LONG, r"^-?(0|[1-9]\d{0,19})(\.\d{1,18})?$"),
    (_TRUTH, r"^(true|false|True|False|TRUE|FALSE)$"),
)
_FITS = (
    (INTEGER, _SMALL | _WHOLE),
    (DECIMAL, _SMALL | _SHORT),
    (LONG_DECIMAL, _SMALL | _WHOLE | _SHORT | _LONG),
    (BOOLEAN, _TRUTH),
    (DATE, _DAY),
    (TIMESTAMP, _MOMENT),
)
_DATE_SPELLING = r"^\d{4}-\d{2}-\d{2}$"
_TIMESTAMP_SPELLING = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|z|[+-]\d{2}(:?\d{2})?))?$"


def attribute_types(database: Database, relation: str, cells: Iterable[str], zone: str | None) -> list[str]:
    """The SQL type of each of `cells` (expressions over `relation`); an empty column is text."""
    masks = [f"bit_or({_spelling(cell, zone)})" for cell in cells]
    if not masks:
        return []
    found = rows(database, f"SELECT {', '.join(masks)} FROM {relation}")[0]
    return [next((kind for kind, fits in _FITS if mask and not mask & ~fits), TEXT) for mask in found]


def typed(cell: str, kind: str, zone: str | None) -> str:
    """A cell as its attribute's type; timestamps in UTC (the database's zone data serves for attributes alone)."""
    return _utc(cell, zone) if kind == TIMESTAMP else f"CAST({cell} AS {kind})"


def _spelling(cell: str, zone: str | None) -> str:
    plain = " ".join(f"WHEN regexp_matches({cell}, {text(pattern)}) THEN {bit}" for bit, pattern in _SPELLINGS)
    day = f"regexp_matches({cell}, {text(_DATE_SPELLING)}) AND try_cast({cell} AS DATE) IS NOT NULL"
    moment = f"regexp_matches({cell}, {text(_TIMESTAMP_SPELLING)}) AND {_utc(cell, zone)} IS NOT NULL"
    # Most text shows by its first letter, which is far cheaper than seven patterns.
    return (
        f"CASE WHEN {cell} IS NULL THEN NULL WHEN NOT regexp_matches({cell}, '^[-0-9tTfF]') THEN {_TEXT} "
        f"{plain} WHEN {day} THEN {_DAY} WHEN {moment} THEN {_MOMENT} ELSE {_TEXT} END"
    )


def _utc(cell: str, zone: str | None) -> str:
    zoned = f"CAST(try_cast({cell} AS TIMESTAMPTZ) AS TIMESTAMP)"
    if (zone or "UTC") == "UTC":
        return zoned
    naive = f"CAST(try_cast({cell} AS TIMESTAMP) AT TIME ZONE {text(str(zone))} AS TIMESTAMP)"
    return f"CASE WHEN regexp_matches({cell}, ':.*(Z|z|[+-])') THEN {zoned} ELSE {naive} END"
