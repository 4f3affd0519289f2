"""Lengths of time as a norm writes them.

Rule: a length is a whole number above zero and a unit (`90 days`, `10 working days`, `3 months`). Seconds to weeks are
fixed spans; months, years and working days exist only on a calendar, so a limit in them must name one. Daily hours that
do not count cut a limit in hours or minutes of the clock, never one in days of a calendar. Source: the plan of the
house, sections 4 and 5; the engine's decision 6.
"""

from __future__ import annotations

import re
from typing import get_args

from scherp.norms.model import Duration, Unit
from scherp.norms.spelling import advice, shown

CALENDARS = ("nl-term", "nl-days", "nl-working-days")
UNITS: tuple[Unit, ...] = get_args(Unit)

_WRITTEN = re.compile(r"([0-9]{1,12})\s+(\S(?:.*\S)?)")
_SECONDS: dict[Unit, int] = {
    "seconds": 1,
    "minutes": 60,
    "hours": 3600,
    "days": 86_400,
    "weeks": 604_800,
    "months": 2_678_400,
    "years": 31_622_400,
    "working days": 259_200,  # no calendar leaves fewer than one working day in three
}
_LONGEST = 1000 * _SECONDS["years"]
_FORM = "Write a whole number and a unit, such as '90 days'"


def parse_duration(text: str) -> Duration:
    """The length of time that `text` writes, such as `90 days`, `1 day` or `10 working days`.

    The unit of the result is always plural. ValueError is one sentence: not of this form, an unknown unit, zero, or
    longer than a thousand years.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise ValueError(f"{shown(text)} is not a length of time. {_FORM}")
    count, unit = int(written[1]), _unit(" ".join(written[2].split()))
    if count == 0:
        raise ValueError(f"{shown(text)} is no time at all; a length of time is above zero")
    if count * _SECONDS[unit] > _LONGEST:
        raise ValueError(f"{shown(text)} is longer than a thousand years")
    return Duration(count, unit)


def unit_fault(length: Duration, calendar: str | None) -> str | None:
    """Why a length cannot be counted on this calendar (None: N x 24 hours), as a sentence; None where it can."""
    unit = length.unit
    if unit == "working days" and calendar != "nl-working-days":
        return f"'{length}' counts working days, which only the calendar nl-working-days does"
    if unit != "working days" and calendar == "nl-working-days":
        return f"'{length}' is not in working days, and so cannot stand with calendar nl-working-days"
    if unit in ("months", "years") and calendar is None:
        return f"'{length}' differs in length from one time to another, and so needs a calendar (nl-term or nl-days)"
    return None


def _unit(word: str) -> Unit:
    for unit in UNITS:
        if word in (unit, unit[:-1]):
            return unit
    raise ValueError(f"{shown(word)} is not a unit of time. {advice(word, UNITS)}")
