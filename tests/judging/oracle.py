"""The oracle: each kind of check evaluated by brute force, one object and one event at a time.

Written from the rules (the plan of the house, section 4; the engine's decisions 6, 7 and 8; the docstrings of the kinds)
and not from the SQL. It reads the same norms as the engine, over a list of happenings; a condition is looked up in `HOLDS`
by its text. A row is (norm, object, event, verdict, due, lateness in microseconds).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import oracle_terms as terms
from scherp.norms.model import (
    Absence,
    Condition,
    Deadline,
    Formula,
    Framework,
    Norm,
    Occurrence,
    Precedence,
    Response,
    Selector,
    Separation,
    Term,
    Valid,
)

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
    """What is known. objects: attributes of every object of the judged type. taken_back: ids of corrected events."""

    happenings: tuple[Happening, ...]
    objects: dict[str, Attributes]
    as_of: int
    known_at: int | None = None
    taken_back: frozenset[str] = frozenset()

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


def rows(framework: Framework, world: World) -> list[Row]:
    """Every verdict row of every norm, met ones too, sorted."""
    found = [row for norm in framework.norms for row in _entry(framework, norm, world)]
    return sorted(found, key=lambda row: tuple((cell is None, cell) for cell in row))


def _entry(framework: Framework, norm: Norm, world: World) -> Iterator[Row]:
    siblings = [other for other in framework.norms if other.norm == norm.norm]
    for unit in _units(framework, norm, world):
        homes = [other for other in siblings if _lies_in(unit.moment, other.valid, framework.zone)]
        if unit.moment is None:  # without a moment the first entry judges, as if the norm held
            homes = siblings[:1]
        if homes == [norm]:
            yield (norm.norm, unit.object, unit.event, *unit.judge())
        elif not homes and norm is siblings[0]:
            verdict, due, _ = unit.judge()
            yield (norm.norm, unit.object, unit.event, "not_applicable", due, None)


Outcome = tuple[str, int | None, int | None]


@dataclass(frozen=True)
class _Unit:
    object: str | None
    event: str | None
    moment: int | None
    judge: Callable[[], Outcome]


def _lies_in(moment: int | None, valid: Valid, zone: str) -> bool:
    if moment is None:
        return False
    day = terms.local_day(moment, zone)
    return (valid.start is None or valid.start <= day) and (valid.end is None or day < valid.end)


def _units(framework: Framework, norm: Norm, world: World) -> Iterator[_Unit]:
    check = norm.check
    if isinstance(check, Condition) and check.each == "event":
        for one in world.visible():
            if _picked(framework, check.event, one, {}):
                yield _Unit(None, one.id, one.time, lambda one=one: _condition(check.holds, one, {}))
        return
    for case, events in world.cases().items():
        scene = _Scene(framework, world, case, events, world.objects.get(case, {}))
        if isinstance(check, Response):
            yield from scene.each(check.after, lambda one, s=scene: _response(s, check, one))
        elif isinstance(check, Precedence):
            yield from scene.each(check.event, lambda one, s=scene: _precedence(s, check, one))
        elif isinstance(check, Condition):
            yield from scene.each(check.event, lambda one, s=scene: _condition(check.holds, one, s.attributes))
        elif isinstance(check, Absence) and check.after is not None:
            yield from scene.each(check.after, lambda one, s=scene: _absence_after(s, check, one))
        else:
            yield from _whole(scene, check)


@dataclass(frozen=True)
class _Scene:
    framework: Framework
    world: World
    case: str
    events: list[Happening]
    attributes: Attributes

    def picked(self, selector: Selector, besides: Happening | None = None) -> list[Happening]:
        """The events that a selector means; `besides` never counts for itself."""
        return [e for e in self.events if e is not besides and _picked(self.framework, selector, e, self.attributes)]

    def each(self, selector: Selector, judge: Callable[[Happening], Outcome]) -> Iterator[_Unit]:
        for one in self.picked(selector):
            yield _Unit(self.case, one.id, one.time, lambda one=one: judge(one))

    def first_seen(self) -> int | None:
        return _first(self.events)


def _picked(framework: Framework, selector: Selector, one: Happening, case: Attributes) -> bool:
    for pick in selector.picks:
        inner = framework.vocabulary[pick.event].picks if pick.event in framework.vocabulary else None
        where = _true(pick.where, one, case)
        if inner is None and pick.event == one.type and where:
            return True
        if inner is not None and where and any(p.event == one.type and _true(p.where, one, case) for p in inner):
            return True
    return False


def _true(where: Formula | None, one: Happening, case: Attributes) -> bool:
    return where is None or HOLDS[where.text](one, case) is True


def _first(events: Iterable[Happening], since: int | None = None) -> int | None:
    times = [one.time for one in events if one.time is not None and (since is None or one.time >= since)]
    return min(times, default=None)


def _untimed(events: Iterable[Happening]) -> bool:
    return any(one.time is None for one in events)


def _response(scene: _Scene, check: Response, trigger: Happening) -> Outcome:
    start = trigger.time
    if start is None:
        return "unknown", None, None
    followers = scene.picked(check.follows, trigger)
    excuses = scene.picked(check.unless.occurs, trigger) if check.unless else []
    fences = scene.picked(check.unless.before or check.follows, trigger) if check.unless else []
    ends = scene.picked(check.until, trigger) if check.until else []
    follower, excuse, fence, end = (_first(events, start) for events in (followers, excuses, fences, ends))
    due, longer, shorter = _due(scene, check.within, trigger)
    limits = [limit for limit in (due, end) if limit is not None]
    in_time = follower is not None and all(follower <= limit for limit in limits)
    excused = excuse is not None and all(
        excuse <= limit for limit in [*limits, *([fence] if fence is not None else [])]
    )
    running = due is None or due >= scene.world.as_of
    verdict, lateness = "breached", None
    if shorter:
        verdict = "unknown"
    elif excused:
        verdict = "not_applicable"
    elif _untimed(excuses) or (excuse is not None and longer):
        verdict = "unknown"
    elif in_time:
        verdict = "unknown" if _untimed(ends) else "met"
    elif _untimed(followers):
        verdict = "unknown"
    elif end is not None and (due is None or end <= due):
        verdict = "breached"
    elif longer:
        verdict = "unknown"
    elif running:
        verdict = "unknown" if _untimed(ends) else "pending"
    elif follower is not None and due is not None:
        lateness = follower - due
    return verdict, due, lateness


def _due(scene: _Scene, term: Term | None, trigger: Happening) -> tuple[int | None, bool, bool]:
    """The due moment, and whether an event without a time could make the term longer, or shorter."""
    if term is None or trigger.time is None:
        return None, False, False
    moves: list[terms.Move] = []
    longer = shorter = False
    for extension in term.extended_by:
        events = scene.picked(extension.event, trigger)
        longer = longer or _untimed(events)
        first = _first(events, trigger.time)
        if first is not None:
            moves.append(terms.Longer(first, extension.by))
    any_start, stretches = False, []
    for suspension in term.suspended_by:
        starts, ends = scene.picked(suspension.start), scene.picked(suspension.end)
        any_start = any_start or bool(starts)
        longer = longer or _untimed(starts)
        for one in starts:
            if one.time is not None:
                to = _first([other for other in ends if other is not one], one.time)
                stretches.append((one.time, scene.world.as_of if to is None else to))
    shorter = any_start and any(_untimed(scene.picked(s.end)) for s in term.suspended_by)
    moves += _merged(stretches, trigger.time)
    return terms.due(term, trigger.time, moves, scene.framework.zone), longer, shorter


def _merged(stretches: list[tuple[int, int]], start: int) -> list[terms.Stop]:
    """Stretches that overlap or touch as one, clipped to what lies after the trigger."""
    merged: list[list[int]] = []
    for begins, ends in sorted(stretches):
        if merged and begins <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], ends)
        else:
            merged.append([begins, ends])
    return [terms.Stop(max(begins, start), ends) for begins, ends in merged if ends > start]


def _precedence(scene: _Scene, check: Precedence, event: Happening) -> Outcome:
    if event.time is None:
        return "unknown", None, None
    needed = scene.picked(check.needs, event)
    before = [one.time for one in needed if one.time is not None and one.time <= event.time]
    due = None
    if check.within is not None and before:
        due = terms.due(check.within, max(before), [], scene.framework.zone)
    if before and (due is None or event.time <= due):
        return "met", due, None
    if _untimed(needed):
        return "unknown", due, None
    return "breached", due, None if due is None else event.time - due


def _absence_after(scene: _Scene, check: Absence, trigger: Happening) -> Outcome:
    forbidden = scene.picked(check.event, trigger)
    if not forbidden:
        return "met", None, None
    if trigger.time is None:
        return "unknown", None, None
    if _first(forbidden, trigger.time) is not None:
        return "breached", None, None
    return ("unknown" if _untimed(forbidden) else "met"), None, None


def _condition(holds: Formula, one: Happening, case: Attributes) -> Outcome:
    answer = HOLDS[holds.text](one, case)
    return {True: "met", False: "breached", None: "unknown"}[answer], None, None


def _whole(scene: _Scene, check: Absence | Occurrence | Separation | Deadline | Any) -> Iterator[_Unit]:
    """The kinds that judge an object as a whole."""
    if isinstance(check, Absence):
        found = scene.picked(check.event)
        event = _earliest(found)
        verdict = "breached" if found else "met"
        yield _Unit(scene.case, event, scene.first_seen(), lambda: (verdict, None, None))
    elif isinstance(check, Occurrence):
        yield _Unit(scene.case, None, scene.first_seen(), lambda: _occurrence(scene, check))
    elif isinstance(check, Separation):
        sides = [scene.picked(side) for side in check.between]
        if all(sides):
            yield _Unit(scene.case, None, _first([*sides[0], *sides[1]]), lambda: _separation(*sides))
    elif isinstance(check, Deadline):
        named = scene.attributes.get(check.by)
        if named is not None:
            event = _earliest(scene.picked(check.event))
            yield _Unit(scene.case, event, scene.first_seen(), lambda: _deadline(scene, check, named))


def _earliest(events: list[Happening]) -> str | None:
    ordered = sorted(events, key=lambda one: (one.time is None, one.time or 0, one.id))
    return ordered[0].id if ordered else None


def _occurrence(scene: _Scene, check: Occurrence) -> Outcome:
    events = scene.picked(check.event)
    due = None
    low = high = len(events)
    if check.by is not None:
        due = scene.attributes.get(check.by)
        if due is None:
            return "unknown", None, None
        low = sum(one.time is not None and one.time <= due for one in events)
        high = low + sum(one.time is None for one in events)
    verdicts = {_enough(check, count, due, scene.world.as_of) for count in range(low, high + 1)}
    return (verdicts.pop() if len(verdicts) == 1 else "unknown"), due, None


def _enough(check: Occurrence, count: int, due: int | None, as_of: int) -> str:
    if check.at_most is not None and count > check.at_most:
        return "breached"
    if count < check.at_least:
        return "pending" if due is not None and due >= as_of else "breached"
    return "met"


def _separation(one: list[Happening], two: list[Happening]) -> Outcome:
    actors = [{event.actor for event in side if event.actor is not None} for side in (one, two)]
    if actors[0] & actors[1]:
        return "breached", None, None
    return ("unknown" if any(event.actor is None for event in [*one, *two]) else "met"), None, None


def _deadline(scene: _Scene, check: Deadline, named: int) -> Outcome:
    due = named
    if check.calendar is not None:
        day = terms.local_day(named, scene.framework.zone)
        while check.calendar != "nl-days" and not terms.works(day):
            day += terms.timedelta(days=1)
        due = terms.midnight(day + terms.timedelta(days=1), scene.framework.zone) - 1
    events = scene.picked(check.event)
    first = _first(events)
    if first is not None and first <= due:
        return "met", due, None
    if _untimed(events):
        return "unknown", due, None
    if first is not None:
        return "breached", due, first - due
    return ("pending" if due >= scene.world.as_of else "breached"), due, None
