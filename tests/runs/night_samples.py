"""A chain of one grower and two shops, small enough to work out by hand, and a framework that finds what is wrong in it.

100 g is harvested and dried to 25 g and 5 g of trim; 1 g is sampled; 20 g is packed into four packages of 5 g, so that
4 g of the dry lot is left. Package 1 is sold twice, 2 is in stock at the shop, 3 is reported missing there, 4 was
dispatched and never received. A fifth package, which nobody made, is sold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scherp.runs.inspection import Inspected, Inspection, inspect

GROWER, SHOP, SILENT = (f"urn:epc:id:pgln:9521900.0000{n}" for n in (1, 2, 3))
FIELD, COUNTER, CLOSED = (f"urn:epc:id:sgln:9521900.0000{n}.0" for n in (1, 2, 3))
PLANT = "urn:epc:id:giai:9521900.P1"
WET, DRY, TRIM = (f"urn:epc:class:lgtin:9521900.00000{n}.L" for n in (1, 2, 3))
SENDING = "urn:epcglobal:cbv:bt:9521900000001:S1"
AS_OF = "2026-02-01T00:00:00Z"
REGISTER = f"""party,site,name,kind,municipality,valid_from,valid_to,stock_limit_g,opens,closes
{GROWER},{FIELD},Teler Verzonnen,grower,,2025-01-01,,,,
{SHOP},{COUNTER},Winkel Verzonnen,shop,Fictiedam,2025-01-01,,,,
{SILENT},{CLOSED},Winkel Gesloten,shop,Verzonnerveen,2025-01-01,2025-12-31,,,
"""
_NORM = """
  - norm: {norm}
    theme: chain
    class: {kind}
    supervisor: Inspectie
    says: {{nl: {nl}, en: {en}}}
    source: {{text: S, status: concept, checked: unread}}
    {more}
    check: {check}
    examples: [{{says: x, events: [[2026-01-01, {event}, P]], gives: {gives}}}]
