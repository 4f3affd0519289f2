"""The acts of the closed chain, as data: how each is written in EPCIS, and what it does to an item and to a book.

Rule: an act is known by its business step, its disposition and its action, and by nothing else; the first row of the
table that fits is the act. Source: the profile of the closed chain in EPCIS 2.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scherp.events.manifest import Kind

State = Literal["in_stock", "in_transit", "refused", "sold", "destroyed", "missing", "removed"]
"""Where an item is after an act: at the site of the act, between two sites, sent back at the door, or gone."""
Column = Literal["in", "out", "sampled", "waste", "destroyed", "corrected"]
"""The column of the material balance that an act's grams go to."""

PLANT, LOT, PACKAGE, SHIPMENT, BASKET = "giai", "lgtin", "sgtin", "desadv", "pos"
NOUNS = {PLANT: "plant", LOT: "lot", PACKAGE: "package", SHIPMENT: "shipment", BASKET: "sale basket"}
"""Object type of a store -> what the chain calls it."""


@dataclass(frozen=True)
class Act:
    """One row of the profile.

    step: the business step. disposition, action: None where any will do. state: of an item after the act, None where it
    stays what it was. column, sign: where the grams of an object under `epcList` or `quantityList` go in the book; a
    transformation takes its inputs out and brings its outputs in, whatever its column. counts: a stocktaking.
    """

    name: str
    step: str
    disposition: str | None = None
    action: str | None = None
    state: State | None = None
    column: Column | None = None
    sign: int = 1
    counts: bool = False


ACTS: tuple[Act, ...] = (
    Act("plant_registered", "commissioning", action="ADD", state="in_stock"),
    Act("harvested", "scherp:harvesting", state="in_stock"),
    Act("dried", "scherp:drying", state="in_stock"),
    Act("mixed", "scherp:mixing", state="in_stock"),
    Act("processed", "scherp:processing", state="in_stock"),
    Act("packed", "packing", state="in_stock"),
    Act("sampled", "sampling", column="sampled", sign=-1),
    Act("tested", "inspecting"),
    Act("blocked", "holding"),
    Act("released", "scherp:releasing"),
    Act("return_dispatched", "shipping", disposition="returned", state="in_transit", column="out", sign=-1),
    Act("dispatched", "shipping", state="in_transit", column="out", sign=-1),
    Act("return_received", "receiving", disposition="returned", state="in_stock", column="in"),
    Act("received", "receiving", state="in_stock", column="in"),
    # What is refused at the door was never taken in: it is still on its way, now back to the sender.
    Act("refused", "scherp:refusing", state="refused"),
    Act("sold", "retail_selling", state="sold", column="out", sign=-1),
    Act("sale_voided", "scherp:voiding", state="in_stock", column="in"),
    Act("counted", "stock_taking", counts=True),
    Act("corrected", "scherp:correcting", action="ADD", state="in_stock", column="corrected"),
    Act("corrected", "scherp:correcting", action="DELETE", state="removed", column="corrected", sign=-1),
    Act("waste_registered", "scherp:wasting", column="waste", sign=-1),
    Act("destroyed", "destroying", disposition="destroyed", state="destroyed", column="destroyed", sign=-1),
    Act("plant_destroyed", "destroying", state="destroyed", column="destroyed", sign=-1),
    Act("reported_missing", "scherp:missing", state="missing", column="corrected", sign=-1),
)


def act_of(kind: Kind) -> Act | None:
    """The act that a kind of event of a store is, None where the profile does not know it."""
    step = kind.biz_step or kind.type
    for act in ACTS:
        fits = act.disposition in (None, kind.disposition) and act.action in (None, kind.action)
        if act.step == step and fits:
            return act
    return None


def acts_of(kinds: list[Kind]) -> dict[int, Act]:
    """The number of a kind in a store -> its act; kinds that the profile does not know are left out."""
    return {number: act for number, kind in enumerate(kinds) if (act := act_of(kind)) is not None}


def act_name(kinds: list[Kind], number: int | None) -> str:
    """What to call an event of this kind: its act, else its business step or type as the source wrote it."""
    if number is None or not 0 <= number < len(kinds):
        return "?"
    kind = kinds[number]
    act = act_of(kind)
    return act.name if act else kind.biz_step or kind.type or "?"
