"""The oracle: each kind of check evaluated by brute force, one object and one event at a time.

Written from the rules (the plan of the house, section 4; the engine's decisions 6, 7 and 8; the docstrings of the kinds)
and not from the SQL. It reads the same norms as the engine, over a list of happenings; a condition is looked up in `HOLDS`
by its text. A row is (norm, object, event, verdict, due, lateness in microseconds).
"""

from __future__ import annotations

from collections.abc import Iterator

import oracle_terms as terms
from oracle_kinds import absence_after, condition, precedence, response, whole
from oracle_world import HOLDS, Attributes, Happening, Row, Scene, Unit, World, picked_by

from scherp.norms.model import Absence, Condition, Framework, Norm, Precedence, Response, Valid

__all__ = ["HOLDS", "Attributes", "Happening", "Row", "World", "rows"]


def rows(framework: Framework, world: World) -> list[Row]:
    """Every verdict row of every norm, met ones too, sorted."""
    found = [row for norm in framework.norms for row in _entry(framework, norm, world)]
    return sorted(found, key=lambda row: tuple((cell is None, cell) for cell in row))


def _entry(framework: Framework, norm: Norm, world: World) -> Iterator[Row]:
    siblings = [other for other in framework.norms if other.norm == norm.norm]
    for unit in _units(framework, norm, world):
        homes = [other for other in siblings if _lies_in(unit.moment, other.valid, world.zone(framework.zone))]
        if unit.moment is None:  # without a moment the first entry judges, as if the norm held
            homes = siblings[:1]
        if homes == [norm]:
            yield (norm.norm, unit.object, unit.event, *unit.judge())
        elif not homes and norm is siblings[0]:
            _, due, _ = unit.judge()
            yield (norm.norm, unit.object, unit.event, "not_applicable", due, None)


def _lies_in(moment: int | None, valid: Valid, zone: str) -> bool:
    if moment is None:
        return False
    day = terms.local_day(moment, zone)
    return (valid.start is None or valid.start <= day) and (valid.end is None or day < valid.end)


def _units(framework: Framework, norm: Norm, world: World) -> Iterator[Unit]:
    check = norm.check
    if isinstance(check, Condition) and check.each == "event":
        for one in world.visible():
            if picked_by(framework, check.event, one, {}):
                yield Unit(None, one.id, one.time, lambda one=one: condition(check.holds, one, {}))
        return
    for case, events in world.cases().items():
        scene = Scene(framework, world, case, events, world.objects.get(case, {}))
        if isinstance(check, Response):
            yield from scene.each(check.after, lambda one, s=scene: response(s, check, one))
        elif isinstance(check, Precedence):
            yield from scene.each(check.event, lambda one, s=scene: precedence(s, check, one))
        elif isinstance(check, Condition):
            yield from scene.each(check.event, lambda one, s=scene: condition(check.holds, one, s.attributes))
        elif isinstance(check, Absence) and check.after is not None:
            yield from scene.each(check.after, lambda one, s=scene: absence_after(s, check, one))
        else:
            yield from whole(scene, check)