"""
FRAMEWORK = """framework: test/night
title: {nl: De keten bij nacht, en: The chain by night}
version: "1"
themes: {chain: {nl: Keten, en: Chain}}
objects: {package: sgtin, shipment: desadv}
norms:""" + "".join(
    _NORM.format(**{"more": "", "event": "retail_selling"} | norm)
    for norm in (
        {
            "norm": "received-as-sent", "kind": "norm", "nl": "Wat verzonden is komt aan.", "en": "What is sent arrives.",
            "check": "{agreement: {each: shipment, between: [shipping, receiving], on: package, within: 96 hours}}",
            "event": "shipping", "gives": "{pending: 1}",
        },
        {
            "norm": "sold-once", "kind": "fact", "nl": "Een pakje wordt een keer verkocht.", "en": "A package is sold once.",
            "check": "{occurrence: {each: package, event: retail_selling, at_most: 1}}", "gives": "{met: 1}",
        },
        {
            "norm": "made-before-sale", "kind": "fact", "nl": "Wat verkocht is was gemaakt.", "en": "What is sold was made.",
            "check": "{precedence: {each: package, event: retail_selling, needs: packing}}", "gives": "{breached: 1}",
        },
        {
            "norm": "little-missing", "kind": "risk", "nl": "Weinig raakt zoek.", "en": "Little gets lost.",
            "check": '{absence: {each: package, event: "scherp:missing"}}', "gives": "{met: 1}",
        },
        {
            "norm": "most-are-kept", "kind": "norm", "nl": "Het meeste blijft.", "en": "Most is kept.",
            "more": "share: {at_least: 0.50}",
            "check": '{absence: {each: package, event: "scherp:missing"}}', "gives": "{met: 1}",
        },
    )
)  # fmt: skip


def package(number: int) -> str:
    return f"urn:epc:id:sgtin:9521900.000009.{number}"


def event(name: str, day: str, step: str, place: str, **fields: Any) -> dict[str, Any]:
    transforms = any(field.startswith(("input", "output")) for field in fields)
    made: dict[str, Any] = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "eventID": f"urn:uuid:{name}",
        "type": "TransformationEvent" if transforms else "ObjectEvent",
        "eventTime": f"2026-01-{day}T12:00:00+01:00",
        "recordTime": f"2026-01-{day}T12:05:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "bizStep": step,
        "readPoint": {"id": place},
    }
    return made | ({} if transforms else {"action": "OBSERVE"}) | fields


def grams(lot: str, amount: float) -> dict[str, Any]:
    return {"epcClass": lot, "quantity": amount, "uom": "GRM"}


def under(kind: str, number: str) -> dict[str, Any]:
    return {"bizTransactionList": [{"type": kind, "bizTransaction": number}]}


def sale(name: str, day: str, number: int) -> dict[str, Any]:
    basket = under("pos", f"urn:epcglobal:cbv:bt:9521900000002:{name}")
    return event(
        name, day, "retail_selling", COUNTER, epcList=[package(number)], action="DELETE", disposition="retail_sold",
        **basket,
    )  # fmt: skip


def first_week() -> list[dict[str, Any]]:
    four = [package(number) for number in (1, 2, 3, 4)]
    ilmd = {"scherp:product": "flower", "scherp:netWeight": 5}
    moving = {"disposition": "in_transit"} | under("desadv", SENDING)
    return [
        event("plant", "01", "commissioning", FIELD, epcList=[PLANT], action="ADD"),
        event("harvest", "02", "scherp:harvesting", FIELD, inputEPCList=[PLANT], outputQuantityList=[grams(WET, 100)]),
        event(
            "drying", "09", "scherp:drying", FIELD, inputQuantityList=[grams(WET, 100)],
            outputQuantityList=[grams(DRY, 25), grams(TRIM, 5)],
        ),
        event("sample", "10", "sampling", FIELD, quantityList=[grams(DRY, 1)]),
        event("packing", "12", "packing", FIELD, inputQuantityList=[grams(DRY, 20)], outputEPCList=four, ilmd=ilmd),
        event("sending", "13", "shipping", FIELD, epcList=four, **moving),
    ]  # fmt: skip


def second_week() -> list[dict[str, Any]]:
    three = [package(number) for number in (1, 2, 3)]
    return [
        event("receipt", "14", "receiving", COUNTER, epcList=three, **under("desadv", SENDING)),
        sale("sale-1", "28", 1),
        sale("sale-2", "29", 1),
        sale("sale-3", "30", 5),
        event(
            "lost", "30", "scherp:missing", COUNTER, epcList=[package(3)], action="DELETE", disposition="unknown",
            **{"scherp:reason": "unknown"},
        ),
        # the grower speaks in the last week, so that nobody is silent
        event("count", "30", "stock_taking", FIELD, quantityList=[grams(DRY, 4)]),
    ]  # fmt: skip


def write_inbox(inbox: Path, name: str, events: Iterable[dict[str, Any]]) -> Path:
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "parties.csv").write_text(REGISTER, "utf-8")
    (inbox / name).write_text("".join(json.dumps(one) + "\n" for one in events), "utf-8")
    return inbox


def whole_inbox(folder: Path) -> Path:
    write_inbox(folder / "inbox", "one.jsonl", first_week())
    return write_inbox(folder / "inbox", "two.jsonl", second_week())


def framework(folder: Path) -> Path:
    path = folder / "night.yaml"
    path.write_text(FRAMEWORK, "utf-8")
    return path


def night(folder: Path, out: str = "night", **changes: Any) -> Inspected:
    """A night over the whole inbox of `folder` into `folder`/`out`, with `changes` to what is asked."""
    asked = {
        "store": folder / "store", "framework": framework(folder), "out": folder / out, "inbox": folder / "inbox",
        "as_of": AS_OF,
    }  # fmt: skip
    return inspect(Inspection(**asked | changes))
