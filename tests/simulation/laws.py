"""A second opinion: the laws of the closed chain in plain Python, written from the profile and not from the simulation.

`deviations` replays a chain event by event and names whatever breaks a law, by the name under which it is planted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulated_chain import Chain, Event, hours_of, instant, is_closed

Found = tuple[str, str]
"""(name of the violation, the object that it is about)."""
_FIRST = {"receiving": 0, "retail_selling": 2}  # of acts in one second


class Replay:
    """What is known after the events so far."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.found: list[Found] = []
        self.born: dict[str, dict[str, Any]] = {}
        self.packer: dict[str, str] = {}
        self.from_lots: dict[str, list[str]] = {}
        self.place: dict[str, str] = {}
        self.lots: dict[str, Decimal] = {}
        self.results: dict[str, bool] = {}
        self.blocked: set[str] = set()
        self.plants: dict[str, str] = {}
        self.sent: dict[str, tuple[datetime, list[str]]] = {}
        self.arrived: dict[str, set[str]] = defaultdict(set)
        self.seals: Counter[str] = Counter()
        self.waste: dict[str, datetime] = {}
        self.weight: dict[str, Decimal] = defaultdict(Decimal)
        self.all_packages = {epc for e in chain.events if e["bizStep"] == "packing" for epc in e["outputEPCList"]}

    def say(self, check: str, *objects: str) -> None:
        self.found += [(check, each) for each in objects]

    def move(self, site: str, epcs: list[str], sign: int) -> None:
        for epc in epcs:
            self.weight[site] += sign * Decimal(str(self.born.get(epc, {}).get("scherp:netWeight", 0)))
        limit = self.chain.limits.get(site)
        if limit is not None and self.weight[site] > limit:
            self.say("stock_over_limit", site)

    def take(self, element: dict[str, Any], check: str = "stock_negative") -> None:
        lot, amount = element["epcClass"], grams(element)
        self.lots[lot] = self.lots.get(lot, Decimal()) - amount
        if self.lots[lot] < 0:
            self.say("kg_for_g" if element["uom"] == "KGM" and amount > 4 * (self.lots[lot] + amount) else check, lot)


def grams(element: dict[str, Any]) -> Decimal:
    return Decimal(str(element["quantity"])) * (1000 if element["uom"] == "KGM" else 1)


def deviations(chain: Chain) -> list[Found]:
    """Every broken law; the same object may be named for more than one."""
    replay = Replay(chain)
    events = sorted(chain.events, key=lambda e: (instant(e["eventTime"]), _FIRST.get(e["bizStep"], 1)))
    for event in events:
        _registration(replay, event)
        _ACTS[event["bizStep"]](replay, event)
    end = max(instant(event["eventTime"]) for event in events)
    _open_ends(replay, end)
    return list(dict.fromkeys(replay.found))


def _registration(replay: Replay, event: Event) -> None:
    lag = instant(event["recordTime"]) - instant(event["eventTime"])
    if lag < timedelta(0):
        replay.say("registered_before_event", *event["epcList"])
    if lag >= timedelta(days=9):
        replay.say("registered_too_late", *event["epcList"])


def _commissioning(replay: Replay, event: Event) -> None:
    replay.plants.update(dict.fromkeys(event["epcList"], "alive"))


def _harvesting(replay: Replay, event: Event) -> None:
    for plant in event["inputEPCList"]:
        state = replay.plants.get(plant)
        named = {
            None: "unregistered_plant_harvested",
            "cut": "plant_harvested_twice",
            "dead": "plant_dead_then_harvested",
        }
        if state != "alive":
            replay.say(named[state], plant)
        replay.plants[plant] = "cut"
    _make(replay, event)


def _make(replay: Replay, event: Event) -> Decimal:
    made = Decimal()
    for element in event.get("outputQuantityList", ()):
        assert element["epcClass"] not in replay.lots, "a lot is made once"
        replay.lots[element["epcClass"]] = grams(element)
        made += grams(element)
    return made


def _lots_to_lots(replay: Replay, event: Event) -> None:
    into = event.get("inputQuantityList", [])
    for element in into:
        replay.take(element)
    made, used = _make(replay, event), sum(map(grams, into))
    if into and event["bizStep"] == "scherp:drying":
        if made > used:
            replay.say("lot_mass_gain", into[0]["epcClass"])
    elif into and made != used:
        replay.say("mass_not_kept", into[0]["epcClass"])
    if event["scherp:actor"] in replay.chain.shops:
        product = event["ilmd"]["scherp:product"]
        replay.say("hash_by_shop" if product == "hash" else "repack_at_shop", *event["inputEPCList"])
        replay.move(event["bizLocation"]["id"], event["inputEPCList"], -1)
        replay.place.update(dict.fromkeys(event["inputEPCList"], "opened"))


