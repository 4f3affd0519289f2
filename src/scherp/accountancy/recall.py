"""Recall: of everything that was made from a lot, who holds it now and what was sold when.

Rule: an item is where its last act left it: the latest by time, then by registration. Acts that only look at an item
(a count, a test, a block) do not move it. What was refused at the door is on its way back until it is received. Of a
lot that was not packed up, what is left is what came in less what was used, sampled, wasted and destroyed.
Source: the issue on trace and recall; the profile of the closed chain; item accountancy's rule of one holder at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from scherp.accountancy.acts import BASKET, LOT, NOUNS, PACKAGE, SHIPMENT, State, act_name
from scherp.accountancy.chain import Chain, find_thing, members_of, takings_of
from scherp.accountancy.genealogy import Lineage, downward
from scherp.events.database import Row
from scherp.faults import Fault, Refused

Held = State | Literal["used", "unknown"]
"""As `State`; `used`: it went into a transformation. `unknown`: no act tells where it is."""
_ACTS = "object_id, event_id, role, time, kind, place, actor"


@dataclass(frozen=True)
class Movement:
    """One act that an item took part in. state: of the item after it, None where the act does not move it. document:
    the shipment or the sale basket of the act."""

    object_id: str
    event_id: str
    act: str
    time: datetime | None
    place: str | None
    actor: str | None
    state: Held | None = None
    document: str | None = None


@dataclass(frozen=True)
class Holding:
    """Where a package is. site: where it is in stock, or where the act that took it away was. since: of the last act.
    shipment: of what is on its way; to: the party it goes to, where stated; basket: of what was sold."""

    object_id: str
    state: Held
    site: str | None
    since: datetime | None
    event_id: str | None
    shipment: str | None = None
    basket: str | None = None
    to: str | None = None


@dataclass(frozen=True)
class Left:
    """What is left of a lot in bulk, in grams. site: of its last act."""

    object_id: str
    site: str | None
    made: Decimal
    left: Decimal


@dataclass(frozen=True)
class Recall:
    """counts: state -> number of packages. lots: the start, if it is one, and every lot made from it."""

    object_id: str
    object_type: str
    snapshot: int
    counts: dict[str, int]
    lots: list[Left]
    packages: list[Holding]


def recall(chain: Chain, object_id: str) -> Recall:
    """The recall list of a lot (or a plant, or a package that was used again). Refused where it is unknown."""
    object_type = find_thing(chain, object_id)
    if object_type in (SHIPMENT, BASKET):
        what = f"{object_id!r} is a {NOUNS[object_type]}, and a recall starts from a lot, a plant or a package"
        raise Refused(Fault(chain.store.name, what, "Trace it with `scherp chain trace` to find its lots"))
    lineage = downward(chain, {object_id: object_type})
    packages = holdings(chain, movements(chain, lineage.of_type(PACKAGE)))
    counts: dict[str, int] = {}
    for package in packages:
        counts[package.state] = counts.get(package.state, 0) + 1
    return Recall(object_id, object_type, chain.manifest.number, counts, what_is_left(chain, lineage), packages)


def movements(chain: Chain, packages: Iterable[str]) -> dict[str, list[Movement]]:
    """Every act of each package, in order; the packages in the order given, also those without any act."""
    listed = list(packages)
    found: dict[str, list[Movement]] = {package: [] for package in listed}
    if not listed:
        return found
    acts = takings_of(chain, PACKAGE, listed, _ACTS)
    documents = _documents(chain, {row[1] for row in acts})
    for row in acts:
        found[row[0]].append(_movement(chain, row, documents.get(row[1])))
    return found


def holdings(chain: Chain, moved: dict[str, list[Movement]]) -> list[Holding]:
    """Where each package is now, in the order of `moved`."""
    lasts = {package: _last(acts) for package, acts in moved.items()}
    away = [act.event_id for act in lasts.values() if act and act.state in ("in_transit", "refused")]
    towards = {
        event: party
        for event, party, *_ in members_of(chain, "others", set(away), ("pgln", "sgln"), "role LIKE 'destination:%'")
    }
    return [_holding(package, act, towards) for package, act in lasts.items()]


def what_is_left(chain: Chain, lineage: Lineage) -> list[Left]:
    """What is left of each lot of a lineage, in the order of their identifiers."""
    lots = lineage.of_type(LOT)
    sums: dict[str, dict[str, Decimal]] = {lot: {} for lot in lots}
    sites: dict[str, str | None] = dict.fromkeys(lots)
    columns = "object_id, role, kind, place, quantity, unit"
    for lot, role, kind, place, amount, unit in takings_of(chain, LOT, lots, columns) if lots else ():
        act = chain.acts.get(kind)
        if role == "output" or (act and act.state == "in_stock"):
            sites[lot] = place
        if amount is None or unit != "GRM":
            continue
        if role in ("input", "output"):
            sums[lot][role] = sums[lot].get(role, Decimal(0)) + amount
        elif act and act.column and act.column not in ("in", "out"):
            sums[lot][act.column] = sums[lot].get(act.column, Decimal(0)) + act.sign * amount
    return [_left(lot, sites[lot], sums[lot]) for lot in lots]


def _left(lot: str, site: str | None, sums: dict[str, Decimal]) -> Left:
    def of(column: str) -> Decimal:
        return sums.get(column, Decimal(0))

    # Waste is destroyed later, under the same lot: the same grams go once. Both are negative.
    gone = min(of("waste"), of("destroyed"))
    return Left(lot, site, of("output"), of("output") - of("input") + of("sampled") + of("corrected") + gone)


def _movement(chain: Chain, row: Row, document: str | None) -> Movement:
    """row: the columns `_ACTS`."""
    package, event, role, time, kind, place, actor = row
    act = chain.acts.get(-1 if kind is None else kind)
    name = act_name(chain.manifest.kinds, kind)
    state: Held | None = act.state if act else None
    if role == "input":
        name, state = "used", "used"
    elif act and act.name == "plant_destroyed":
        name = "destroyed"
    elif role == "output":
        state = "in_stock"  # whatever made it, there it is
    return Movement(package, event, name, time, place, actor, state, document)


def _last(acts: list[Movement]) -> Movement | None:
    """The last act that moved the item."""
    return next((act for act in reversed(acts) if act.state is not None), None)


def _holding(package: str, act: Movement | None, towards: dict[str, str]) -> Holding:
    if act is None or act.state is None:
        return Holding(package, "unknown", None, None, None)
    away = act.state in ("in_transit", "refused")
    return Holding(
        package,
        act.state,
        act.place,
        act.time,
        act.event_id,
        shipment=act.document if away else None,
        basket=act.document if act.state == "sold" else None,
        to=towards.get(act.event_id) if away else None,
    )


def _documents(chain: Chain, events: set[str]) -> dict[str, str]:
    """Event -> its shipment or basket; the first by identifier where a source names several."""
    found: dict[str, str] = {}
    for event, document, *_ in members_of(chain, "others", events, (SHIPMENT, BASKET), "role = 'transaction'"):
        found.setdefault(event, document)
    return found
