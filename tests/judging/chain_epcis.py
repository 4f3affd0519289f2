"""A tiny closed chain as EPCIS JSON lines, and the framework of five norms that judges it: see `test_kinds_on_epcis`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

GROWER, SHOP = "urn:epc:id:sgln:9521234.00001.0", "urn:epc:id:sgln:9525678.00002.0"
PLANTS = ["urn:epc:id:giai:9521234.P1", "urn:epc:id:giai:9521234.P2"]
WET, DRY = "urn:epc:class:lgtin:9521234.012345.W1", "urn:epc:class:lgtin:9521234.012345.D1"
PACKS = ["urn:epc:id:sgtin:9521234.067890.1", "urn:epc:id:sgtin:9521234.067890.2"]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFSET = "+01:00"

REGISTER = (
    "party,site,name,kind,municipality,valid_from,valid_to,stock_limit_g,opens,closes\n"
    f"g,{GROWER},Kweker Verzonnen,grower,Fictiedam,2025-04-07,,,,\n"
    f"s,{SHOP},Winkel Verzonnen,shop,Fictiedam,2025-04-07,,5,09:00,22:00\n"
)

FRAMEWORK = """
framework: test/chain
title: {nl: De keten, en: The chain}
version: "1"
themes: {chain: {nl: Keten, en: Chain}}
objects: {package: sgtin, lot: lgtin, plant: giai, shipment: desadv, site: sgln}
vocabulary:
  packed: {event: packing, where: "role = 'output'"}
  dispatched: {event: shipping, where: "disposition = 'in_transit'"}
  sent_back: {event: shipping, where: "disposition = 'returned'"}
norms:
  - norm: one-holder
    theme: chain
    says: {nl: Eén houder., en: One holder.}
    source: {text: S, status: concept, checked: unread}
    check:
      custody: {each: package, creates: packed, leaves: [dispatched, sent_back], arrives: receiving,
                ends: [retail_selling, destroying], undoes: "scherp:voiding", refuses: "scherp:refusing",
                lost: "scherp:missing", seen: stock_taking}
  - norm: stock-within-limit
    theme: chain
    says: {nl: Voorraad., en: Stock.}
    source: {text: S, status: concept, checked: unread}
    parameters: {limit: {from: site.stock_limit_g, default: 1000}}
    check:
      level: {each: package, key: place, adds: [packed, receiving, "scherp:voiding"],
              removes: [shipping, retail_selling, destroying], measure: "package.scherp:netWeight",
              never_below: 0, never_above: limit}
  - norm: received-as-sent
    theme: chain
    says: {nl: Ontvangen., en: Received.}
    source: {text: S, status: concept, checked: unread}
    check:
      agreement: {each: shipment, between: [shipping, [receiving, "scherp:refusing"]], on: package, within: 96 hours}
  - norm: mass-balance
    theme: chain
    says: {nl: Balans., en: Balance.}
    source: {text: S, status: concept, checked: unread}
    check:
      conservation: {each: event, event: packing, inputs: {objects: lot, measure: quantity},
                     outputs: {objects: package, measure: "scherp:netWeight"}, tolerance: 2 %}
  - norm: from-plant
    theme: chain
    says: {nl: Van een plant., en: From a plant.}
    source: {text: S, status: concept, checked: unread}
    check:
      lineage: {each: package, made_by: packing, through: ["scherp:harvesting", "scherp:drying"],
                reaches: commissioning, where: 'plant."scherp:variety" is not null'}
"""


def event(number: int | str, hour: float, kind: str, step: str, place: str, **fields: Any) -> dict[str, Any]:
    """One event as the profile writes it. hour: after the start of the history."""
    moment = START + timedelta(hours=hour)
    return {
        "@context": [
            "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
            {"scherp": "https://scherp.example/ns/"},
        ],
        "type": kind,
        "eventID": f"urn:uuid:{number}",
        "eventTime": moment.isoformat().replace("+00:00", "Z"),
        "eventTimeZoneOffset": OFFSET,
        "recordTime": (moment + timedelta(minutes=5)).isoformat().replace("+00:00", "Z"),
        "bizStep": step,
        "readPoint": {"id": place},
    } | fields


def lot(name: str, grams: float, unit: str = "GRM") -> dict[str, Any]:
    return {"epcClass": name, "quantity": grams, "uom": unit}


def moving(
    number: int | str, hour: float, step: str, place: str, packs: list[str], shipment: str, **more: Any
) -> dict[str, Any]:
    """Packages on the road, under a despatch advice."""
    listed = [{"type": "desadv", "bizTransaction": shipment}]
    found = event(number, hour, "ObjectEvent", step, place, action="OBSERVE", epcList=packs, bizTransactionList=listed)
    return found | ({"disposition": "in_transit"} if step == "shipping" else {}) | more


def selling(number: int | str, hour: float, pack: str, step: str = "retail_selling") -> dict[str, Any]:
    """A sale, or with `scherp:voiding` one that was voided."""
    listed = [{"type": "pos", "bizTransaction": f"urn:x:pos:{pack[-1]}"}]
    action = "DELETE" if step == "retail_selling" else "ADD"
    return event(number, hour, "ObjectEvent", step, SHOP, action=action, epcList=[pack], bizTransactionList=listed)


def honest() -> list[dict[str, Any]]:
    """Two plants, two packages, one shipment, one sale."""
    ilmd = {"scherp:netWeight": 2.5, "scherp:product": "flower", "scherp:variety": "Testsoort"}
    return [
        event(1, 0, "ObjectEvent", "commissioning", GROWER, action="ADD", epcList=PLANTS, ilmd={"scherp:variety": "Testsoort"}),
        event(2, 1, "TransformationEvent", "scherp:harvesting", GROWER, inputEPCList=PLANTS, outputQuantityList=[lot(WET, 0.1, "KGM")]),
        event(3, 2, "TransformationEvent", "scherp:drying", GROWER, inputQuantityList=[lot(WET, 100)], outputQuantityList=[lot(DRY, 20)]),
        event(4, 3, "TransformationEvent", "packing", GROWER, inputQuantityList=[lot(DRY, 5.1)], outputEPCList=PACKS, ilmd=ilmd),
        moving(5, 4, "shipping", GROWER, PACKS, "urn:x:desadv:1"),
        moving(6, 8, "receiving", SHOP, PACKS, "urn:x:desadv:1"),
        event(7, 9, "ObjectEvent", "stock_taking", SHOP, action="OBSERVE", epcList=PACKS),
        selling(8, 10, PACKS[0]),
    ]  # fmt: skip


def write_folder(folder: Path, events: list[dict[str, Any]], name: str = "chain.jsonl") -> Path:
    """The folder as a party would hand it in: the register, and the events one a line."""
    folder.mkdir(exist_ok=True)
    (folder / "parties.csv").write_text(REGISTER, encoding="utf-8")
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return folder
