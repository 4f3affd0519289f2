"""Moments as sources write them.

Rule: every stored time is an instant. A time with an offset is taken as it is; a time without one is read in the zone
that the source's mapping states, and is refused where none is stated. In the doubled hour of autumn a naive time is the
first of the two (and counted as ambiguous); in the gap of spring it does not exist and is refused. A bare date is its
00:00 and remembers that it was a date. Source: the engine's decision 6; ISO 8601 and RFC 3339 for the spelling.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scherp.events.model import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MIDNIGHT_24 = re.compile(r"T24:00(:00(\.0+)?)?")


def parse_instant(text: str, zone: str | None = None) -> Instant:
    """The instant that ISO 8601 `text` means; naive times are read in `zone`. ValueError is one clear sentence."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        if _MIDNIGHT_24.search(text):
            return _shift(parse_instant(_MIDNIGHT_24.sub("T00:00:00", text, count=1), zone), days=1)
        raise ValueError(f"{_short(text)} is not an ISO 8601 date and time") from None
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError(f"{_short(text)} has no offset from UTC")
        return local_instant(moment, zone, date_only=_BARE_DATE.match(text) is not None)
    return _aware(moment, text)


def local_instant(moment: datetime, zone: str, date_only: bool = False) -> Instant:
    """The instant of a naive local `moment` in an IANA `zone`; ValueError where the clock skipped it in spring."""
    place = time_zone(zone)
    first = moment.replace(tzinfo=place, fold=0)
    offset, second = first.utcoffset(), moment.replace(tzinfo=place, fold=1).utcoffset()
    if offset is None or second is None:
        raise ValueError(f"{_short(str(moment))} has no offset in {zone}")
    micros = _micros(moment.replace(tzinfo=UTC)) - _in_micros(offset)
    if offset < second and not date_only:
        raise ValueError(f"{_short(str(moment))} does not exist in {zone}: the clock skipped it")
    return Instant(micros, int(offset.total_seconds() // 60), date_only, ambiguous=offset > second)


@lru_cache(maxsize=64)
def time_zone(zone: str) -> ZoneInfo:
    """The zone by its IANA name; ValueError where there is none of that name."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{_short(zone)} is not a time zone; write UTC or Europe/Amsterdam") from None


def iso(micros: int | None) -> str | None:
    """`micros` as ISO 8601 text in UTC with a final Z, without needless fractions."""
    if micros is None:
        return None
    moment = _EPOCH + timedelta(microseconds=micros)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def midnight(day: date, zone: str) -> int:
    """Microseconds since the epoch of local 00:00 of `day` in `zone`."""
    return local_instant(datetime(day.year, day.month, day.day), zone, date_only=True).micros


def _aware(moment: datetime, text: str) -> Instant:
    offset = moment.utcoffset() or timedelta()
    try:
        return Instant(_micros(moment), int(offset.total_seconds() // 60))
    except OverflowError:
        raise ValueError(f"{_short(text)} is out of range") from None


def _micros(moment: datetime) -> int:
    return _in_micros(moment - _EPOCH)


def _in_micros(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _shift(instant: Instant, days: int) -> Instant:
    return Instant(instant.micros + days * 86_400_000_000, instant.offset, instant.date_only, instant.ambiguous)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
