"""A trace finds every plant behind a package and every package, shop and sale ahead of a lot, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from chain_samples import (
    BASKET,
    DRY,
    GROWER,
    MIX,
    SHIPMENT,
    SHOP,
    TRIM,
    WET,
    chain_of,
    event,
    grams,
    package,
    packed,
    plant,
    received,
    shipped,
    small_chain,
    store_of,
)

from scherp.accountancy.balance import balance
from scherp.accountancy.chain import DERIVED, open_chain
from scherp.accountancy.tracing import trace
from scherp.faults import Refused


def test_a_package_goes_back_to_its_plants_and_not_to_others(tmp_path: Path) -> None:
    found = trace(chain_of(tmp_path, small_chain()), package(1))
    assert found.origins == [plant(1), plant(2)]
    assert [(thing.level, thing.object_id) for thing in found.things] == [
        (-3, plant(1)),
        (-3, plant(2)),
        (-2, WET + "1"),
        (-1, DRY + "1"),
        (0, package(1)),
    ]
    assert [step.act for step in found.steps] == ["harvested", "dried", "packed"]
    assert found.open_ends == []
    wet = next(thing for thing in found.things if thing.object_id == WET + "1")
    assert (wet.amount, wet.unit, wet.place, wet.made) == (Decimal(100), "GRM", GROWER, "harvested")
    assert [(act.act, act.document) for act in found.movements] == [
        ("packed", None), ("dispatched", SHIPMENT), ("received", SHIPMENT), ("sold", BASKET),
    ]  # fmt: skip


def test_a_plant_goes_forward_to_every_lot_package_and_sale(tmp_path: Path) -> None:
    found = trace(chain_of(tmp_path, small_chain()), plant(1))
    ahead = [(thing.level, thing.object_id) for thing in found.things]
    assert ahead == [
        (0, plant(1)), (1, WET + "1"), (2, DRY + "1"), (2, TRIM + "1"), *((3, package(n)) for n in (1, 2, 3, 4)),
    ]  # fmt: skip
    assert {holding.object_id: holding.state for holding in found.holdings} == {
        package(1): "sold", package(2): "in_stock", package(3): "in_stock", package(4): "refused",
    }  # fmt: skip
    assert found.things[0].made == "plant_registered"


@pytest.mark.parametrize(("document", "packages"), [(SHIPMENT, (1, 2, 3, 4)), (BASKET, (1,))])
def test_a_shipment_and_a_basket_are_traced_through_their_packages(
    tmp_path: Path, document: str, packages: tuple[int, ...]
) -> None:
    found = trace(chain_of(tmp_path, small_chain()), document)
    assert [thing.object_id for thing in found.things if thing.level == 0] == [package(n) for n in packages]
    assert found.origins == [plant(1), plant(2)]


def test_a_merged_lot_carries_all_its_parents(tmp_path: Path) -> None:
    events = [
        event(n, "01-20T09:00", "scherp:harvesting", GROWER, inputEPCList=[plant(n)],
              outputQuantityList=[grams(f"{WET}{n}", 10)])
        for n in (1, 2, 3)
    ]  # fmt: skip
    lots = [grams(f"{WET}{n}", 10) for n in (1, 2)]
    events += [
        event(4, "01-21T09:00", "scherp:mixing", GROWER, inputQuantityList=lots, outputQuantityList=[grams(MIX, 20)]),
        packed(5, "01-22T09:00", [grams(MIX, 5)], [package(1)]),
    ]
    assert trace(chain_of(tmp_path, events), package(1)).origins == [plant(1), plant(2)]


def test_a_package_that_was_used_again_is_followed_further(tmp_path: Path) -> None:
    again = event(
        20, "02-10T09:00", "packing", GROWER, inputEPCList=[package(2)], outputEPCList=[package(80), package(81)]
    )
    chain = chain_of(tmp_path, [*small_chain(), again])
    assert {package(80), package(81)} <= {thing.object_id for thing in trace(chain, WET + "1").things}
    assert trace(chain, package(81)).origins == [plant(1), plant(2)]
    states = {holding.object_id: holding.state for holding in trace(chain, package(2)).holdings}
    assert states == {package(2): "used", package(80): "in_stock", package(81): "in_stock"}


def test_a_cycle_in_bad_data_ends(tmp_path: Path) -> None:
    first, second = MIX + "1", MIX + "2"
    events = [
        event(1, "01-01T09:00", "scherp:mixing", GROWER, inputQuantityList=[grams(first, 1)],
              outputQuantityList=[grams(second, 1)]),
        event(2, "01-02T09:00", "scherp:mixing", GROWER, inputQuantityList=[grams(second, 1)],
              outputQuantityList=[grams(first, 1), grams(second, 1)]),
        packed(3, "01-03T09:00", [grams(second, 1)], [package(1)]),
    ]  # fmt: skip
    found = trace(chain_of(tmp_path, events), package(1))
    assert {thing.object_id for thing in found.things} == {first, second, package(1)}
    assert len(found.edges) == len(set(found.edges)) == 7


def test_a_package_that_nobody_packed_is_an_open_end(tmp_path: Path) -> None:
    found = trace(chain_of(tmp_path, [received(1, "01-01T09:00", [package(9)])]), package(9))
    assert (found.origins, found.open_ends, found.steps) == ([], [package(9)], [])
    assert (found.things[0].made, found.things[0].place) == ("received", SHOP)


def test_an_event_that_was_taken_back_is_left_out(tmp_path: Path) -> None:
    taken_back = small_chain()[1] | {
        "errorDeclaration": {"declarationTime": "2026-01-21T09:00:00+01:00", "reason": "incorrect_data"}
    }
    found = trace(chain_of(tmp_path, [*small_chain(), taken_back]), package(1))
    assert (found.origins, found.open_ends) == ([], [WET + "1"])


@pytest.mark.parametrize(
    ("identifier", "sentence"),
    [("urn:epc:id:sgtin:8712345.054321.999", "does not have the object"), (SHOP, "is of type sgln"), ("", "does not")],
)
def test_what_cannot_be_traced_is_refused_with_a_sentence(tmp_path: Path, identifier: str, sentence: str) -> None:
    chain = chain_of(tmp_path, small_chain())
    with pytest.raises(Refused, match=sentence):
        trace(chain, identifier)


def test_ten_thousand_packages_in_a_shipment(tmp_path: Path) -> None:
    many = [package(n) for n in range(10_000)]
    events = [*small_chain()[:4], packed(5, "02-01T09:00", [grams(DRY + "1", 20)], many, "0.002")]
    events[-1]["ilmd"]["scherp:netWeight"] = 0.002
    found = trace(chain_of(tmp_path, [*events, shipped(6, "02-02T09:00", many)]), SHIPMENT)
    assert len(found.holdings) == 10_000
    assert {holding.state for holding in found.holdings} == {"in_transit"}
    assert found.origins == [plant(1), plant(2)]


def test_a_later_intake_and_deleted_copies_change_nothing(tmp_path: Path) -> None:
    whole = trace(chain_of(tmp_path, small_chain(), name="whole"), plant(1))
    store_of(tmp_path, small_chain()[:5])
    open_chain(tmp_path / "store")  # the copies of the first snapshot
    kept = set((tmp_path / "store" / DERIVED).iterdir())
    store = store_of(tmp_path, small_chain())
    found = trace(open_chain(store), plant(1))
    copies = set((store / DERIVED).iterdir())
    assert kept < copies
    assert (found.things, found.edges, found.holdings) == (whole.things, whole.edges, whole.holdings)
    for copy in copies:
        copy.unlink()
    (store / DERIVED / ("0" * 64 + "-makers.parquet")).write_bytes(b"a copy of a part that is gone")
    assert trace(open_chain(store), plant(1)) == found
    assert set((store / DERIVED).iterdir()) == copies


def test_a_store_that_may_not_be_written_is_traced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of(tmp_path, small_chain())
    monkeypatch.setattr("scherp.accountancy.chain.os.access", lambda *_: False)
    assert trace(open_chain(store), package(1)).origins == [plant(1), plant(2)]
    assert not list((store / DERIVED).iterdir())


def test_requests_at_once_each_have_a_cursor_and_the_same_answer(tmp_path: Path) -> None:
    chain = chain_of(tmp_path, small_chain())
    expected = trace(chain, package(1)), balance(chain)
    with ThreadPoolExecutor(4) as pool:
        cursors = [chain.cursor() for _ in range(8)]
        answers = list(pool.map(lambda cursor: (trace(cursor, package(1)), balance(cursor)), cursors))
    assert answers == [expected] * 8


def test_a_missing_part_is_refused(tmp_path: Path) -> None:
    store = store_of(tmp_path, small_chain())
    next((store / "parts" / "takes_part").rglob("*.parquet")).unlink()
    with pytest.raises(Refused, match="is missing"):
        open_chain(store)
