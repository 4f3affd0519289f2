"""Typed values: what a source wrote, turned into the value that its declared type says it is.

Rule: a value becomes what its type declares, or it is a fault; nothing is rounded. A float becomes a decimal where its
plain notation has at most 18 digits, since floats never decide a verdict; longer ones stay floats, and what is no
number (NaN, infinities) stays text. An empty text of a type other than string is no value. XES and OCEL share them.
Source: the engine's decision 4; IEEE 1849 for XES's types, the OCEL 2.0 format pages for OCEL's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from scherp.events.instants import parse_instant
from scherp.events.model import Instant, Scalar

MAX_DIGITS = 18
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_INTEGER = re.compile(r"[+-]?[0-9]+(?:\.0*)?\Z")
_NO_NUMBER = frozenset({"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"})
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def typed(value: object, kind: str, zone: str | None) -> Scalar:
    """`value`, as a source wrote it (text, or a value of JSON or SQLite), as a value of `kind`.

    kind: a key of `KINDS`. ValueError is one clear sentence.
    """
    if value is None:
        return None
    if isinstance(value, (bytes, list, dict)):
        raise ValueError("it is not a single value")
    if kind == "string":
        return _plain(value)
    text = _plain(value).strip()
    return KINDS[kind](text, zone) if text else None


class NumberText(str):
    """A number with a fraction, as JSON spells it: kept as text until its declared type is known."""

    __slots__ = ()


def written_kind(value: object) -> str:
    """The type in which a value is written, where none is declared."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "float" if isinstance(value, (float, NumberText)) else "string"


def number(text: str, _zone: str | None = None) -> Decimal | float | str:
    """A decimal where `text` is a finite number of at most `MAX_DIGITS` digits, else a float, else (no number) text."""
    if not _NUMBER.match(text):
        if text.lower() in _NO_NUMBER:
            return text
        raise ValueError(f"{short(text)} is not a number")
    try:
        exact = Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return text
    digits, exponent = exact.as_tuple().digits, int(exact.as_tuple().exponent)
    if max(len(digits), len(digits) + exponent, -exponent) <= MAX_DIGITS:
        return abs(exact) if exact.is_zero() else exact  # SQLite knows no negative zero
    loose = float(text)
    return text if loose in (float("inf"), float("-inf")) else loose


def integer(text: str, _zone: str | None = None) -> int:
    """A whole number of at most 64 bits; `5.0` is one."""
    if not _INTEGER.match(text):
        raise ValueError(f"{short(text)} is not a whole number")
    whole = text.partition(".")[0]
    if len(whole) > 20 or not -(2**63) <= int(whole) < 2**63:
        raise ValueError(f"{short(text)} does not fit in 64 bits")
    return int(whole)


def boolean(text: str, _zone: str | None = None) -> bool:
    """`true`, `false`, `1` or `0`, in capitals or not."""
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError(f"{short(text)} is neither true nor false") from None


def moment(text: str, zone: str | None) -> datetime | date:
    """An aware moment with the offset that the source wrote; a bare date stays a date."""
    if _BARE_DATE.match(text):
        return date.fromisoformat(text)
    return aware(parse_instant(text, zone))


def aware(instant: Instant) -> datetime:
    """The instant as a datetime with its own offset; ValueError where no datetime can hold it."""
    try:
        return (_EPOCH + timedelta(microseconds=instant.micros)).astimezone(timezone(timedelta(minutes=instant.offset)))
    except OverflowError:
        raise ValueError("the moment is out of range") from None


KINDS: dict[str, Callable[[str, str | None], Scalar]] = {
    "string": lambda text, _zone: text,
    "integer": integer,
    "float": number,
    "boolean": boolean,
    "time": moment,
    "date": moment,
}
"""What each declared type of OCEL 2.0 makes of a text. XES's `int` is `integer`, its `id` is `string`."""


def short(text: str) -> str:
    """`text` in quotes, shortened for a sentence."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _plain(value: object) -> str:
    """A value of JSON or SQLite as the text that XML would have for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
