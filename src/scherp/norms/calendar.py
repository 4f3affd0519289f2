"""Calendars for legal terms: one row a local day, which judging joins instead of doing date arithmetic in SQL.

Rule: a term in days counts local days, from midnight to midnight in the zone of the source, whatever the length of the
day. Under `nl-term` a term that ends on a Saturday, a Sunday or a recognised holiday runs to the end of the next day
that is none of these; terms in hours, and terms longer than 90 days, twelve weeks or three months, do not. Under
`nl-days` a term ends where it ends; under `nl-working-days` only working days are counted. Source: the engine's
decision 6; Algemene termijnenwet art. 1, 3 and 4 (status of the text: unread). Which days are holidays is data, in
`library/calendars/nl.yaml`, with the source of each. Article 2 (a term of three days or more holds at least two working
days) and article 1(2) (terms counted backwards) are not applied here.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from dateutil.easter import easter
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from scherp.faults import Fault, Refused
from scherp.norms.model import Checked, Duration

CALENDARS = ("nl-term", "nl-days", "nl-working-days")
FIRST, LAST = date(1583, 1, 1), date(4098, 12, 31)
"""The days that a calendar can have: those for which the rule of Easter is known."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_Entry = TypeVar("_Entry")
_SATURDAY = 5
_SUNDAY = 6
_EASTER_KEEPS_THE_YEAR = (-80, 250)  # Easter lies between 22 March and 25 April
_LONGEST_THAT_ROLLS = {"days": 90, "weeks": 12, "months": 3}


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a calendar.

    starts, ends: microseconds since 1970-01-01T00:00:00Z of local 00:00 and of the day's last microsecond, so that
    `ends` + 1 is the next day's `starts`. working: neither Saturday, Sunday nor holiday, in every calendar.
    next_working: the day to which a term runs that ends on this one: this day if it works, else the first working day
    after it; under `nl-days`, which does not roll, always this day.
    number: how many working days there are from the first row up to and with this one. The N-th working day after a
    day D (D itself does not count, and need not work) is the one row with `working and number = D.number + N`; a day
    that does not work has the number of the working day before it. Numbers compare only within one list.
    """

    local_day: date
    starts: int
    ends: int
    working: bool
    next_working: date
    number: int


def calendar_days(calendar: str, zone: str, first: date, last: date) -> list[Day]:
    """The days from `first` to `last`, both included, in order and without gaps.

    `last` has to lie beyond every due moment that is to be found: a term of N days from the last trigger, and a margin
    for the roll. Refused: an unknown calendar or zone, a range that is empty or lies outside FIRST..LAST.
    """
    place = _asked(calendar, zone, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts = [_midnight(day, place) for day in (*days, last + _DAY)]
    works = [is_working(day) for day in days]
    runs_to = days if calendar == "nl-days" else _runs_to(days, works)
    rows, number = [], 0
    for at, day in enumerate(days):
        number += works[at]
        rows.append(Day(day, starts[at], starts[at + 1] - 1, works[at], runs_to[at], number))
    return rows


def is_working(day: date) -> bool:
    """Is `day` neither a Saturday, a Sunday nor a recognised holiday?"""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def rolls(duration: Duration) -> bool:
    """Does a term of this length run to the next working day under `nl-term`? Never in hours or in years.

    A term in working days ends on a working day by itself, so that the answer there (yes) changes nothing.
    """
    if duration.unit == "working days":
        return True
    return duration.count <= _LONGEST_THAT_ROLLS.get(duration.unit, 0)


@lru_cache(maxsize=4096)
def holidays(year: int) -> frozenset[date]:
    """The recognised holidays of a year and the days on a par with them, also where they fall in a weekend."""
    return frozenset(day for holiday in shipped_holidays().holidays for day in _falls_on(holiday, year))


def unsure_years(first: date, last: date) -> list[int]:
    """The years in the range of which a day on a par with a holiday may be missing; a report has to name them."""
    complete = shipped_holidays().complete
    return [year for year in range(first.year, last.year + 1) if not any(_within(year, span) for span in complete)]


def tz_version() -> str:
    """The version of the time zone data that local midnights come from, such as `2025b (operating system)`.

    zoneinfo takes a zone from the system's database where there is one, and only else from the tzdata package.
    """
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "Europe" / "Amsterdam").is_file():
            return f"{_system_version(folder)} (operating system)"
    try:
        return f"{metadata.version('tzdata')} (tzdata package)"
    except metadata.PackageNotFoundError:
        return "unknown"


class Years(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A range of years, both ends included; None is open."""

    start: int | None = msgspec.field(name="from", default=None)
    end: int | None = msgspec.field(name="to", default=None)


class HolidayRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a holiday falls: on a month and day, a number of days after Easter, or on single dates; exactly one."""

    month: int | None = None
    day: int | None = None
    on_sunday: int = 0
    easter: int | None = None
    dates: tuple[date, ...] | None = None

    def __post_init__(self) -> None:
        fixed = self.month is not None and self.day is not None
        if (self.month is None) != (self.day is None) or fixed + (self.easter is not None) + bool(self.dates) != 1:
            raise ValueError("a rule has either month and day, or easter, or dates")
        if self.month is not None and self.day is not None:
            on = date(2001, self.month, self.day)  # raises where there is no such day in a common year
            if abs(self.on_sunday) > 6 or (on + timedelta(days=self.on_sunday)).year != on.year:
                raise ValueError("on_sunday moves the day more than six days, or into another year")
        if self.on_sunday and not fixed:
            raise ValueError("on_sunday goes only with month and day")
        if self.easter is not None and not _EASTER_KEEPS_THE_YEAR[0] <= self.easter <= _EASTER_KEEPS_THE_YEAR[1]:
            raise ValueError("this many days from Easter may lie in another year")


class HolidaySource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    checked: Checked
    url: str | None = None


class Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    holiday: str
    title: dict[str, str]
    rule: HolidayRule
    source: HolidaySource
    years: Years = Years()


@dataclass(frozen=True)
class HolidayFile:
    """A file of holidays as read. complete: the years of which no day on a par with a holiday is missing."""

    holidays: tuple[Holiday, ...]
    complete: tuple[Years, ...]


def read_holidays(text: str, shown: str) -> HolidayFile:
    """The holidays in YAML `text`; `shown` names it in faults. Refused with a fault for each entry that is wrong."""
    raw = _yaml(text, shown)
    known = {"calendar", "title", "note", "complete", "holidays"}
    faults = [Fault(f"{shown}: $", f"'{key}' is not a key of a calendar") for key in raw if key not in known]
    faults += [
        Fault(f"{shown}: $.{key}", "has to be a list", "Write each entry after a dash.")
        for key in ("complete", "holidays")
        if not isinstance(raw.get(key, []), list)
    ]
    if not raw.get("holidays"):
        faults.append(Fault(f"{shown}: $.holidays", "there are no holidays"))
    if faults:
        raise Refused(faults)
    found = tuple(_entries(raw["holidays"], Holiday, f"{shown}: $.holidays", faults))
    complete = tuple(_entries(raw.get("complete", []), Years, f"{shown}: $.complete", faults))
    if faults:
        raise Refused(faults)
    return HolidayFile(found, complete)


@lru_cache(maxsize=1)
def shipped_holidays() -> HolidayFile:
    """The Dutch holidays as they come with Scherp."""
    path = resources.files("scherp.library") / "calendars" / "nl.yaml"
    return read_holidays(path.read_text(encoding="utf-8"), "calendars/nl.yaml")


def _asked(calendar: str, zone: str, first: date, last: date) -> ZoneInfo:
    faults = []
    if calendar not in CALENDARS:
        faults.append(Fault("calendar", f"{calendar!r} is not a calendar", f"Write one of {', '.join(CALENDARS)}."))
    if first > last:
        faults.append(Fault("calendar", f"its first day {first} lies after its last day {last}"))
    if min(first, last) < FIRST or max(first, last) > LAST:
        faults.append(Fault("calendar", f"{first} to {last} is not within {FIRST} to {LAST}"))
    place = None
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(Fault("calendar", f"{zone!r} is not a time zone", "Write UTC or Europe/Amsterdam."))
    if place is None or faults:
        raise Refused(faults)
    return place


def _midnight(day: date, place: ZoneInfo) -> int:
    # fold 0 is the first of two midnights in autumn and, where spring skips midnight, the moment of the skip.
    local = datetime(day.year, day.month, day.day, tzinfo=place)
    span = local.replace(tzinfo=UTC) - _EPOCH - (local.utcoffset() or timedelta())
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _runs_to(days: list[date], works: list[bool]) -> list[date]:
    after = days[-1] + _DAY
    while not is_working(after):
        after += _DAY
    runs_to = []
    for day, work in zip(reversed(days), reversed(works), strict=True):
        after = day if work else after
        runs_to.append(after)
    return runs_to[::-1]


def _falls_on(holiday: Holiday, year: int) -> Iterator[date]:
    rule = holiday.rule
    if not _within(year, holiday.years):
        return
    if rule.dates is not None:
        yield from (day for day in rule.dates if day.year == year)
    elif rule.easter is not None:
        yield easter(year) + timedelta(days=rule.easter)
    elif rule.month is not None and rule.day is not None:
        day = date(year, rule.month, rule.day)
        yield day + timedelta(days=rule.on_sunday) if day.weekday() == _SUNDAY else day


def _within(year: int, years: Years) -> bool:
    return (years.start is None or years.start <= year) and (years.end is None or year <= years.end)


def _yaml(text: str, shown: str) -> dict[str, Any]:
    try:
        raw = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f"{shown}: line {mark.line + 1}" if mark is not None else shown
        raise Refused(Fault(where, "this is not valid YAML")) from None
    if not isinstance(raw, dict):
        raise Refused(Fault(f"{shown}: $", "a calendar is a map with the key holidays"))
    return raw


def _entries(raw: list[Any], kind: type[_Entry], where: str, faults: list[Fault]) -> Iterator[_Entry]:
    for at, entry in enumerate(raw):
        try:
            yield msgspec.convert(entry, kind)
        except msgspec.ValidationError as wrong:
            what, _, path = str(wrong).partition(" - at `$")
            faults.append(Fault(f"{where}[{at}]{path.rstrip('`')}", what))


def _system_version(folder: Path) -> str:
    for name, prefix in (("tzdata.zi", "# version "), ("+VERSION", "")):
        try:
            with (folder / name).open(encoding="utf-8") as lines:
                return lines.readline().removeprefix(prefix).strip() or "unknown version"
        except OSError:
            continue
    return "unknown version"
