"""Random small histories and random norms of every kind, for comparing the engine with the oracle.

Times are coarse, so that equal instants are frequent, and lie around the moments where calendars and clocks are odd: the
two changes of the clock, Easter, King's day, the turn of the year. Everything comes from one `Random`, which a test gets
from a number that hypothesis draws: the spread stays even, and the number alone tells which world failed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import TypeVar

from engine import EACH, framework, norm, numbered
from oracle import HOLDS, Attributes, Happening, World
from oracle_terms import BY_THE_CLOCK, DAY, micros

from scherp.norms.formulas import parse_formula
from scherp.norms.model import (
    Absence,
    Check,
    Condition,
    Deadline,
    Duration,
    ExcludedHours,
    Extension,
    Formula,
    Framework,
    Occurrence,
    Pick,
    Precedence,
    Response,
    Selector,
    Separation,
    Suspension,
    Term,
    Unless,
    Valid,
)

T = TypeVar("T")
Maker = Callable[[Random], Check]

HOUR = DAY // 24
TYPES = ("A", "B", "C", "D")
ERAS = tuple(
    micros(datetime(*start, tzinfo=UTC))
    for start in ((2025, 12, 22), (2026, 3, 27), (2026, 4, 1), (2026, 4, 23), (2026, 10, 22), (2026, 1, 28))
)
STEPS = (HOUR, 12 * HOUR, DAY, DAY, 5 * DAY)
ZONE = "Europe/Amsterdam"
UNITS = {
    None: ("hours", "days", "weeks", "seconds"),
    "nl-term": ("days", "weeks", "months", "hours"),
    "nl-days": ("days", "weeks", "months", "years"),
    "nl-working-days": ("working days",),
    "excluded": ("hours", "minutes"),
}
LARGEST = {"hours": 60, "days": 20, "weeks": 3, "months": 2, "years": 1, "working days": 12}
HOURS = ((1380, 420), (0, 540), (150, 180), (1200, 1439), (720, 1440), (170, 130))
FORMULAS = tuple(map(parse_formula, sorted(HOLDS)))


def world(rnd: Random, dates: bool = False) -> World:
    """1 to 4 objects and one without events, 0 to 8 events each. dates: all moments at 00:00 UTC."""
    era, step = rnd.choice(ERAS), DAY if dates else rnd.choice(STEPS)
    gaps = rnd.random() < 0.35  # in most worlds all is known

    def moment(share: float = 0.15) -> int | None:
        return None if gaps and rnd.random() < share else era + rnd.randrange(13) * step

    ids = [f"o{n}" for n in range(rnd.randint(1, 4))]
    found = [_happening(rnd, one, ids, moment, gaps) for one in ids for _ in range(rnd.randrange(9))]
    rnd.shuffle(found)
    listed = numbered(*found)
    objects: dict[str, Attributes] = {
        one: {"until": moment(0.3), "ceiling": rnd.choice([0, 2, 5, None])} for one in [*ids, "bare"]
    }
    as_of = era + rnd.choice([rnd.randint(-1, 14), rnd.randint(8, 40), 60]) * step + rnd.choice([0, 0, 1, -1])
    known_at = moment() if rnd.random() < 0.1 else None
    back = [one.id for one in listed if rnd.random() < 0.1] if rnd.random() < 0.15 else []
    return World(listed, objects, as_of, known_at, frozenset(back), dates)


def _happening(rnd: Random, one: str, ids: list[str], moment: Callable[[], int | None], gaps: bool) -> Happening:
    others = ids[:1] if rnd.random() < 0.15 else []
    return Happening(
        "",
        rnd.choice(TYPES),
        moment(),
        tuple(dict.fromkeys([one, *others])),
        rnd.choice(["p", "q", "r", "s", *([None] if gaps else [])]),
        moment(),
        {"colour": rnd.choice(["red", "red", "blue", None]), "amount": rnd.choice([1, 3, 4, None])},
    )


def selector(rnd: Random, types: tuple[str, ...] = TYPES) -> Selector:
    picks = [Pick(rnd.choice(types), _where(rnd)) for _ in range(rnd.choice([1, 1, 1, 2]))]
    return Selector(tuple(dict.fromkeys(picks)))


def _where(rnd: Random) -> Formula | None:
    return rnd.choice(FORMULAS) if rnd.random() < 0.2 else None


def term(rnd: Random) -> Term:
    calendar = rnd.choice([None, None, "nl-term", "nl-term", "nl-days", "nl-working-days", "excluded"])
    unit = rnd.choice(UNITS[calendar])
    length = Duration(rnd.randint(1, LARGEST.get(unit, 4000)), unit)
    clock = calendar is None or calendar == "excluded" or unit in BY_THE_CLOCK
    alike = ["days", "hours"] if clock else [u for u in UNITS[calendar] if u not in BY_THE_CLOCK]
    extensions = [
        Extension(selector(rnd), Duration(rnd.randint(1, 4), rnd.choice(alike)))
        for _ in range(rnd.choice([0, 0, 1, 2]))
    ]
    suspensions = [Suspension(selector(rnd), selector(rnd)) for _ in range(rnd.choice([0, 0, 1, 2]))]
    hours = ExcludedHours(*rnd.choice(HOURS), ZONE) if calendar == "excluded" else None
    return Term(length, None if hours else calendar, tuple(extensions), tuple(suspensions), hours)


def response(rnd: Random) -> Check:
    unless = Unless(selector(rnd), rnd.choice([None, selector(rnd)])) if rnd.random() < 0.25 else None
    until = selector(rnd) if rnd.random() < 0.25 else None
    return Response(EACH, selector(rnd), selector(rnd), term(rnd) if rnd.random() < 0.85 else None, unless, until)


def precedence(rnd: Random) -> Check:
    unit = rnd.choice(["hours", "days", "weeks", "working days"])
    within = Term(Duration(rnd.randint(1, 10), unit), "nl-working-days" if unit == "working days" else None)
    return Precedence(EACH, selector(rnd), selector(rnd), rnd.choice([None, within, within]))


def absence(rnd: Random) -> Check:
    return Absence(EACH, selector(rnd), rnd.choice([None, selector(rnd), selector(rnd)]))


def occurrence(rnd: Random) -> Check:
    at_least, at_most = rnd.choice([(0, 0), (0, 1), (0, 2), (1, None), (2, None), (1, 1), (1, 3), (2, 2)])
    return Occurrence(EACH, selector(rnd), at_least, at_most, rnd.choice([None, "until"]))


def separation(rnd: Random) -> Check:
    return Separation(EACH, (selector(rnd), selector(rnd)))


def deadline(rnd: Random) -> Check:
    calendar = rnd.choice([None, None, "nl-term", "nl-days", "nl-working-days"])
    return Deadline(EACH, selector(rnd), "until", calendar)


def condition(rnd: Random) -> Check:
    each = rnd.choice([EACH, EACH, "event"])
    check = Condition(each, selector(rnd), rnd.choice(FORMULAS))
    formulas = [check.holds, *(pick.where for pick in check.event.picks if pick.where)]
    if each == "event" and any("ceiling" in formula.text for formula in formulas):
        return condition(rnd)  # an event on its own has no object to read of
    return check


KINDS: dict[str, Maker] = {
    "response": response,
    "precedence": precedence,
    "absence": absence,
    "occurrence": occurrence,
    "separation": separation,
    "deadline": deadline,
    "condition": condition,
}


def norms(rnd: Random, makers: list[Maker], count: int, zone: str = ZONE) -> Framework:
    """Several norms; some hold only for a while, and some of those have a second entry after a gap."""
    found = []
    for number in range(count):
        valid = rnd.choice([*[Valid()] * 6, Valid(date(2026, 3, 30), date(2026, 4, 25)), Valid(end=date(2026, 1, 1))])
        found.append(norm(rnd.choice(makers)(rnd), f"n{number}", valid, number))
        if valid.end is not None and rnd.random() < 0.6:
            later = Valid(date(2026, 4, 27), rnd.choice([None, date(2026, 4, 29)]))
            found.append(norm(found[-1].check, f"n{number}", later, number + 100))
    return framework(*found, zone=zone)
