"""A recall says of every package of a lot where its last act left it, and of every lot what is left of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chain_samples import (
    BASKET,
    DRY,
    GROWER,
    SHIPMENT,
    SHOP,
    TRIM,
    WET,
    chain_of,
    event,
    grams,
    package,
    packed,
    received,
    shipped,
    small_chain,
    sold,
)

from scherp.accountancy.recall import Holding, Left, recall
from scherp.faults import Refused

CARRIER = "urn:epc:id:pgln:8712345.00003"
ONE = [package(1)]


def test_the_recall_of_a_lot(tmp_path: Path) -> None:
    found = recall(chain_of(tmp_path, small_chain()), WET + "1")
    assert found.packages == [
        Holding(package(1), "sold", SHOP, datetime(2026, 2, 3, 9), "urn:uuid:e9", basket=BASKET),
        Holding(package(2), "in_stock", SHOP, datetime(2026, 2, 2, 14), "urn:uuid:e7"),
        Holding(package(3), "in_stock", SHOP, datetime(2026, 2, 2, 14), "urn:uuid:e7"),
        Holding(package(4), "refused", SHOP, datetime(2026, 2, 2, 14, 5), "urn:uuid:e8", shipment=SHIPMENT),
    ]
    assert found.counts == {"sold": 1, "in_stock": 2, "refused": 1}
    assert found.lots == [
        Left(WET + "1", GROWER, Decimal(100), Decimal(0)),
        Left(DRY + "1", GROWER, Decimal(25), Decimal(3)),
        Left(TRIM + "1", GROWER, Decimal(5), Decimal(5)),
    ]


def after(*acts: dict[str, Any]) -> list[dict[str, Any]]:
    return [packed(1, "02-01T09:00", [grams(DRY, 5)], ONE), *acts]


@pytest.mark.parametrize(
    ("acts", "state", "site"),
    [
        ([], "in_stock", GROWER),
        ([shipped(2, "02-02T09:00", ONE)], "in_transit", GROWER),
        ([received(2, "02-02T09:00", ONE)], "in_stock", SHOP),
        ([sold(2, "02-02T09:00", ONE)], "sold", SHOP),
        ([sold(2, "02-02T09:00", ONE),
          event(3, "02-03T09:00", "scherp:voiding", SHOP, action="ADD", epcList=ONE)], "in_stock", SHOP),
        ([event(2, "02-02T09:00", "destroying", SHOP, action="DELETE", disposition="destroyed", epcList=ONE)],
         "destroyed", SHOP),
        ([event(2, "02-02T09:00", "scherp:missing", SHOP, action="DELETE", disposition="stolen", epcList=ONE)],
         "missing", SHOP),
        ([event(2, "02-02T09:00", "scherp:correcting", SHOP, action="DELETE", epcList=ONE)], "removed", SHOP),
        ([event(2, "02-02T09:00", "scherp:correcting", SHOP, action="ADD", epcList=ONE)], "in_stock", SHOP),
        ([event(2, "02-02T09:00", "shipping", SHOP, disposition="returned", epcList=ONE)], "in_transit", SHOP),
        ([event(2, "02-02T09:00", "receiving", GROWER, disposition="returned", epcList=ONE)], "in_stock", GROWER),
        ([received(2, "02-02T09:00", ONE), event(3, "02-03T09:00", "stock_taking", GROWER, epcList=ONE)],
         "in_stock", SHOP),
        ([received(2, "02-02T09:00", ONE), event(3, "02-03T09:00", "holding", GROWER, epcList=ONE)], "in_stock", SHOP),
        # registered in another order than they happened
        ([sold(2, "02-04T09:00", ONE), received(3, "02-03T09:00", ONE)], "sold", SHOP),
    ],
)  # fmt: skip
def test_a_package_is_where_its_last_act_left_it(
    tmp_path: Path, acts: list[dict[str, Any]], state: str, site: str
) -> None:
    (found,) = recall(chain_of(tmp_path, after(*acts)), DRY).packages
    assert (found.state, found.site) == (state, site)


def test_what_is_on_its_way_names_its_shipment_and_who_it_goes_to(tmp_path: Path) -> None:
    (found,) = recall(chain_of(tmp_path, after(shipped(2, "02-02T09:00", ONE))), DRY).packages
    assert (found.shipment, found.to, found.basket) == (SHIPMENT, CARRIER, None)


def test_waste_that_is_destroyed_later_leaves_a_lot_once(tmp_path: Path) -> None:
    made = event(
        1, "01-01T09:00", "scherp:drying", GROWER, inputQuantityList=[grams(WET, 9)],
        outputQuantityList=[grams(DRY, 9)],
    )  # fmt: skip
    waste = event(2, "01-02T09:00", "scherp:wasting", GROWER, quantityList=[grams(DRY, 2)])
    gone = event(
        3, "01-03T09:00", "destroying", GROWER, action="DELETE", disposition="destroyed", quantityList=[grams(DRY, 3)]
    )
    chain = chain_of(tmp_path, [made, waste, gone])
    assert recall(chain, DRY).lots == [Left(DRY, GROWER, Decimal(9), Decimal(6))]


@pytest.mark.parametrize(
    ("identifier", "sentence"), [("urn:x", "does not have"), (SHIPMENT, "is a shipment"), (SHOP, "is of type sgln")]
)
def test_what_cannot_be_recalled_is_refused_with_a_sentence(tmp_path: Path, identifier: str, sentence: str) -> None:
    chain = chain_of(tmp_path, small_chain())
    with pytest.raises(Refused, match=sentence):
        recall(chain, identifier)
