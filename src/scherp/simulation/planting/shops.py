"""Violations at a shop: sales, stock, counts, waste and what a shop may not do to a package.

Rule: one planter is one violation; see `violations`. Source: norms C01 to C16 of the chain's facts; the checks 2, 3, 7,
12 to 18 of the facts, 8.
"""

from __future__ import annotations

from scherp.simulation import acts
from scherp.simulation.acts import Mass
from scherp.simulation.clock import DAY, HOUR, at, utc_text
from scherp.simulation.goods import label, varieties_of
from scherp.simulation.stage import Planted, Stage, epcs


def sold_twice(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.delivered(shop)
    first = stage.sell(shop, packages, stage.in_hours(shop, 1, 3))
    again = stage.in_hours(shop, 3, 2)
    second = stage.sell(shop, packages, again)
    return stage.truth(
        again, shop, [first, second], epcs(packages), "one package was sold in two baskets", amount=1, unit="package"
    )


def sold_after_destroyed(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.delivered(shop)
    names = epcs(packages)
    stage.add(shop, stage.in_hours(shop, 2, 1), acts.waste_registered(shop, names))
    gone = stage.add(shop, stage.in_hours(shop, 2, 2), acts.destroyed(shop, names, [], stage.cast.destroyer))
    moment = stage.in_hours(shop, 4, 3)
    sale = stage.sell(shop, packages, moment)
    return stage.truth(moment, shop, [gone, sale], names, "a destroyed package was sold", amount=1, unit="package")


def foreign_package(stage: Stage) -> Planted:
    shop = stage.shop()
    unknown = stage.numbers.packages(label("flower", 2_000, varieties_of(1)[0]), 1)
    moment = stage.in_hours(shop, 2, 4)
    sale = stage.sell(shop, unknown, moment)
    says = "a package was sold that no grower packed"
    return stage.truth(
        moment, shop, [sale], epcs(unknown), says, amount=1, unit="package", also=["sold_before_received"]
    )


def sold_before_received(stage: Stage) -> Planted:
    shop = stage.shop()
    packages, way = stage.fresh(), stage.way(shop.party)
    stage.send(packages, way, stage.moment(2, 7))
    moment = stage.in_hours(shop, 2, 1)
    sale = stage.sell(shop, packages, moment)
    receipt = stage.receive(shop, packages, way, stage.in_hours(shop, 2, 3))
    says = "a package was sold before the shop had received it"
    return stage.truth(moment, shop, [sale, receipt], epcs(packages), says, amount=1, unit="package")


def blocked_lot_sold(stage: Stage) -> Planted:
    shop = stage.shop()
    lot = stage.tested()
    packages, way = stage.pack(lot, 2), stage.way(shop.party)
    stage.send(packages, way, stage.moment(1, 7))
    stage.receive(shop, packages, way, stage.in_hours(shop, 1, 1))
    block = stage.add(stage.maker, stage.moment(2, 10), acts.blocked(stage.maker, lot.id))
    moment = stage.in_hours(shop, 3, 2)
    sale = stage.sell(shop, packages, moment)
    says = "packages of a blocked lot were sold"
    return stage.truth(moment, shop, [block, sale], [lot.id, *epcs(packages)], says, amount=2, unit="package")


def stock_over_limit(stage: Stage) -> Planted:
    shop = stage.shop()
    limit = shop.limit or 0
    packages = stage.fresh(limit // 5_000 + 1, 5)
    moment = stage.in_hours(shop, 1, 1)
    receipt = stage.deliver(shop, packages, 1)
    back = stage.back(shop, stage.maker)
    stage.add(shop, stage.in_hours(shop, 2, 1), acts.return_dispatched(shop, epcs(packages), back))
    stage.add(stage.maker, stage.moment(3, 11), acts.return_received(stage.maker, epcs(packages), back))
    says = "one delivery alone was more than the stock limit of the shop"
    return stage.truth(moment, shop, [receipt], [shop.site], says, amount=5.0 * len(packages), unit="GRM")


def count_shortage(stage: Stage) -> Planted:
    shop = stage.shop()
    record = stage.truth(
        stage.in_hours(shop, 6, 0), shop, [], [], "a count missed a package of the book", amount=1, unit="package"
    )
    state = next(one for one in stage.shops if one.party == shop)

    def left_out(event: str, packages: list[str], moment: int) -> None:
        record.events.append(event)
        record.objects += packages
        record.moment = utc_text(moment)

    state.miscounts.setdefault(stage.week, []).append(left_out)
    return record


def destroyed_without_witness(stage: Stage) -> Planted:
    shop = stage.shop()
    names = epcs(stage.delivered(shop))
    stage.add(shop, stage.in_hours(shop, 2, 1), acts.waste_registered(shop, names))
    moment = stage.in_hours(shop, 3, 1)
    event = stage.add(shop, moment, acts.destroyed(shop, names, [], None))
    return stage.truth(
        moment, shop, [event], names, "a package was destroyed without a witness", amount=1, unit="package"
    )


def basket_over_5g(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = [*stage.delivered(shop, 1, 5), *stage.delivered(shop, 1, 1)]
    moment = stage.in_hours(shop, 2, 5)
    sale = stage.sell(shop, packages, moment)
    return stage.truth(moment, shop, [sale], epcs(packages), "one basket weighed 6 g", amount=6, unit="GRM")


def sale_outside_hours(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.delivered(shop)
    moment = stage.in_hours(shop, 2, -2)
    sale = stage.sell(shop, packages, moment)
    says = "a package was sold two hours before opening"
    return stage.truth(moment, shop, [sale], epcs(packages), says, amount=2, unit="HUR")


def sale_while_closed(stage: Stage) -> Planted:
    shop = stage.closing
    assert shop.closed is not None
    stage.week = (shop.closed[0] - stage.journal.first) // 7
    packages = stage.delivered(shop, weekday=0)
    moment = at(shop.closed[0] + 1, shop.opens + HOUR + stage.case)
    sale = stage.sell(shop, packages, moment)
    says = "a package was sold while the shop was closed"
    return stage.truth(moment, shop, [sale], epcs(packages), says, amount=1, unit="package")


def trial_sold(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.delivered(shop, trial=True)
    moment = stage.in_hours(shop, 2, 2)
    sale = stage.sell(shop, packages, moment)
    return stage.truth(moment, shop, [sale], epcs(packages), "a trial package was sold", amount=1, unit="package")


def repack_at_shop(stage: Stage) -> Planted:
    return _opened(stage, "joint", "a shop made joints from a package")


def hash_by_shop(stage: Stage) -> Planted:
    return _opened(stage, "hash", "a shop made hash from a package")


def _opened(stage: Stage, product: str, says: str) -> Planted:
    shop = stage.shop()
    names = epcs(stage.delivered(shop, grams=5))
    moment = stage.in_hours(shop, 2, 1)
    out = Mass(stage.numbers.lot(product), 5_000 if product == "joint" else 500)
    event = stage.add(shop, moment, acts.opened_at_shop(shop, names, out, product))
    return stage.truth(moment, shop, [event], [*names, out.lot], says, amount=5, unit="GRM")


def registered_too_late(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.delivered(shop)
    moment = stage.in_hours(shop, 2, 2)
    sale = stage.sell(shop, packages, moment, recorded=moment + 9 * DAY + HOUR)
    says = "a sale was registered nine days after it happened"
    return stage.truth(moment, shop, [sale], epcs(packages), says, amount=9, unit="DAY")


def registered_before_event(stage: Stage) -> Planted:
    shop = stage.shop()
    packages = stage.delivered(shop)
    moment = stage.in_hours(shop, 2, 3)
    sale = stage.sell(shop, packages, moment, recorded=moment - HOUR)
    says = "a sale was registered an hour before it happened"
    return stage.truth(moment, shop, [sale], epcs(packages), says, amount=1, unit="HUR")


PLANTERS = (
    sold_twice, sold_after_destroyed, foreign_package, sold_before_received, blocked_lot_sold, stock_over_limit,
    count_shortage, destroyed_without_witness, basket_over_5g, sale_outside_hours, sale_while_closed, trial_sold,
    repack_at_shop, hash_by_shop, registered_too_late, registered_before_event,
)  # fmt: skip
