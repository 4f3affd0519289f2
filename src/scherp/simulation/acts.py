"""The acts of the closed chain as EPCIS 2.0 events, without their times and ids (the journal adds those).

Rule: one function for each canonical type of the profile, its business step, disposition and fields exactly as the
profile writes them. Masses are whole milligrams in the simulation and decimals in grams (a wet lot: kilograms) on
paper. Source: the profile of the closed chain in EPCIS 2.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from scherp.simulation.parties import Party

Act = dict[str, Any]
_ENTRY = {
    "packing": {"scherp:device": "packing-line-1", "scherp:entry": "api"},
    "receiving": {"scherp:device": "scanner-1", "scherp:entry": "scan"},
    "retail_selling": {"scherp:device": "till-1", "scherp:entry": "scan"},
    "stock_taking": {"scherp:device": "scanner-1", "scherp:entry": "scan"},
    "scherp:correcting": {"scherp:entry": "manual"},
}
"""How an act of this business step was entered, where that is known."""


class Mass(NamedTuple):
    """An amount of a lot in milligrams."""

    lot: str
    amount: int
    unit: str = "GRM"


class Label(NamedTuple):
    """What stands on a package. weight: milligrams; thc, cbd: per cent."""

    product: str
    weight: int
    variety: str
    thc: float
    cbd: float
    trial: bool = False


class Way(NamedTuple):
    """Who sends what to whom, under which document; seal and carrier where there are any."""

    document: str
    sender: str
    receiver: str
    carrier: Party | None = None
    seal: str | None = None


def plant_registered(grower: Party, plants: list[str], variety: str) -> Act:
    act = _object("ADD", "commissioning", grower, epcList=plants)
    return act | {"ilmd": {"scherp:variety": variety}}


def plant_destroyed(grower: Party, plants: list[str], witness: Party) -> Act:
    act = _object("DELETE", "destroying", grower, epcList=plants)
    return act | {"scherp:witness": witness.party}


def harvested(grower: Party, plants: list[str], wet: Mass) -> Act:
    return _made("scherp:harvesting", grower, inputEPCList=plants, outputQuantityList=[_mass(wet)])


def dried(grower: Party, wet: Mass, out: Sequence[Mass]) -> Act:
    return _lots("scherp:drying", grower, [wet], out)


def mixed(grower: Party, into: Sequence[Mass], out: Mass) -> Act:
    return _lots("scherp:mixing", grower, into, [out])


def processed(grower: Party, into: Sequence[Mass], out: Sequence[Mass], product: str) -> Act:
    return _lots("scherp:processing", grower, into, out) | {"ilmd": {"scherp:product": product}}


def opened_at_shop(shop: Party, packages: list[str], out: Mass, product: str) -> Act:
    """What a shop may not do: packages go in, a lot comes out."""
    act = _made("scherp:processing", shop, inputEPCList=packages, outputQuantityList=[_mass(out)])
    return act | {"ilmd": {"scherp:product": product}}


def sampled(grower: Party, taken: Mass) -> Act:
    return _object("OBSERVE", "sampling", grower, quantityList=[_mass(taken)])


def tested(lab: Party, lot: str, passed: bool, results: dict[str, float]) -> Act:
    act = _object("OBSERVE", "inspecting", lab, quantityList=[{"epcClass": lot}])
    act["disposition"] = "conformant" if passed else "non_conformant"
    return act | {"scherp:results": results, "scherp:lab": lab.party}


def blocked(grower: Party, lot: str) -> Act:
    return _object("OBSERVE", "holding", grower, quantityList=[{"epcClass": lot}])


def released(grower: Party, lot: str) -> Act:
    return _object("OBSERVE", "scherp:releasing", grower, quantityList=[{"epcClass": lot}])


def packed(grower: Party, lots: Sequence[Mass], packages: list[str], label: Label) -> Act:
    act = _made("packing", grower, inputQuantityList=[_mass(lot) for lot in lots], outputEPCList=packages)
    ilmd = {
        "scherp:netWeight": label.weight / 1000,
        "scherp:product": label.product,
        "scherp:variety": label.variety,
        "scherp:thc": label.thc,
        "scherp:cbd": label.cbd,
        "scherp:trial": label.trial,
    }
    return act | {"ilmd": ilmd}


def dispatched(sender: Party, packages: list[str], way: Way) -> Act:
    return _moved(("shipping", "in_transit", "readPoint"), sender, packages, way)


def received(receiver: Party, packages: list[str], way: Way) -> Act:
    return _moved(("receiving", None, "bizLocation"), receiver, packages, way)


def refused(receiver: Party, packages: list[str], way: Way) -> Act:
    return _moved(("scherp:refusing", None, "readPoint"), receiver, packages, way)


def return_dispatched(sender: Party, packages: list[str], way: Way) -> Act:
    return _moved(("shipping", "returned", "readPoint"), sender, packages, way)


def return_received(receiver: Party, packages: list[str], way: Way) -> Act:
    return _moved(("receiving", "returned", "bizLocation"), receiver, packages, way)


def sold(shop: Party, packages: list[str], basket: str) -> Act:
    act = _object("DELETE", "retail_selling", shop, epcList=packages)
    return act | {"disposition": "retail_sold", "bizTransactionList": [_document("pos", basket)]}


def sale_voided(shop: Party, packages: list[str], basket: str) -> Act:
    act = _object("ADD", "scherp:voiding", shop, epcList=packages)
    return act | {"bizTransactionList": [_document("pos", basket)]}


def counted(party: Party, packages: list[str], lots: Sequence[Mass] = ()) -> Act:
    act = _object("OBSERVE", "stock_taking", party, epcList=packages)
    return act | ({"quantityList": [_mass(lot) for lot in lots]} if lots else {})


def corrected(party: Party, packages: list[str], action: str, reason: str) -> Act:
    return _object(action, "scherp:correcting", party, epcList=packages) | {"scherp:reason": reason}


def waste_registered(party: Party, packages: list[str], lots: Sequence[Mass] = ()) -> Act:
    return _object("OBSERVE", "scherp:wasting", party, **_things(packages, lots))


def destroyed(party: Party, packages: list[str], lots: Sequence[Mass], witness: Party | None) -> Act:
    act = _object("DELETE", "destroying", party, **_things(packages, lots)) | {"disposition": "destroyed"}
    return act | ({"scherp:witness": witness.party} if witness else {})


def reported_missing(party: Party, packages: list[str], reason: str) -> Act:
    act = _object("DELETE", "scherp:missing", party, epcList=packages) | {"disposition": "stolen"}
    return act | {"scherp:reason": reason}


def document_id(party: Party, letter: str, number: int) -> str:
    """The id of a business document that `party` hands out."""
    return f"urn:epcglobal:cbv:bt:{party.gln}:{letter}{number:07}"


def _object(action: str, step: str, party: Party, **things: Any) -> Act:
    return {
        "type": "ObjectEvent",
        "action": action,
        "bizStep": step,
        **things,
        "readPoint": {"id": party.site},
        "scherp:actor": party.party,
        **_ENTRY.get(step, {}),
    }


def _made(step: str, party: Party, **things: Any) -> Act:
    return {
        "type": "TransformationEvent",
        "bizStep": step,
        **things,
        "bizLocation": {"id": party.site},
        "scherp:actor": party.party,
        **_ENTRY.get(step, {}),
    }


def _lots(step: str, party: Party, into: Sequence[Mass], out: Sequence[Mass]) -> Act:
    return _made(step, party, inputQuantityList=[*map(_mass, into)], outputQuantityList=[*map(_mass, out)])


def _moved(step: tuple[str, str | None, str], party: Party, packages: list[str], way: Way) -> Act:
    """An act of transport; step: (business step, disposition, field of the place)."""
    business, disposition, place = step
    act: Act = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": business}
    if disposition:
        act["disposition"] = disposition
    act |= {
        "epcList": packages,
        place: {"id": party.site},
        "bizTransactionList": [_document("desadv", way.document)],
        "sourceList": [{"type": "possessing_party", "source": way.sender}],
        "destinationList": [{"type": "possessing_party", "destination": way.receiver}],
        "scherp:actor": party.party,
    }
    act |= _ENTRY.get(business, {})
    if business == "shipping" and way.carrier:
        act["scherp:carrier"] = way.carrier.party
    if business == "shipping" and way.seal:
        act["scherp:seal"] = way.seal
    return act


def _things(packages: list[str], lots: Sequence[Mass]) -> dict[str, Any]:
    named: dict[str, Any] = {"epcList": packages} if packages else {}
    return named | ({"quantityList": [_mass(lot) for lot in lots]} if lots else {})


def _document(kind: str, identifier: str) -> dict[str, str]:
    return {"type": kind, "bizTransaction": identifier}


def _mass(mass: Mass) -> dict[str, Any]:
    return {
        "epcClass": mass.lot,
        "quantity": mass.amount / (1_000_000 if mass.unit == "KGM" else 1000),
        "uom": mass.unit,
    }
