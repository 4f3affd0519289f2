"""What was made of what: from things back to their origins, and from things on to all that was made of them.

Rule: the walk goes level by level over transformations, each object and each event once, so that a cycle in bad data
ends and a lot that was mixed carries all its parents. Packages are never part of a level: they are joined once, at the
end, since there are a thousand of them to every lot; only packages that were themselves used in a transformation are
walked on from. Source: the plan of the house, section 8; the study of peers, section on genealogy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from scherp.accountancy.acts import PACKAGE, act_name
from scherp.accountancy.chain import Chain, makers_of, material_types, members_of, takings_of
from scherp.events.database import Row, rows

Role = Literal["input", "output"]
_TAKING = "object_id, event_id, quantity, unit, time, kind, place, actor"


@dataclass(frozen=True)
class Step:
    """An event in which something was made. time: UTC, without a zone. place: the site. actor: who registered it."""

    event_id: str
    act: str
    time: datetime | None
    place: str | None
    actor: str | None


@dataclass(frozen=True)
class Edge:
    """An object went into an event or came out of it; amount in `unit` (grams: GRM), None where none was stated."""

    object_id: str
    event_id: str
    role: Role
    amount: Decimal | None = None
    unit: str | None = None


@dataclass
class Lineage:
    """types: object -> its type. levels: object -> the number of transformations from the start. steps: by event id."""

    types: dict[str, str] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def of_type(self, object_type: str) -> list[str]:
        """The identifiers of one type, in order."""
        return sorted(identifier for identifier, kind in self.types.items() if kind == object_type)


def upward(chain: Chain, starts: dict[str, str]) -> Lineage:
    """All ancestors of `starts` (identifier -> object type), these included."""
    found = Lineage(dict(starts), dict.fromkeys(starts, 0))
    types = [kind for kind in material_types(chain) if kind != PACKAGE or _some_used_again(chain)]
    frontier, level = dict(starts), 0
    while frontier:
        level += 1
        events = _events_of(chain, found, frontier, "output")
        members = members_of(chain, "flow", events, types, "role = 'input'")
        frontier = _take(found, members, "input", level)
    return found


def downward(chain: Chain, starts: dict[str, str]) -> Lineage:
    """All descendants of `starts` (identifier -> object type), these included; packages are joined last."""
    found = Lineage(dict(starts), dict.fromkeys(starts, 0))
    bulk = [object_type for object_type in material_types(chain) if object_type != PACKAGE]
    frontier, level = dict(starts), 0
    while frontier:
        made: list[str] = []
        depth: dict[str, int] = {}
        while frontier:
            level += 1
            events = _events_of(chain, found, frontier, "input")
            made += events
            depth |= dict.fromkeys(events, level)
            frontier = _take(found, members_of(chain, "flow", events, bulk, "role = 'output'"), "output", level)
        packages = members_of(chain, "flow", made, [PACKAGE], "role = 'output'")
        fresh = _take(found, packages, "output", level, depth)
        frontier = _used_again(chain, fresh)
    return found


def _events_of(chain: Chain, found: Lineage, frontier: dict[str, str], role: Role) -> list[str]:
    """The events, new in `found`, that made (output) or used (input) the frontier; they and their edges are added."""
    by_type: dict[str, list[str]] = {}
    for identifier, object_type in frontier.items():
        by_type.setdefault(object_type, []).append(identifier)
    fresh: dict[str, None] = {}
    for object_type, identifiers in by_type.items():
        for row in (
            makers_of(chain, object_type, identifiers, _TAKING)
            if role == "output"
            else takings_of(chain, object_type, identifiers, _TAKING, "role = 'input'")
        ):
            identifier, event, amount, unit, time, kind, place, actor = row
            found.edges.append(Edge(identifier, event, role, amount, unit))
            if event not in found.steps:
                found.steps[event] = Step(event, act_name(chain.manifest.kinds, kind), time, place, actor)
                fresh[event] = None
    return list(fresh)


def _take(
    found: Lineage, members: list[Row], role: Role, level: int, depth: dict[str, int] | None = None
) -> dict[str, str]:
    """Add what went into or came out of events; gives the objects that are new. depth: event -> its own level."""
    fresh: dict[str, str] = {}
    for event, identifier, _, amount, unit, object_type in members:
        found.edges.append(Edge(identifier, event, role, amount, unit))
        if identifier not in found.types:
            found.types[identifier] = fresh[identifier] = object_type
            found.levels[identifier] = depth[event] if depth else level
    return fresh


def _used_again(chain: Chain, packages: dict[str, str]) -> dict[str, str]:
    """Of these packages the ones that went into a transformation, to be followed further."""
    if not packages or not _some_used_again(chain):
        return {}
    sql = "SELECT object_id FROM repacked WHERE object_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY object_id"
    return {row[0]: packages[row[0]] for row in rows(chain.database, sql, [list(packages)])}


def _some_used_again(chain: Chain) -> bool:
    return bool(rows(chain.database, "SELECT 1 FROM repacked LIMIT 1"))
