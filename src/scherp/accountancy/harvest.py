"""Harvested grams followed through the making of lots: how much of the harvest each thing carries.

Rule: a lot that was harvested carries its own weight; what goes into a step takes a part in proportion to its weight of
all that was ever made of its lot. Drying passes on everything, for what it loses is water; another step passes on as
much as it gives out of what it took in, never more. Steps are taken in the order of making, whatever the order of their
times; a circle in bad data is broken at its first step. Nothing is made or lost by following. Source: conservation of
mass; the profile of the closed chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

_ZERO = Decimal(0)


@dataclass
class Making:
    """One step. inputs, outputs: thing -> grams; other: grams that came out as packages nobody used again. dries: what
    it loses is water. harvested: grams that it brings into the chain within the months that count."""

    event_id: str
    inputs: dict[str, Decimal] = field(default_factory=dict)
    outputs: dict[str, Decimal] = field(default_factory=dict)
    other: Decimal = _ZERO
    dries: bool = False
    harvests: bool = False

    @property
    def out(self) -> Decimal:
        return sum(self.outputs.values(), _ZERO) + self.other


@dataclass
class Followed:
    """Grams of the harvest. carried: thing -> what it got. kept: thing -> what of that was not used in another step.
    density: event -> grams carried by each gram that came out as packages. lost: thing -> grams that were lost where it
    was used. whole: thing -> grams that were ever made of it, or that went from it where those are more."""

    whole: dict[str, Decimal]
    carried: dict[str, Decimal]
    kept: dict[str, Decimal]
    density: dict[str, Decimal]
    lost: dict[str, Decimal]


def follow(makings: Iterable[Making], gone: dict[str, Decimal]) -> Followed:
    """Follow the harvest through `makings`, in their order where that is free. gone: thing -> grams that left it in
    other ways than by being used, so that a thing from which more went than came carries no more than it got."""
    steps = list(makings)
    made: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    used: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for step in steps:
        for thing, grams in step.outputs.items():
            made[thing] += grams
        for thing, grams in step.inputs.items():
            used[thing] += grams
    whole = {thing: max(made[thing], used[thing] + gone.get(thing, _ZERO)) for thing in {*made, *used}}
    found = Followed(whole, defaultdict(lambda: _ZERO), defaultdict(lambda: _ZERO), {}, defaultdict(lambda: _ZERO))
    with localcontext(prec=38):
        for step in _in_order(steps):
            _take(step, found)
    return found


def part_of(grams: Decimal, whole: Decimal) -> Decimal:
    """Grams as a part of a whole; nothing of nothing."""
    return grams / whole if whole > 0 else _ZERO


def _take(step: Making, found: Followed) -> None:
    out = step.out
    taken = sum(step.inputs.values(), _ZERO)
    passed = part_of(out, out if step.dries else max(taken, out))
    carried = _ZERO
    for thing, grams in step.inputs.items():
        part = found.carried[thing] * part_of(grams, found.whole[thing])
        carried += part
        found.kept[thing] -= part
        if lost := part * (1 - passed):
            found.lost[thing] += lost
    density = part_of(carried * passed, out)
    for thing, grams in step.outputs.items():
        brought = grams if step.harvests else density * grams
        found.carried[thing] += brought
        found.kept[thing] += brought
    if step.other:
        found.density[step.event_id] = density


def _in_order(steps: list[Making]) -> list[Making]:
    """Every step after the steps that made what it uses."""
    makers: dict[str, int] = defaultdict(int)
    users: dict[str, list[Making]] = defaultdict(list)
    for step in steps:
        for thing in step.outputs:
            makers[thing] += 1
        for thing in step.inputs:
            users[thing].append(step)
    waits = {id(step): sum(1 for thing in step.inputs if makers[thing]) for step in steps}
    ready = [step for step in reversed(steps) if not waits[id(step)]]
    rest = iter(steps)
    done: set[int] = set()
    ordered: list[Making] = []
    while len(ordered) < len(steps):
        # A circle: nothing is ready, so its first step goes as it is.
        step = ready.pop() if ready else next(one for one in rest if id(one) not in done)
        if id(step) in done:
            continue
        done.add(id(step))
        ordered.append(step)
        for thing in step.outputs:
            makers[thing] -= 1
            if makers[thing] == 0:
                for user in users[thing]:
                    waits[id(user)] -= 1
                    if waits[id(user)] == 0:
                        ready.append(user)
    return ordered
