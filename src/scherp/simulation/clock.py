"""The clock of the simulation: whole seconds since 1970 in UTC, days as ordinals of the local calendar.

Rule: parties live by the clock of Europe/Amsterdam, so that opening hours are local clock time and a night with a clock
change has 23 or 25 hours; what is written carries the offset of its own moment. Source: the profile of the closed
chain (opening hours are local clock time, `eventTimeZoneOffset`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from scherp.events.instants import midnight, time_zone

ZONE = "Europe/Amsterdam"
HOUR, DAY = 3600, 86_400


@lru_cache(maxsize=4096)
def day_start(day: int) -> int:
    """The moment of local 00:00 of the day with this ordinal."""
    return midnight(date.fromordinal(day), ZONE) // 1_000_000


def at(day: int, second: int) -> int:
    """The moment at which the local clock shows `second` seconds after midnight; it may lie on the next day.

    A clock time that is skipped in spring is the moment one hour later; a doubled one is the first of the two.
    """
    while second >= DAY:
        day, second = day + 1, second - DAY
    start = day_start(day)
    longer = day_start(day + 1) - start - DAY
    return start + second + (longer if second >= 3 * HOUR else 0)


def written(moment: int) -> tuple[str, str]:
    """(ISO 8601 text with offset, the offset) of the local clock at `moment`."""
    hour, rest = divmod(moment, HOUR)
    head, offset, _ = _hour(hour)
    return f"{head}:{rest // 60:02}:{rest % 60:02}{offset}", offset


def day_of(moment: int) -> int:
    """The ordinal of the local day in which `moment` lies."""
    return _hour(moment // HOUR)[2]


def utc_text(moment: int) -> str:
    """ISO 8601 in UTC with a final Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_changes(first: int, last: int) -> list[int]:
    """The moments between the days `first` and `last` at which the clock is put forward or back."""
    days = [day for day in range(first, last + 1) if day_start(day + 1) - day_start(day) != DAY]
    # In this zone the change is at 01:00 UTC: 02:00 local in spring, 03:00 local in autumn.
    return [day_start(day) + (2 * HOUR if day_start(day + 1) - day_start(day) < DAY else 3 * HOUR) for day in days]


@lru_cache(maxsize=65_536)
def _hour(hour: int) -> tuple[str, str, int]:
    # Offsets change on the hour, so one text serves all moments of an hour.
    local = datetime.fromtimestamp(hour * HOUR, time_zone(ZONE))
    offset = local.strftime("%z")
    return local.strftime("%Y-%m-%dT%H"), f"{offset[:3]}:{offset[3:]}", local.toordinal()
