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
_SPELLED = re.compile(r"[0-9W-]+(\Z|[Tt ])", re.ASCII)  # fromisoformat would take any sign between date and time
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
_MIDNIGHT_24 = re.compile(r"T24:00(:00([.,]0+)?)?(?![:.,\d])")


class SkippedHour(ValueError):  # noqa: N818 - named for what it is
    """A local time that does not exist: the clock skipped it in spring."""


def parse_instant(text: str, zone: str | None = None) -> Instant:
    """The instant that ISO 8601 `text` means; naive times are read in `zone`. ValueError is one clear sentence."""
    text = text.strip()
    spelled = _SPELLED.match(text)
    try:
        moment = _moment(text) if spelled else None
    except (ValueError, OverflowError):
        moment = None
    if spelled is None or moment is None:
        raise ValueError(f"{_short(text)} is not an ISO 8601 date and time") from None
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError(f"{_short(text)} has no offset from UTC")
        return local_instant(moment, zone, date_only=not spelled.group(1))
    return _aware(moment, text)


def _moment(text: str) -> datetime:
    # 24:00 is 00:00 of the next day on the local clock, before any zone is applied.
    if _MIDNIGHT_24.search(text):
        return _moment(_MIDNIGHT_24.sub("T00:00:00", text, count=1)) + timedelta(days=1)
    return datetime.fromisoformat(text[:-1] + "Z" if text.endswith("z") else text)


def local_instant(moment: datetime, zone: str, date_only: bool = False) -> Instant:
    """The instant of a naive local `moment` in an IANA `zone`; ValueError where the clock skipped it in spring."""
    place = time_zone(zone)
    first = moment.replace(tzinfo=place, fold=0)
    offset, second = first.utcoffset(), moment.replace(tzinfo=place, fold=1).utcoffset()
    if offset is None or second is None:
        raise ValueError(f"{_short(str(moment))} has no offset in {zone}")
    micros = _micros(moment.replace(tzinfo=UTC)) - _in_micros(offset)
    if offset < second and not date_only:
        raise SkippedHour(f"{_short(str(moment))} does not exist in {zone}: the clock skipped it")
    _demand_range(micros, str(moment))
    return Instant(micros, int(offset.total_seconds() // 60), date_only, ambiguous=offset > second and not date_only)


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
    micros = _micros(moment)
    _demand_range(micros, text)
    return Instant(micros, int((moment.utcoffset() or timedelta()).total_seconds() // 60))


def _demand_range(micros: int, text: str) -> None:
    # An instant before year 1 or after year 9999 in UTC could be stored but not written again.
    if not _micros(_FIRST) <= micros <= _micros(_LAST):
        raise ValueError(f"{_short(text)} is out of range")


def _micros(moment: datetime) -> int:
    return _in_micros(moment - _EPOCH)


def _in_micros(span: timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
