"""Attributes of events and objects: their types, and how types that differ become one.

Rule: an attribute has one type in a store. A value that fits in a narrower type keeps it (whole numbers, decimals,
booleans, dates, timestamps), where two documents differ the type widens, to text in the end, and the widening is
recorded. Binary floats do not occur: they never decide a verdict. Source: the engine's decision 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from scherp.events.model import Nested

TEXT, INTEGER, BOOLEAN, TIMESTAMP, DATE = "VARCHAR", "BIGINT", "BOOLEAN", "TIMESTAMP", "DATE"
DECIMAL, LONG_DECIMAL = "DECIMAL(18,6)", "DECIMAL(38,18)"
_NUMBERS = (INTEGER, DECIMAL, LONG_DECIMAL)


class Attribute(msgspec.Struct, frozen=True):
    """name: as the source spells it. column: in the Parquet files (differs only where two names would collide).
    type: its SQL type in the whole store."""

    name: str
    column: str
    type: str


def common_type(types: Iterable[str]) -> str:
    """The narrowest type that holds values of all `types`; text where nothing else does."""
    distinct = set(types)
    if not distinct:
        return TEXT
    if len(distinct) == 1:
        return distinct.pop()
    if distinct <= set(_NUMBERS):
        return max(distinct, key=_NUMBERS.index)
    return TEXT


def written(value: Any) -> tuple[str, str] | None:  # noqa: PLR0911 - one line for each type
    """A value as text and its SQL type; None for null. Text of a timestamp is UTC."""
    if value is None:
        return None
    if isinstance(value, str):
        return value, TEXT
    if isinstance(value, bool):
        return ("true" if value else "false"), BOOLEAN
    if isinstance(value, int):
        return str(value), INTEGER if abs(value) < 10**18 else TEXT
    if isinstance(value, float):
        return written(Decimal(repr(value))) if value - value == 0 else (repr(value), TEXT)
    if isinstance(value, Decimal):
        return format(value, "f"), _decimal_type(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" "), TIMESTAMP
    if isinstance(value, date):
        return value.isoformat(), DATE
    if isinstance(value, Nested):
        return value.json, TEXT
    raise TypeError(f"an attribute cannot be of type {type(value).__name__}")


def register(
    known: list[Attribute], found: dict[str, str], reserved: Iterable[str]
) -> tuple[list[Attribute], list[str]]:
    """`known` extended by the attributes `found` (name -> type), and a sentence for each type that had to widen.

    reserved: column names that are not free. Parquet readers fold case, so two names that differ only in case get two
    columns.
    """
    taken = {word.lower() for word in reserved} | {attribute.column.lower() for attribute in known}
    by_name = {attribute.name: attribute for attribute in known}
    widened: list[str] = []
    for name, kind in found.items():
        if name in by_name:
            before = by_name[name]
            after = common_type((before.type, kind))
            if after not in (before.type, kind) or (after == TEXT and before.type != kind):
                widened.append(f"attribute {name!r} was {before.type} and {kind}; it is now {after}")
            by_name[name] = Attribute(name, before.column, after)
        else:
            plain = name.replace("\0", "") or "attribute"  # what no database can name
            column = plain
            number = 2
            while column.lower() in taken:
                column = f"{plain}#{number}"
                number += 1
            taken.add(column.lower())
            by_name[name] = Attribute(name, column, kind)
    return list(by_name.values()), widened


def _decimal_type(value: Decimal) -> str:
    if not value.is_finite():
        return TEXT
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if value.is_zero() or (places <= 6 and value.adjusted() < 12):
        return DECIMAL if places <= 6 else LONG_DECIMAL if places <= 18 else TEXT
    return LONG_DECIMAL if places <= 18 and value.adjusted() < 20 else TEXT
