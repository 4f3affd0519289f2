"""The book closes: what is there at the end is what was there, with what came in and without what went."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chain_samples import (
    DRY,
    GROWER,
    SHOP,
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
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.accountancy.balance import Balance, Line, balance
from scherp.faults import Refused

DRY_CLASS = DRY.rpartition(".")[0]
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
REGISTER = (
    "party,site,name,kind,municipality,valid_from,valid_to,stock_limit_g,opens,closes\n"
    f"urn:epc:id:pgln:8712345.00001,{GROWER},G,grower,Breda,2025-01-01,,,,\n"
)


def line(found: Balance, site: str, product: str, period: date) -> Line:
    (only,) = [x for x in found.lines if (x.site, x.product, x.period) == (site, product, period)]
    return only


def figures(found: Line) -> list[int | None]:
    """opening, in, out, sampled, waste, destroyed, corrected, closing, counted, difference; whole grams here."""
    return [None if amount is None else int(amount) for amount in found.amounts]


def test_the_book_of_a_small_chain(tmp_path: Path) -> None:
    found = balance(chain_of(tmp_path, small_chain(), REGISTER))
    none = None
    assert figures(line(found, GROWER, "wet", JANUARY)) == [0, 100, 100, 0, 0, 0, 0, 0, none, none]
    assert figures(line(found, GROWER, DRY_CLASS, JANUARY)) == [0, 25, 0, 2, 0, 0, 0, 23, none, none]
    assert figures(line(found, GROWER, DRY_CLASS, FEBRUARY)) == [23, 0, 20, 0, 0, 0, 0, 3, none, none]
    assert figures(line(found, GROWER, "flower", FEBRUARY)) == [0, 20, 20, 0, 0, 0, 0, 0, none, none]
    # three packages came in, one was sold; of the two that should be there one was seen
    assert figures(line(found, SHOP, "flower", FEBRUARY)) == [0, 15, 5, 0, 0, 0, 0, 10, 5, -5]
    assert line(found, SHOP, "flower", FEBRUARY).counted_at == datetime(2026, 2, 4, 9)
    assert line(found, GROWER, "wet", FEBRUARY).party == "urn:epc:id:pgln:8712345.00001"
    assert (line(found, SHOP, "flower", FEBRUARY).party, found.untimed) == (None, 0)


def test_a_week_begins_on_monday_and_a_day_at_local_midnight(tmp_path: Path) -> None:
    # Sunday 1 February 23:30 UTC is Monday 2 February in Amsterdam.
    late = packed(1, "02-02T00:30", [grams(DRY, 5)], [package(1)])
    (flower,) = [x for x in balance(chain_of(tmp_path, [late]), "week").lines if x.product == "flower"]
    assert flower.period == date(2026, 2, 2)


def test_a_period_opens_with_what_the_one_before_closed_with_also_where_nothing_moved(tmp_path: Path) -> None:
    events = [
        packed(1, "01-01T09:00", [grams(DRY, 5)], [package(1)]),
        received(2, "04-01T09:00", [package(1)]),
    ]
    flower = [x for x in balance(chain_of(tmp_path, events)).lines if (x.site, x.product) == (GROWER, "flower")]
    assert [x.period.month for x in flower] == [1, 2, 3, 4]
    assert [int(x.opening) for x in flower] == [0, 5, 5, 5]


ITEM = [package(1)]


@pytest.mark.parametrize(
    ("acts", "amounts"),
    [
        ([event(3, "02-03T09:00", "scherp:voiding", SHOP, action="ADD", epcList=ITEM)], [0, 10, 0, 0, 0, 0, 0, 10]),
        ([event(3, "02-03T09:00", "destroying", SHOP, action="DELETE", disposition="destroyed", epcList=ITEM)],
         [0, 5, 0, 0, 0, 5, 0, 0]),
        ([event(3, "02-03T09:00", "scherp:wasting", SHOP, epcList=ITEM),
          event(4, "02-04T09:00", "destroying", SHOP, action="DELETE", disposition="destroyed", epcList=ITEM)],
         [0, 5, 0, 0, 5, 0, 0, 0]),
        ([event(3, "02-03T09:00", "scherp:missing", SHOP, action="DELETE", epcList=ITEM)], [0, 5, 0, 0, 0, 0, -5, 0]),
        ([event(3, "02-03T09:00", "scherp:correcting", SHOP, action="DELETE", epcList=ITEM)],
         [0, 5, 0, 0, 0, 0, -5, 0]),
        ([event(3, "02-03T09:00", "scherp:correcting", SHOP, action="ADD", epcList=ITEM)], [0, 5, 0, 0, 0, 0, 5, 10]),
        ([event(3, "02-03T09:00", "sampling", SHOP, epcList=ITEM)], [0, 5, 0, 5, 0, 0, 0, 0]),
        ([event(3, "02-03T09:00", "scherp:refusing", SHOP, epcList=ITEM)], [0, 5, 0, 0, 0, 0, 0, 5]),
        ([event(3, "02-03T09:00", "shipping", SHOP, disposition="returned", epcList=ITEM)], [0, 5, 5, 0, 0, 0, 0, 0]),
        ([event(3, "02-03T09:00", "inspecting", SHOP, disposition="conformant", epcList=ITEM)],
         [0, 5, 0, 0, 0, 0, 0, 5]),
    ],
)  # fmt: skip
def test_each_act_goes_to_its_own_column(tmp_path: Path, acts: list[dict[str, Any]], amounts: list[int]) -> None:
    events = [packed(1, "02-01T09:00", [grams(DRY, 5)], ITEM), received(2, "02-02T09:00", ITEM), *acts]
    found = line(balance(chain_of(tmp_path, events)), SHOP, "flower", FEBRUARY)
    assert figures(found)[:8] == amounts


def test_destruction_first_uses_up_the_waste_that_was_registered(tmp_path: Path) -> None:
    def lot(number: int, day: str, step: str, amount: int, **fields: Any) -> dict[str, Any]:
        return event(number, day, step, GROWER, quantityList=[grams(DRY, amount)], **fields)

    ends = {"action": "DELETE", "disposition": "destroyed"}
    made = event(
        1, "02-01T09:00", "scherp:drying", GROWER, inputQuantityList=[grams(WET, 90)],
        outputQuantityList=[grams(DRY, 90)],
    )  # fmt: skip
    events = [
        made,
        lot(2, "02-02T09:00", "scherp:wasting", 10),
        lot(3, "02-03T09:00", "destroying", 15, **ends),  # ten of these were waste already
        lot(4, "02-04T09:00", "scherp:wasting", 20),  # five of these were destroyed already
    ]
    found = line(balance(chain_of(tmp_path, events)), GROWER, DRY_CLASS, FEBRUARY)
    assert figures(found)[:8] == [0, 90, 0, 0, 25, 5, 0, 60]


def test_a_count_is_set_against_the_book_at_that_moment(tmp_path: Path) -> None:
    items = [package(n) for n in range(4)]
    events = [
        packed(1, "02-01T09:00", [grams(DRY, 20)], items),
        received(2, "02-02T09:00", items),
        event(3, "02-03T09:00", "stock_taking", SHOP, epcList=items[:3]),
        event(4, "02-03T09:10", "stock_taking", SHOP, epcList=items[2:]),  # the third is seen twice
        sold(5, "02-04T09:00", items[:1]),
    ]
    found = line(balance(chain_of(tmp_path, events)), SHOP, "flower", FEBRUARY)
    assert figures(found) == [0, 20, 5, 0, 0, 0, 0, 15, 20, 0]


def test_the_last_count_of_a_period_stands_also_for_a_product_that_no_book_has(tmp_path: Path) -> None:
    events = [
        event(1, "02-01T09:00", "stock_taking", SHOP, quantityList=[grams(DRY, 5)]),
        event(2, "02-03T09:00", "stock_taking", SHOP, quantityList=[grams(DRY, 7)]),
    ]
    (found,) = balance(chain_of(tmp_path, events)).lines
    assert (found.counted, found.difference, found.closing, found.product) == (7, 7, 0, "?")


def test_what_has_no_stated_weight_is_counted_and_not_guessed(tmp_path: Path) -> None:
    events = [
        packed(1, "02-01T09:00", [grams(DRY, 5)], [package(1)], weight=None),
        received(2, "02-02T09:00", [package(1), package(99)]),  # nobody packed the second
    ]
    found = balance(chain_of(tmp_path, events))
    assert (line(found, SHOP, "flower", FEBRUARY).unweighed, line(found, SHOP, "?", FEBRUARY).unweighed) == (1, 1)
    assert line(found, SHOP, "flower", FEBRUARY).in_ == 0


def test_an_event_that_was_taken_back_is_not_in_the_book(tmp_path: Path) -> None:
    events = [packed(1, "02-01T09:00", [grams(DRY, 5)], ITEM), received(2, "02-02T09:00", ITEM)]
    declared = events[1] | {"errorDeclaration": {"declarationTime": "2026-02-03T09:00:00+01:00"}}
    found = balance(chain_of(tmp_path, [*events, declared]))
    assert {x.site for x in found.lines} == {GROWER}


@pytest.mark.parametrize(("period", "zone"), [("year", "Europe/Amsterdam"), ("month", "Europe/Nowhere")])
def test_an_unknown_period_or_zone_is_refused(tmp_path: Path, period: str, zone: str) -> None:
    chain = chain_of(tmp_path, small_chain())
    with pytest.raises(Refused):
        balance(chain, period, zone)


def test_a_store_in_which_no_gram_moved_has_no_lines(tmp_path: Path) -> None:
    assert balance(chain_of(tmp_path, small_chain()[:1])).lines == []


weights = st.decimals("0.001", "50", places=3)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(weights, st.integers(0, 4), st.integers(1, 28)), min_size=1, max_size=12))
def test_an_honest_chain_closes_exactly(drawn: list[tuple[Decimal, int, int]]) -> None:
    """How far each package goes: packed, dispatched, received, sold, voided. Nothing is lost, so what is in stock is
    what was packed less what is on its way or sold, to the last digit, and the shop's count agrees with its book."""
    events: list[dict[str, Any]] = []
    for n, (weight, far, day) in enumerate(drawn):
        item = [package(n)]
        acts = [
            packed(f"{n}-0", f"02-{day:02}T09:00", [grams(DRY, float(weight))], item, float(weight)),
            shipped(f"{n}-1", f"02-{day:02}T10:00", item),
            received(f"{n}-2", f"03-{day:02}T10:00", item),
            sold(f"{n}-3", f"04-{day:02}T10:00", item),
            event(f"{n}-4", f"05-{day:02}T10:00", "scherp:voiding", SHOP, action="ADD", epcList=item),
        ]
        events += acts[: far + 1]
    shop = [package(n) for n, (_, far, _) in enumerate(drawn) if far in (2, 4)]
    if shop:
        events.append(event("count", "06-01T10:00", "stock_taking", SHOP, epcList=shop))
    with tempfile.TemporaryDirectory() as folder:
        found = balance(chain_of(Path(folder), events))
    flower = [x for x in found.lines if x.product == "flower"]
    last = max(x.period for x in flower)
    assert sum(x.closing for x in flower if x.period == last) == sum(w for w, far, _ in drawn if far in (0, 2, 4))
    assert sum(x.in_ for x in flower if x.site == GROWER) == sum(weight for weight, *_ in drawn)
    assert [x.difference for x in flower if x.counted is not None] == ([0] if shop else [])
    closed: dict[tuple[str | None, str], Decimal] = {}
    for x in found.lines:
        assert x.opening == closed.get((x.site, x.product), 0)
        closed[x.site, x.product] = x.closing
    assert all(x.opening >= 0 and x.closing >= 0 for x in flower)
