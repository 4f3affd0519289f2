"""The limit in time of a response or a precedence, and all that moves it.

Rule: a limit is `within`, counted on a calendar or as N x 24 hours; what extends, suspends or thins it out has a
meaning only where there is a limit. Hours of the clock that do not count belong to limits in hours or minutes without a
calendar. Source: the plan of the house, section 4; Algemene termijnenwet for the calendars (their rules: `calendar`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

from scherp.norms.cursor import Fields, Place, choice, fields, one_or_more, pattern, text
from scherp.norms.model import Duration, ExcludedHours, Extension, Suspension, Term
from scherp.norms.selectors import STAND_IN, selector
from scherp.norms.spelling import nearest, shown
from scherp.norms.terms import CALENDARS, parse_duration, unit_fault

MOVED_BY = ("calendar", "extended_by", "suspended_by", "excluded_hours")

_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_STAND_IN = Duration(1, "days")


def term(got: Fields) -> Term | None:
    """The limit that the keys `within`, `calendar`, … of a check make; None where it sets none."""
    if "within" not in got:
        for key in MOVED_BY:
            if key in got:
                got.at[key].refuse(f"'{key}' has no meaning without 'within'", "Write the limit, or leave this out")
        return None
    before = len(got.place.page.faults)
    length = got.get("within", duration, _STAND_IN)
    calendar = got.maybe("calendar", calendar_name)
    if calendar is None and length.unit == "working days":
        calendar = "nl-working-days"
    extensions = got.maybe("extended_by", lambda place: one_or_more(place, _extension)) or ()
    suspensions = got.maybe("suspended_by", lambda place: one_or_more(place, _suspension)) or ()
    hours = got.maybe("excluded_hours", _excluded_hours)
    if len(got.place.page.faults) == before:
        _check_units(got, length, calendar, extensions)
    return Term(length, calendar, extensions, suspensions, hours)


def duration(place: Place) -> Duration:
    """A length of time such as `90 days`."""
    written = text(place) if isinstance(place.value, str) else str(place.value)
    if not written.strip():
        return _STAND_IN
    try:
        return parse_duration(written)
    except ValueError as error:
        place.refuse(str(error))
        return _STAND_IN


def calendar_name(place: Place) -> str:
    """The name of a calendar."""
    return choice(place, CALENDARS, "a calendar")


def zone(place: Place) -> str:
    """The IANA name of a time zone."""
    before = len(place.page.faults)
    name = text(place)
    if len(place.page.faults) == before and not _is_zone(name):
        place.refuse(f"{shown(name)} is not a time zone", _zone_advice(name))
    return name


def _zone_advice(name: str) -> str:
    meant = nearest(name, sorted(available_timezones()))
    return f"Did you mean '{meant}'?" if meant else "Write its IANA name, such as Europe/Amsterdam"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of the database
        return False
    return True


def _check_units(got: Fields, length: Duration, calendar: str | None, extensions: Iterable[Extension]) -> None:
    fault = unit_fault(length, calendar)
    if fault is not None:
        got.at["within"].refuse(fault)
    for extension in extensions:
        fault = unit_fault(extension.by, calendar)
        if fault is not None:
            got.at["extended_by"].refuse(fault)
    if "excluded_hours" in got and (calendar is not None or length.unit not in ("hours", "minutes")):
        got.at["excluded_hours"].refuse(
            "hours can be left out only of a limit in hours or minutes without a calendar",
            "Write the limit in hours, or leave 'excluded_hours' out",
        )


def _extension(place: Place) -> Extension:
    got = fields(place, "an extension", ("event", "by"))
    return Extension(got.get("event", selector, STAND_IN), got.get("by", duration, _STAND_IN))


def _suspension(place: Place) -> Suspension:
    got = fields(place, "a suspension", ("from", "to"))
    return Suspension(got.get("from", selector, STAND_IN), got.get("to", selector, STAND_IN))


def _excluded_hours(place: Place) -> ExcludedHours:
    got = fields(place, "'excluded_hours'", ("from", "to", "zone"))
    start, end = got.maybe("from", _minutes), got.maybe("to", _minutes)
    if start is not None and end is not None and (start % 1440 == end % 1440):
        place.refuse("the hours that do not count begin and end at the same hour, so that none would be left")
    return ExcludedHours(start or 0, end or 0, got.get("zone", zone, "UTC"))


def _minutes(place: Place) -> int | None:
    """Minutes after midnight; None where the hour is not one."""
    before = len(place.page.faults)
    written = pattern(place, _HOUR, "an hour of the clock", "Write it as '09:00', in quotes")
    if len(place.page.faults) > before:
        return None
    hours, minutes = written.split(":")
    return int(hours) * 60 + int(minutes)