def _sampling(replay: Replay, event: Event) -> None:
    replay.take(event["quantityList"][0])


def _inspecting(replay: Replay, event: Event) -> None:
    assert event["scherp:lab"] in replay.chain.labs
    replay.results[event["quantityList"][0]["epcClass"]] = event["disposition"] == "conformant"


def _holding(replay: Replay, event: Event) -> None:
    replay.blocked.add(event["quantityList"][0]["epcClass"])


def _releasing(replay: Replay, event: Event) -> None:
    replay.blocked.remove(event["quantityList"][0]["epcClass"])


def _packing(replay: Replay, event: Event) -> None:
    lots, epcs, label = event["inputQuantityList"], event["outputEPCList"], event["ilmd"]
    for element in lots:
        lot = element["epcClass"]
        if lot not in replay.lots:
            replay.say("package_from_unknown_lot", lot)
        if lot not in replay.results:
            replay.say("packed_without_test", lot)
        elif not replay.results[lot]:
            replay.say("failed_lot_packed", lot)
        if lot in replay.blocked and replay.results.get(lot):
            replay.say("blocked_lot_packed", lot)
        replay.take(element)
    if sum(map(grams, lots)) != len(epcs) * Decimal(str(label["scherp:netWeight"])):
        replay.say("lot_mass_loss", lots[0]["epcClass"])
    if label["scherp:netWeight"] > 5:
        replay.say("pack_over_weight", *epcs)
    replay.say("package_created_twice", *(epc for epc in epcs if epc in replay.born))
    for epc in epcs:
        replay.born[epc], replay.packer[epc] = label, event["scherp:actor"]
        replay.from_lots[epc] = [element["epcClass"] for element in lots]
        replay.place[epc] = event["bizLocation"]["id"]


def _shipping(replay: Replay, event: Event) -> None:
    epcs, site = event["epcList"], event["readPoint"]["id"]
    document = event["bizTransactionList"][0]["bizTransaction"]
    when, receiver = instant(event["eventTime"]), event["destinationList"][0]["destination"]
    replay.sent[document] = (when, epcs)
    if event["disposition"] == "returned":
        replay.move(site, epcs, -1)
        if "scherp:carrier" not in event:
            replay.say("return_without_carrier", *epcs)
        replay.say("return_to_other_grower", *(epc for epc in epcs if replay.packer[epc] != receiver))
    elif receiver not in replay.chain.kinds:
        replay.say("dispatched_to_unknown_party", *epcs)
    elif is_closed(replay.chain, receiver, event["eventTime"]):
        replay.say("dispatched_to_closed_shop", *epcs)
    if seal := event.get("scherp:seal"):
        if replay.seals[seal]:
            replay.say("seal_used_twice", seal)
        replay.seals[seal] += 1
    for epc in epcs:
        if replay.place[epc] == site:  # else it is still somewhere else, and its receipt will tell
            replay.place[epc] = document


def _arriving(replay: Replay, event: Event) -> None:
    epcs, document = event["epcList"], event["bizTransactionList"][0]["bizTransaction"]
    refused = event["bizStep"] == "scherp:refusing"
    back = event.get("disposition") == "returned"
    replay.arrived[document] |= set(epcs)
    when, sent = replay.sent.get(document, (None, []))
    unsent = [epc for epc in epcs if epc not in sent]
    replay.say("manifest_surplus" if when else "ghost_receipt", *unsent)
    if when and not back and instant(event["eventTime"]) - when > timedelta(hours=96):
        replay.say("late_delivery", *epcs)
    if refused:
        return
    site = event["bizLocation"]["id"]
    for epc in epcs:
        held = replay.place[epc]
        if held.startswith("urn:epc:id:sgln") and epc not in unsent:
            replay.say("two_places_at_once", epc)
        elif held != "sold":  # what was sold before it came is gone already
            replay.place[epc] = site
    replay.move(site, epcs, 1)


