"""Violations at a grower: plants, lots, tests, packing and waste.

Rule: one planter is one violation; see `violations`. Source: norms G02, G03, G06, G07, G10, G14 to G16 of the chain's
facts; the checks 1, 2, 5, 6, 10, 11, 13 and 17 of the facts, 8.
"""

from __future__ import annotations

from typing import Any

from scherp.simulation import acts
from scherp.simulation.acts import Mass
from scherp.simulation.clock import HOUR
from scherp.simulation.goods import label, varieties_of
from scherp.simulation.stage import Planted, Stage, epcs


def packed_without_test(stage: Stage) -> Planted:
    lot = stage.dry()
    moment = stage.moment(1, 10)
    packages, event = stage.packing(lot, 5, moment=moment)
    says = "a lot was packed that was never tested"
    return _truth(stage, moment, [event], [lot.id, *epcs(packages)], says, amount=5, unit="GRM")


def failed_lot_packed(stage: Stage) -> Planted:
    lot = stage.dry()
    failed = stage.test(lot, passed=False)
    moment = stage.moment(1, 11)
    packages, event = stage.packing(lot, 5, moment=moment)
    says = "a lot was packed that had failed its test"
    return _truth(stage, moment, [failed, event], [lot.id, *epcs(packages)], says, amount=5, unit="GRM")


def pack_over_weight(stage: Stage) -> Planted:
    moment = stage.moment(1, 12)
    packages, event = stage.packing(stage.tested(), 3, grams=7, moment=moment)
    says = "packages of 7 g were made"
    return _truth(stage, moment, [event], epcs(packages), says, amount=7, unit="GRM")


def package_created_twice(stage: Stage) -> Planted:
    first, second = stage.tested(), stage.tested()
    packages, before = stage.packing(first, 1, moment=stage.moment(1, 13))
    moment = stage.moment(2, 13)
    mass = Mass(second.id, packages[0].label.weight)
    event = stage.add(stage.maker, moment, acts.packed(stage.maker, [mass], epcs(packages), packages[0].label))
    says = "one code was given to two packages"
    return _truth(stage, moment, [before, event], epcs(packages), says, amount=2, unit="package")


def package_from_unknown_lot(stage: Stage) -> Planted:
    variety = varieties_of(stage.maker.number)[0]
    unknown = stage.numbers.lot("dry")
    marked = label("flower", 1_000, variety)
    names = epcs(stage.numbers.packages(marked, 4))
    moment = stage.moment(1, 14)
    event = stage.add(stage.maker, moment, acts.packed(stage.maker, [Mass(unknown, 4_000)], names, marked))
    says = "packages were made from a lot that has no origin"
    objects = [unknown, *names]
    return _truth(
        stage, moment, [event], objects, says, amount=4, unit="GRM", also=["packed_without_test", "stock_negative"]
    )


def lot_mass_gain(stage: Stage) -> Planted:
    wet = stage.wet(1000)
    made = Mass(stage.numbers.lot("dry"), 1_150_000)
    moment = stage.moment(0, 10)
    event = stage.add(stage.maker, moment, acts.dried(stage.maker, Mass(wet.id, wet.amount, "KGM"), [made]))
    says = "1,000 g of wet lot gave 1,150 g of dry lot"
    return _truth(stage, moment, [event], [wet.id, made.lot], says, amount=150, unit="GRM")


def lot_mass_loss(stage: Stage) -> Planted:
    lot = stage.tested(205)
    marked = label("flower", 1_000, lot.variety)
    names = epcs(stage.numbers.packages(marked, 160))
    moment = stage.moment(1, 15)
    event = stage.add(stage.maker, moment, acts.packed(stage.maker, [Mass(lot.id, lot.amount)], names, marked))
    says = "200 g went into packing and 160 g came out"
    return _truth(stage, moment, [event], [lot.id], says, amount=40, unit="GRM")


def stock_negative(stage: Stage) -> Planted:
    lot = stage.tested(205)
    moment = stage.moment(2, 15)
    mass = Mass(lot.id, lot.amount + 50_000)
    stage.add(stage.maker, moment - HOUR, acts.waste_registered(stage.maker, [], [mass]))
    event = stage.add(stage.maker, moment, acts.destroyed(stage.maker, [], [mass], stage.cast.destroyer))
    says = "50 g more of a lot was destroyed than there was"
    return _truth(stage, moment, [event], [lot.id], says, amount=50, unit="GRM")


def kg_for_g(stage: Stage) -> Planted:
    lot = stage.dry(300)
    moment = stage.moment(0, 12)
    event = stage.add(stage.maker, moment, acts.sampled(stage.maker, Mass(lot.id, 5_000_000, "KGM")))
    says = "a sample of 5 g was registered as 5 kg"
    return _truth(stage, moment, [event], [lot.id], says, amount=5, unit="KGM", also=["stock_negative"])


def waste_not_destroyed(stage: Stage) -> Planted:
    stage.week = 0
    lot = stage.tested(105)
    moment = stage.moment(0, 9)
    event = stage.add(stage.maker, moment, acts.waste_registered(stage.maker, [], [Mass(lot.id, lot.amount)]))
    says = "100 g of waste was registered and never destroyed"
    return _truth(stage, moment, [event], [lot.id], says, amount=100, unit="GRM")


def plant_harvested_twice(stage: Stage) -> Planted:
    plants = stage.plants()
    first = _harvest(stage, plants, 0)
    moment = stage.moment(2, 10)
    second = _harvest(stage, plants, 2)
    return _truth(stage, moment, [first, second], plants, "plants were harvested twice", amount=2, unit="plant")


def plant_dead_then_harvested(stage: Stage) -> Planted:
    plants = stage.plants()
    died = stage.add(stage.maker, stage.moment(0, 9), acts.plant_destroyed(stage.maker, plants, stage.cast.destroyer))
    event = _harvest(stage, plants, 1)
    moment = stage.moment(1, 10)
    return _truth(stage, moment, [died, event], plants, "destroyed plants were harvested", amount=2, unit="plant")


def unregistered_plant_harvested(stage: Stage) -> Planted:
    plants = stage.numbers.plants(3)
    event = _harvest(stage, plants, 1)
    moment = stage.moment(1, 10)
    return _truth(
        stage, moment, [event], plants, "plants were harvested that nobody registered", amount=3, unit="plant"
    )


def _harvest(stage: Stage, plants: list[str], weekday: int) -> str:
    wet = Mass(stage.numbers.lot("wet"), 300_000, "KGM")
    return stage.add(stage.maker, stage.moment(weekday, 10), acts.harvested(stage.maker, plants, wet))


def _truth(stage: Stage, moment: int, events: list[str], objects: list[str], says: str, **more: Any) -> Planted:
    return stage.truth(moment, stage.maker, events, objects, says, **more)


PLANTERS = (
    packed_without_test, failed_lot_packed, pack_over_weight, package_created_twice, package_from_unknown_lot,
    lot_mass_gain, lot_mass_loss, stock_negative, kg_for_g, waste_not_destroyed, plant_harvested_twice,
    plant_dead_then_harvested, unregistered_plant_harvested,
)  # fmt: skip
