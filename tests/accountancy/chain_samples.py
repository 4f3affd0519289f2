"""Small closed chains for the tests, written as EPCIS JSON lines in the words of the profile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scherp.accountancy.chain import Chain, open_chain
from scherp.events.intake import take_in
from scherp.events.sources import find_sources

GROWER, GROWER2, SHOP, SHOP2 = (f"urn:epc:id:sgln:8712345.0000{n}.0" for n in (1, 2, 3, 4))
WET, DRY, TRIM, MIX = (f"urn:epc:class:lgtin:8712345.01234{n}.L" for n in (1, 2, 3, 4))
SHIPMENT, BASKET = "urn:epcglobal:cbv:bt:8712345000013:S1", "urn:epcglobal:cbv:bt:8712345000037:B1"


def plant(number: int) -> str:
    return f"urn:epc:id:giai:8712345.P{number}"


def package(number: int) -> str:
    return f"urn:epc:id:sgtin:8712345.054321.{number}"


def grams(lot: str, amount: float | str) -> dict[str, Any]:
    return {"epcClass": lot, "quantity": float(amount), "uom": "GRM"}


def event(number: int | str, day: str, step: str, place: str, **fields: Any) -> dict[str, Any]:
    """An ObjectEvent (or a TransformationEvent where it has inputs or outputs) at `day`, such as `03-01T12:00`."""
    transforms = any(name.startswith(("input", "output")) for name in fields)
    made: dict[str, Any] = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "eventID": f"urn:uuid:e{number}",
        "type": "TransformationEvent" if transforms else "ObjectEvent",
        "eventTime": f"2026-{day}:00+01:00",
        "recordTime": f"2026-{day}:30+01:00",
        "eventTimeZoneOffset": "+01:00",
        "bizStep": step,
        "readPoint": {"id": place},
    }
    if not transforms:
        made["action"] = "OBSERVE"
    return made | fields


def packed(
    number: int | str, day: str, lots: list[dict[str, Any]], items: list[str], weight: Any = 5
) -> dict[str, Any]:
    ilmd = {"scherp:product": "flower", "scherp:variety": "Haze"} | ({"scherp:netWeight": weight} if weight else {})
    return event(number, day, "packing", GROWER, inputQuantityList=lots, outputEPCList=items, ilmd=ilmd)


def shipped(number: int | str, day: str, items: list[str], document: str = SHIPMENT, **fields: Any) -> dict[str, Any]:
    transaction = [{"type": "desadv", "bizTransaction": document}]
    towards = [{"type": "possessing_party", "destination": "urn:epc:id:pgln:8712345.00003"}]
    return event(
        number, day, "shipping", GROWER, epcList=items, disposition="in_transit", bizTransactionList=transaction,
        destinationList=towards, **fields,
    )  # fmt: skip


def received(number: int | str, day: str, items: list[str], site: str = SHOP) -> dict[str, Any]:
    transaction = [{"type": "desadv", "bizTransaction": SHIPMENT}]
    return event(number, day, "receiving", site, epcList=items, bizTransactionList=transaction)


def sold(number: int | str, day: str, items: list[str], basket: str = BASKET) -> dict[str, Any]:
    transaction = [{"type": "pos", "bizTransaction": basket}]
    return event(
        number, day, "retail_selling", SHOP, action="DELETE", disposition="retail_sold", epcList=items,
        bizTransactionList=transaction,
    )  # fmt: skip


def small_chain() -> list[dict[str, Any]]:
    """Two plants, a wet lot of 100 g, a dry lot of 25 g and 5 g of trim, four packages of 5 g, one sale."""
    four = [package(n) for n in (1, 2, 3, 4)]
    return [
        event(1, "01-02T09:00", "commissioning", GROWER, action="ADD", epcList=[plant(1), plant(2), plant(3)]),
        event(
            2, "01-20T09:00", "scherp:harvesting", GROWER, inputEPCList=[plant(1), plant(2)],
            outputQuantityList=[grams(WET + "1", 100)],
        ),
        event(
            3, "01-30T09:00", "scherp:drying", GROWER, inputQuantityList=[grams(WET + "1", 100)],
            outputQuantityList=[grams(DRY + "1", 25), grams(TRIM + "1", 5)],
        ),
        event(4, "01-31T09:00", "sampling", GROWER, quantityList=[grams(DRY + "1", 2)]),
        packed(5, "02-01T09:00", [grams(DRY + "1", 20)], four),
        shipped(6, "02-02T09:00", four),
        received(7, "02-02T15:00", four[:3]),
        event(
            8, "02-02T15:05", "scherp:refusing", SHOP, epcList=four[3:],
            bizTransactionList=[{"type": "desadv", "bizTransaction": SHIPMENT}],
        ),
        sold(9, "02-03T10:00", four[:1]),
        event(10, "02-04T10:00", "stock_taking", SHOP, epcList=four[1:2]),
    ]  # fmt: skip


def store_of(folder: Path, events: Iterable[dict[str, Any]], register: str = "", name: str = "store") -> Path:
    """A store that took in these events (and this register)."""
    source = folder / f"{name}-in"
    source.mkdir(exist_ok=True)
    (source / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    if register:
        (source / "parties.csv").write_text(register)
    outcome = take_in(folder / name, find_sources([source]))
    assert outcome.faults == []
    return folder / name


def chain_of(folder: Path, events: Iterable[dict[str, Any]], register: str = "", name: str = "store") -> Chain:
    return open_chain(store_of(folder, events, register, name))