def _selling(replay: Replay, event: Event) -> None:
    epcs, site, when = event["epcList"], event["readPoint"]["id"], event["eventTime"]
    replay.move(site, epcs, -1)
    for epc in epcs:
        place = replay.place.get(epc)
        if epc not in replay.all_packages:
            replay.say("foreign_package", epc)
        elif place != site:
            named = {"sold": "sold_twice", "destroyed": "sold_after_destroyed"}
            replay.say(named.get(str(place), "sold_before_received"), epc)
        if replay.blocked & set(replay.from_lots.get(epc, ())):
            replay.say("blocked_lot_sold", epc)
        if replay.born.get(epc, {}).get("scherp:trial"):
            replay.say("trial_sold", epc)
        replay.place[epc] = "sold"
    if sum(Decimal(str(replay.born.get(epc, {}).get("scherp:netWeight", 0))) for epc in epcs) > 5:
        replay.say("basket_over_5g", *epcs)
    if is_closed(replay.chain, event["scherp:actor"], when):
        replay.say("sale_while_closed", *epcs)
    elif not hours_of(replay.chain, site, when):
        replay.say("sale_outside_hours", *epcs)


def _voiding(replay: Replay, event: Event) -> None:
    assert all(replay.place[epc] == "sold" for epc in event["epcList"])
    replay.place.update(dict.fromkeys(event["epcList"], event["readPoint"]["id"]))
    replay.move(event["readPoint"]["id"], event["epcList"], 1)


def _counting(replay: Replay, event: Event) -> None:
    site = event["readPoint"]["id"]
    if event["epcList"] or event["scherp:actor"] in replay.chain.shops:
        book = {epc for epc, place in replay.place.items() if place == site}
        seen = set(event["epcList"])
        assert seen <= book
        corrected = {
            epc
            for other in replay.chain.corrections[site]
            if timedelta(0) <= instant(other["eventTime"]) - instant(event["eventTime"]) < timedelta(hours=1)
            for epc in other["epcList"]
        }
        replay.say("count_shortage", *sorted(book - seen - corrected))
    for element in event.get("quantityList", ()):
        if replay.lots[element["epcClass"]] != grams(element):
            replay.say("lot_count_differs", element["epcClass"])


def _correcting(replay: Replay, event: Event) -> None:
    assert event["action"] == "DELETE"
    assert event["scherp:reason"]
    site = event["readPoint"]["id"]
    replay.move(site, event["epcList"], -1)
    replay.place.update({epc: "gone" for epc in event["epcList"] if replay.place[epc] == site})


def _missing(replay: Replay, event: Event) -> None:
    assert event["scherp:reason"]
    replay.move(event["readPoint"]["id"], event["epcList"], -1)
    replay.place.update(dict.fromkeys(event["epcList"], "gone"))


def _wasting(replay: Replay, event: Event) -> None:
    things = [*event.get("epcList", ()), *(element["epcClass"] for element in event.get("quantityList", ()))]
    replay.waste.update(dict.fromkeys(things, instant(event["eventTime"])))


def _destroying(replay: Replay, event: Event) -> None:
    things = event.get("epcList", [])
    if things and things[0] in replay.plants:
        replay.plants.update(dict.fromkeys(things, "dead"))
        return
    if "scherp:witness" not in event:
        replay.say("destroyed_without_witness", *things)
    for element in event.get("quantityList", ()):
        replay.take(element)
    for thing in (*things, *(element["epcClass"] for element in event.get("quantityList", ()))):
        del replay.waste[thing]
    replay.move(event["readPoint"]["id"], things, -1)
    assert all(replay.place[epc] == event["readPoint"]["id"] for epc in things)
    replay.place.update(dict.fromkeys(things, "destroyed"))


def _open_ends(replay: Replay, end: datetime) -> None:
    for document, (when, epcs) in replay.sent.items():
        missing = [epc for epc in epcs if epc not in replay.arrived[document]]
        if end - when > timedelta(hours=96):
            replay.say("manifest_mismatch" if replay.arrived[document] else "never_received", *missing)
    replay.say(
        "waste_not_destroyed", *(thing for thing, when in replay.waste.items() if end - when > timedelta(days=4))
    )


_ACTS: dict[str, Callable[[Replay, Event], object]] = {
    "commissioning": _commissioning,
    "scherp:harvesting": _harvesting,
    "scherp:drying": _lots_to_lots,
    "scherp:mixing": _lots_to_lots,
    "scherp:processing": _lots_to_lots,
    "sampling": _sampling,
    "inspecting": _inspecting,
    "holding": _holding,
    "scherp:releasing": _releasing,
    "packing": _packing,
    "shipping": _shipping,
    "receiving": _arriving,
    "scherp:refusing": _arriving,
    "retail_selling": _selling,
    "scherp:voiding": _voiding,
    "stock_taking": _counting,
    "scherp:correcting": _correcting,
    "scherp:missing": _missing,
    "scherp:wasting": _wasting,
    "destroying": _destroying,
}
