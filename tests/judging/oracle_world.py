"""The oracle's world: what happened, what is seen of it, and which events a selector means.

Written from the rules (the plan of the house, sections 3 and 4; the engine's decision 7) and not from the SQL. A condition
is looked up in `HOLDS` by its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scherp.norms.model import Formula, Framework, Selector

Row = tuple[str, str | None, str | None, str, int | None, int | None]
Attributes = dict[str, Any]


@dataclass(frozen=True)
class Happening:
    """An event. time, recorded: microseconds UTC, None unknown; a bare date is its 00:00 UTC."""

    id: str
    type: str
    time: int | None
    objects: tuple[str, ...]
    actor: str | None = None
    recorded: int | None = None
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """What is known. objects: attributes of every object of the judged type. taken_back: ids of corrected events.

    dates: every moment is a bare date, which stands at its 00:00 UTC and is that day in any zone.
    """

    happenings: tuple[Happening, ...]
    objects: dict[str, Attributes]
    as_of: int
    known_at: int | None = None
    taken_back: frozenset[str] = frozenset()
    dates: bool = False

    def zone(self, zone: str) -> str:
        """Where local days are counted."""
        return "UTC" if self.dates and any(one.time is not None for one in self.happenings) else zone

    def visible(self) -> list[Happening]:
        return [
            one
            for one in self.happenings
            if (one.time is None or one.time <= self.as_of)
            and (self.known_at is None or one.recorded is None or one.recorded <= self.known_at)
            and one.id not in self.taken_back
        ]

    def cases(self) -> dict[str, list[Happening]]:
        """Each object that is seen with its visible events."""
        seen = self.visible()
        had = {each for one in self.happenings for each in one.objects}
        ids = {*self.objects, *had}
        cases = {each: [one for one in seen if each in one.objects] for each in sorted(ids)}
        return {each: events for each, events in cases.items() if events or each not in had}


def _colour(one: Happening, case: Attributes) -> bool | None:
    colour = one.attributes.get("colour")
    return None if colour is None else colour == "red"


def _amount(one: Happening, case: Attributes) -> bool | None:
    amount = one.attributes.get("amount")
    return None if amount is None else amount > 2


def _limit(one: Happening, case: Attributes) -> bool | None:
    amount, limit = one.attributes.get("amount"), case.get("ceiling")
    return None if amount is None or limit is None else amount <= limit


HOLDS: dict[str, Callable[[Happening, Attributes], bool | None]] = {
    "colour = 'red'": _colour,
    "amount > 2": _amount,
    "amount <= case.ceiling": _limit,
    "actor is null": lambda one, case: one.actor is None,
}


Outcome = tuple[str, int | None, int | None]


@dataclass(frozen=True)
class Unit:
    object: str | None
    event: str | None
    moment: int | None
    judge: Callable[[], Outcome]


@dataclass(frozen=True)
class Scene:
    framework: Framework
    world: World
    case: str
    events: list[Happening]
    attributes: Attributes

    def picked(self, selector: Selector, besides: Happening | None = None) -> list[Happening]:
        """The events that a selector means; `besides` never counts for itself."""
        return [e for e in self.events if e is not besides and picked_by(self.framework, selector, e, self.attributes)]

    def each(self, selector: Selector, judge: Callable[[Happening], Outcome]) -> Iterator[Unit]:
        for one in self.picked(selector):
            yield Unit(self.case, one.id, one.time, lambda one=one: judge(one))

    def first_seen(self) -> int | None:
        return first_of(self.events)


def picked_by(framework: Framework, selector: Selector, one: Happening, case: Attributes) -> bool:
    for pick in selector.picks:
        inner = framework.vocabulary[pick.event].picks if pick.event in framework.vocabulary else None
        where = is_true(pick.where, one, case)
        if inner is None and pick.event == one.type and where:
            return True
        if inner is not None and where and any(p.event == one.type and is_true(p.where, one, case) for p in inner):
            return True
    return False


def is_true(where: Formula | None, one: Happening, case: Attributes) -> bool:
    return where is None or HOLDS[where.text](one, case) is True


def first_of(events: Iterable[Happening], since: int | None = None) -> int | None:
    times = [one.time for one in events if one.time is not None and (since is None or one.time >= since)]
    return min(times, default=None)


def untimed(events: Iterable[Happening]) -> bool:
    return any(one.time is None for one in events)
