"""Trace: from any package back to its plants, and from any plant or lot forward to every shop and sale.

Rule: a trace gives things (plants, lots, packages), the events that made one from another, and where each package went;
identifiers stand whole. A shipment or a basket is traced through all its packages. What no transformation made and no
plant began is an open end and is listed as such. Source: the issue on trace; the plan of the house, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scherp.accountancy.acts import BASKET, PACKAGE, PLANT, SHIPMENT, act_name
from scherp.accountancy.chain import Chain, View, find_thing, takings_of, view
from scherp.accountancy.genealogy import Edge, Lineage, Step, downward, upward
from scherp.accountancy.recall import Holding, Movement, holdings, movements
from scherp.events.database import rows

_BY_EVENT: tuple[View, ...] = ("flow", "others")


@dataclass(frozen=True)
class Thing:
    """A plant, a lot or a package. level: transformations from the start, negative towards the plants. made: the act
    that made it, or the first act that is known of it. amount in `unit`: what came out, None where none was stated."""

    object_id: str
    object_type: str
    level: int
    made: str | None
    time: datetime | None
    place: str | None
    amount: Decimal | None
    unit: str | None


@dataclass(frozen=True)
class Trace:
    """things: the starts and all ancestors and descendants, by level. steps, edges: what made one from another, in the
    order of time. movements: every act of every package ahead, the start's too. origins: the plants. open_ends: things
    that nothing made and that are no plants. snapshot and manifest_sha256: of the store that was read."""

    object_id: str
    object_type: str
    snapshot: int
    manifest_sha256: str
    things: list[Thing]
    steps: list[Step]
    edges: list[Edge]
    movements: list[Movement]
    holdings: list[Holding]
    origins: list[str]
    open_ends: list[str]


def trace(chain: Chain, object_id: str) -> Trace:
    """The trace of an object. Refused where the store does not have it, or where it is a party or a place."""
    object_type = find_thing(chain, object_id)
    starts = {object_id: object_type}
    if object_type in (SHIPMENT, BASKET):
        starts = dict.fromkeys(packages_in(chain, object_type, object_id), PACKAGE)
    back, ahead = upward(chain, starts), downward(chain, starts)
    moved = movements(chain, ahead.of_type(PACKAGE))
    things = _things(chain, back, ahead)
    steps = sorted((back.steps | ahead.steps).values(), key=_by_time)
    edges = list(dict.fromkeys(back.edges + ahead.edges))
    makers = {edge.object_id for edge in edges if edge.role == "output"}
    open_ends = [identifier for identifier, kind in back.types.items() if kind != PLANT and identifier not in makers]
    return Trace(
        object_id,
        object_type,
        chain.manifest.number,
        chain.sha256,
        things,
        steps,
        edges,
        [act for acts in moved.values() for act in acts],
        holdings(chain, moved),
        back.of_type(PLANT),
        sorted(open_ends),
    )


def packages_in(chain: Chain, object_type: str, document: str) -> list[str]:
    """The packages of all events under a shipment or a basket, in order."""
    packages = " UNION ".join(
        f"SELECT object_id FROM {view(chain, copy, PACKAGE)} WHERE event_id IN (SELECT event_id FROM mine)"
        for copy in _BY_EVENT
    )
    found = rows(
        chain.database,
        f"WITH mine AS MATERIALIZED (SELECT event_id FROM {view(chain, 'taken', object_type)} WHERE object_id = ?) "
        f"SELECT object_id FROM ({packages}) ORDER BY object_id",
        [document],
    )
    return [row[0] for row in found]


def _things(chain: Chain, back: Lineage, ahead: Lineage) -> list[Thing]:
    types = back.types | ahead.types
    levels = ahead.levels | {identifier: -level for identifier, level in back.levels.items()}
    made = {edge.object_id: edge for edge in reversed(back.edges + ahead.edges) if edge.role == "output"}
    steps = back.steps | ahead.steps
    firsts = _first_acts(chain, {identifier: kind for identifier, kind in types.items() if identifier not in made})
    found = []
    for identifier, object_type in types.items():
        edge = made.get(identifier)
        step = steps[edge.event_id] if edge else firsts.get(identifier)
        amount, unit = (edge.amount, edge.unit) if edge else (None, None)
        act, time, place = (step.act, step.time, step.place) if step else (None, None, None)
        found.append(Thing(identifier, object_type, levels[identifier], act, time, place, amount, unit))
    return sorted(found, key=lambda thing: (thing.level, thing.object_type, thing.object_id))


def _first_acts(chain: Chain, types: dict[str, str]) -> dict[str, Step]:
    """The first thing that is known of each object, such as the registration of a plant."""
    by_type: dict[str, list[str]] = {}
    for identifier, object_type in types.items():
        by_type.setdefault(object_type, []).append(identifier)
    found: dict[str, Step] = {}
    for object_type, identifiers in by_type.items():
        columns = "object_id, event_id, kind, time, place, actor"
        for identifier, event, kind, time, place, actor in takings_of(chain, object_type, identifiers, columns):
            found.setdefault(identifier, Step(event, act_name(chain.manifest.kinds, kind), time, place, actor))
    return found


def _by_time(step: Step) -> tuple[datetime, str]:
    return (step.time or datetime.min, step.event_id)
