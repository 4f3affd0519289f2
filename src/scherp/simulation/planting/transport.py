"""Violations between a grower and a shop: deliveries that do not close, and returns that go astray.

Rule: one planter is one violation; see `violations`. A case that stays open begins on the first day of its week, so
that more than 96 hours of data follow it. Source: norms G05, G08, G09 and T01 to T03 of the chain's facts; the checks
2, 4, 8, 9 and 15 of the facts, 8.
"""

from __future__ import annotations

from scherp.simulation import acts
from scherp.simulation.clock import HOUR, at
from scherp.simulation.parties import Party
from scherp.simulation.stage import Planted, Stage, epcs

_NOBODY = Party("shop", 998)
"""A party that stands in no register."""


def ghost_receipt(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.fresh()
    moment = stage.in_hours(shop, 1, 2)
    receipt = stage.receive(shop, packages, stage.way(shop.party), moment)
    stage.sell(shop, packages, stage.in_hours(shop, 2, 2))
    says = "a package was received that nobody had dispatched"
    return stage.truth(moment, shop, [receipt], epcs(packages), says, amount=1, unit="package")


def never_received(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.fresh(3)
    moment = stage.moment(0, 8)
    event = stage.send(packages, stage.way(shop.party), moment)
    says = "a delivery of three packages never arrived"
    return stage.truth(moment, stage.maker, [event], epcs(packages), says, amount=3, unit="package")


def late_delivery(stage: Stage) -> Planted:
    shop = stage.shop()
    packages, way = stage.fresh(2), stage.way(shop.party)
    sent = stage.send(packages, way, stage.moment(0, 7))
    moment = stage.in_hours(shop, 4, 2)
    receipt = stage.receive(shop, packages, way, moment)
    stage.sell(shop, packages, stage.in_hours(shop, 4, 4))
    hours = (moment - stage.moment(0, 7)) / HOUR
    says = "a delivery took more than 96 hours"
    return stage.truth(moment, stage.maker, [sent, receipt], epcs(packages), says, amount=round(hours, 2), unit="HUR")


def manifest_mismatch(stage: Stage) -> Planted:
    shop = stage.shop()
    packages, way = stage.fresh(3), stage.way(shop.party)
    sent = stage.send(packages, way, stage.moment(0, 8))
    moment = stage.in_hours(shop, 0, 2)
    receipt = stage.receive(shop, packages[:2], way, moment)
    stage.sell(shop, packages[:2], stage.in_hours(shop, 1, 2))
    says = "of three packages dispatched two were received, and nobody refused the third"
    missing = epcs(packages[2:])
    return stage.truth(moment, shop, [sent, receipt], missing, says, amount=1, unit="package", also=["never_received"])


def manifest_surplus(stage: Stage) -> Planted:
    shop = stage.shop()
    packages, way = stage.fresh(3), stage.way(shop.party)
    sent = stage.send(packages[:2], way, stage.moment(0, 8))
    moment = stage.in_hours(shop, 0, 2)
    receipt = stage.receive(shop, packages, way, moment)
    stage.sell(shop, packages, stage.in_hours(shop, 1, 2))
    says = "two packages were dispatched and three received under one document"
    extra = epcs(packages[2:])
    return stage.truth(moment, shop, [sent, receipt], extra, says, amount=1, unit="package", also=["ghost_receipt"])


def dispatched_to_unknown_party(stage: Stage) -> Planted:
    packages = stage.fresh(4)
    moment = stage.moment(0, 9)
    event = stage.send(packages, stage.way(_NOBODY.party), moment)
    says = "four packages were dispatched to a party that is in no register"
    objects = [*epcs(packages), _NOBODY.party]
    return stage.truth(moment, stage.maker, [event], objects, says, amount=4, unit="package", also=["never_received"])


def dispatched_to_closed_shop(stage: Stage) -> Planted:
    shop = stage.closing
    assert shop.closed is not None
    packages, way = stage.fresh(2), stage.way(shop.party)
    moment = at(shop.closed[0] + 1, 8 * HOUR + stage.case)
    event = stage.send(packages, way, moment)
    back = acts.Way(way.document, shop.party, stage.maker.party)
    stage.add(shop, at(shop.closed[0] + 1, 15 * HOUR), acts.refused(shop, epcs(packages), way))
    stage.add(stage.maker, at(shop.closed[0] + 2, 11 * HOUR), acts.return_received(stage.maker, epcs(packages), back))
    says = "two packages were dispatched to a shop that was closed; they came back"
    objects = [*epcs(packages), shop.party]
    return stage.truth(moment, stage.maker, [event], objects, says, amount=2, unit="package")


def seal_used_twice(stage: Stage) -> Planted:
    first, second = stage.shop(), stage.shop(1)
    seal = f"Z-DOUBLE-{stage.case:03}"
    events, names = [], []
    moment = stage.moment(1, 8)
    for shop, when in ((first, stage.moment(1, 7)), (second, moment)):
        packages, way = stage.fresh(), stage.way(shop.party, seal)
        events.append(stage.send(packages, way, when))
        stage.receive(shop, packages, way, stage.in_hours(shop, 1, 2))
        stage.sell(shop, packages, stage.in_hours(shop, 2, 2))
        names += epcs(packages)
    return stage.truth(
        moment, stage.maker, events, [seal, *names], "one seal closed two deliveries", amount=2, unit="delivery"
    )


def two_places_at_once(stage: Stage) -> Planted:
    here, there = stage.shop(), stage.shop(1)
    packages = stage.fresh()
    first = stage.deliver(here, packages, 1)
    moment = stage.in_hours(there, 2, 1)
    way = stage.way(there.party)
    stage.send(packages, way, stage.moment(2, 7))
    second = stage.receive(there, packages, way, moment)
    reason = "the package is not here and was scanned in error"
    stage.add(there, stage.in_hours(there, 2, 2), acts.corrected(there, epcs(packages), "DELETE", reason))
    stage.sell(here, packages, stage.in_hours(here, 3, 2))
    says = "a package was received by a second shop while the first still held it"
    return stage.truth(moment, there, [first, second], epcs(packages), says, amount=1, unit="package")


def return_to_other_grower(stage: Stage) -> Planted:
    shop, other = stage.shop(), stage.cast.staged_growers[0]
    names = epcs(stage.delivered(shop))
    way = stage.back(shop, other)
    sent = stage.add(shop, stage.in_hours(shop, 2, 1), acts.return_dispatched(shop, names, way))
    moment = stage.moment(3, 11)
    receipt = stage.add(other, moment, acts.return_received(other, names, way))
    stage.add(other, moment + HOUR, acts.waste_registered(other, names))
    stage.add(other, stage.moment(4, 11), acts.destroyed(other, names, [], stage.cast.destroyer))
    says = "a package went back to a grower that had not packed it"
    return stage.truth(moment, shop, [sent, receipt], names, says, amount=1, unit="package")


def return_without_carrier(stage: Stage) -> Planted:
    shop = stage.shop()
    names = epcs(stage.delivered(shop))
    way = stage.back(shop, stage.maker)._replace(carrier=None, seal=None)
    moment = stage.in_hours(shop, 2, 1)
    sent = stage.add(shop, moment, acts.return_dispatched(shop, names, way))
    stage.add(stage.maker, stage.moment(3, 11), acts.return_received(stage.maker, names, way))
    return stage.truth(moment, shop, [sent], names, "a return travelled without a carrier", amount=1, unit="package")


PLANTERS = (
    ghost_receipt, never_received, late_delivery, manifest_mismatch, manifest_surplus, dispatched_to_unknown_party,
    dispatched_to_closed_shop, seal_used_twice, two_places_at_once, return_to_other_grower, return_without_carrier,
)  # fmt: skip
