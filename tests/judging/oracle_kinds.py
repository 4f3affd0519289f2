"""The oracle's kinds: what each check says of one object or one event, by brute force.

Written from the docstrings of `judging.kinds`, and not from the SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import oracle_terms as terms
from oracle_world import HOLDS, Attributes, Happening, Outcome, Scene, Unit, first_of, untimed

from scherp.norms.model import Absence, Check, Deadline, Formula, Occurrence, Precedence, Response, Separation, Term


def response(scene: Scene, check: Response, trigger: Happening) -> Outcome:
    start = trigger.time
    if start is None:
        return "unknown", None, None
    followers = scene.picked(check.follows, trigger)
    excuses = scene.picked(check.unless.occurs, trigger) if check.unless else []
    fences = scene.picked(check.unless.before or check.follows, trigger) if check.unless else []
    ends = scene.picked(check.until, trigger) if check.until else []
    follower, excuse, fence, end = (first_of(events, start) for events in (followers, excuses, fences, ends))
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
    elif untimed(excuses) or (excuse is not None and longer):
        verdict = "unknown"
    elif in_time:
        verdict = "unknown" if untimed(ends) else "met"
    elif untimed(followers):
        verdict = "unknown"
    elif end is not None and (due is None or end <= due):
        verdict = "breached"
    elif longer:
        verdict = "unknown"
    elif running:
        verdict = "unknown" if untimed(ends) else "pending"
    elif follower is not None and due is not None:
        lateness = follower - due
    return verdict, due, lateness


def _due(scene: Scene, term: Term | None, trigger: Happening) -> tuple[int | None, bool, bool]:
    """The due moment, and whether an event without a time could make the term longer, or shorter."""
    if term is None or trigger.time is None:
        return None, False, False
    moves: list[terms.Move] = []
    longer = shorter = False
    for extension in term.extended_by:
        events = scene.picked(extension.event, trigger)
        longer = longer or untimed(events)
        first = first_of(events, trigger.time)
        if first is not None:
            moves.append(terms.Longer(first, extension.by))
    any_start, stretches = False, []
    for suspension in term.suspended_by:
        starts, ends = scene.picked(suspension.start), scene.picked(suspension.end)
        any_start = any_start or bool(starts)
        longer = longer or untimed(starts)
        for one in starts:
            if one.time is not None:
                to = first_of([other for other in ends if other is not one], one.time)
                stretches.append((one.time, scene.world.as_of if to is None else to))
    shorter = any_start and any(untimed(scene.picked(s.end)) for s in term.suspended_by)
    moves += _merged(stretches, trigger.time)
    return terms.due(term, trigger.time, moves, scene.world.zone(scene.framework.zone)), longer, shorter


def _merged(stretches: list[tuple[int, int]], start: int) -> list[terms.Stop]:
    """Stretches that overlap or touch as one, clipped to what lies after the trigger."""
    merged: list[list[int]] = []
    for begins, ends in sorted(stretches):
        if merged and begins <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], ends)
        else:
            merged.append([begins, ends])
    return [terms.Stop(max(begins, start), ends) for begins, ends in merged if ends > start]


def precedence(scene: Scene, check: Precedence, event: Happening) -> Outcome:
    if event.time is None:
        return "unknown", None, None
    needed = scene.picked(check.needs, event)
    before = [one.time for one in needed if one.time is not None and one.time <= event.time]
    due = None
    if check.within is not None and before:
        due = terms.due(check.within, max(before), [], scene.world.zone(scene.framework.zone))
    if before and (due is None or event.time <= due):
        return "met", due, None
    if untimed(needed):
        return "unknown", due, None
    return "breached", due, None if due is None else event.time - due


def absence_after(scene: Scene, check: Absence, trigger: Happening) -> Outcome:
    forbidden = scene.picked(check.event, trigger)
    if not forbidden:
        return "met", None, None
    if trigger.time is None:
        return "unknown", None, None
    if first_of(forbidden, trigger.time) is not None:
        return "breached", None, None
    return ("unknown" if untimed(forbidden) else "met"), None, None


def condition(holds: Formula, one: Happening, case: Attributes) -> Outcome:
    answer = HOLDS[holds.text](one, case)
    return {True: "met", False: "breached", None: "unknown"}[answer], None, None


def whole(scene: Scene, check: Check) -> Iterator[Unit]:
    """The kinds that judge an object as a whole."""
    if isinstance(check, Absence):
        found = scene.picked(check.event)
        event = _earliest(found)
        verdict = "breached" if found else "met"
        yield Unit(scene.case, event, scene.first_seen(), lambda: (verdict, None, None))
    elif isinstance(check, Occurrence):
        yield Unit(scene.case, None, scene.first_seen(), lambda: _occurrence(scene, check))
    elif isinstance(check, Separation):
        sides = [scene.picked(side) for side in check.between]
        if all(sides):
            yield Unit(scene.case, None, first_of([*sides[0], *sides[1]]), lambda: _separation(*sides))
    elif isinstance(check, Deadline):
        named = scene.attributes.get(check.by)
        if named is not None:
            event = _earliest(scene.picked(check.event))
            yield Unit(scene.case, event, scene.first_seen(), lambda: _deadline(scene, check, named))


def _earliest(events: list[Happening]) -> str | None:
    ordered = sorted(events, key=lambda one: (one.time is None, one.time or 0, one.id))
    return ordered[0].id if ordered else None


def _occurrence(scene: Scene, check: Occurrence) -> Outcome:
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


def _deadline(scene: Scene, check: Deadline, named: int) -> Outcome:
    due = named
    if check.calendar is not None:
        day = terms.local_day(named, "UTC" if scene.world.dates else scene.framework.zone)
        while check.calendar != "nl-days" and not terms.works(day):
            day += timedelta(days=1)
        due = terms.midnight(day + timedelta(days=1), scene.world.zone(scene.framework.zone)) - 1
    events = scene.picked(check.event)
    first = first_of(events)
    if first is not None and first <= due:
        return "met", due, None
    if untimed(events):
        return "unknown", due, None
    if first is not None:
        return "breached", due, first - due
    return ("pending" if due >= scene.world.as_of else "breached"), due, None
