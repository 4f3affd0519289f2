"""Each planted violation is found by a second opinion, alone, and its record says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from laws import deviations
from simulated_chain import SMALL, Chain, instant, read_chain

from scherp.simulation.chain import Simulated, simulate_chain
from scherp.simulation.parties import INVENTED
from scherp.simulation.violations import PLANTERS

ASKED = [
    "sold_twice", "sold_after_destroyed", "foreign_package", "ghost_receipt", "never_received", "late_delivery",
    "manifest_mismatch", "dispatched_to_unknown_party", "dispatched_to_closed_shop", "packed_without_test",
    "failed_lot_packed", "blocked_lot_sold", "stock_over_limit", "stock_negative", "count_shortage",
    "waste_not_destroyed", "destroyed_without_witness", "basket_over_5g", "sale_outside_hours", "sale_while_closed",
    "return_to_other_grower", "return_without_carrier", "trial_sold", "pack_over_weight", "repack_at_shop",
    "plant_harvested_twice", "plant_dead_then_harvested", "unregistered_plant_harvested", "lot_mass_gain",
    "lot_mass_loss", "package_created_twice", "two_places_at_once", "registered_too_late", "registered_before_event",
    "kg_for_g", "hash_by_shop", "package_from_unknown_lot", "seal_used_twice",
]  # fmt: skip


@pytest.fixture(scope="session")
def planted(planted_out: tuple[Path, Simulated]) -> Chain:
    return read_chain(planted_out[0])


@pytest.fixture(scope="session")
def found(planted: Chain) -> dict[str, set[str]]:
    """Object -> the laws that it breaks."""
    by_object: dict[str, set[str]] = {}
    for check, thing in deviations(planted):
        by_object.setdefault(thing, set()).add(check)
    return by_object


def test_every_violation_asked_for_can_be_planted() -> None:
    assert set(ASKED) <= set(PLANTERS)


@pytest.mark.parametrize("name", PLANTERS)
def test_a_planted_violation_is_what_its_record_says(
    name: str, planted_out: tuple[Path, Simulated], planted: Chain, found: dict[str, set[str]]
) -> None:
    (record,) = [one for one in planted_out[1].planted if one.check == name]
    events = {event["eventID"]: event for event in planted.events}
    assert record.events
    assert record.objects
    assert record.amount
    shown = [events[event] for event in record.events]
    assert record.party in {event["scherp:actor"] for event in shown}
    assert record.moment in {_utc(event["eventTime"]) for event in shown}
    broken = set().union(*(found.get(thing, set()) for thing in record.objects))
    assert name in broken
    assert broken <= {name, *record.also}


def test_nothing_is_broken_but_what_was_planted(
    planted_out: tuple[Path, Simulated], found: dict[str, set[str]]
) -> None:
    recorded = {thing for record in planted_out[1].planted for thing in record.objects}
    assert set(found) <= recorded


def test_every_object_of_a_record_appears_in_the_events(planted_out: tuple[Path, Simulated], planted: Chain) -> None:
    written = b"".join(planted.lines)
    assert [
        thing for record in planted_out[1].planted for thing in record.objects if thing.encode() not in written
    ] == []


def test_planted_violations_lie_in_invented_municipalities(planted_out: tuple[Path, Simulated], planted: Chain) -> None:
    municipality = {row["party"]: row["municipality"] for row in planted.rows}
    assert {municipality[record.party] for record in planted_out[1].planted} <= set(INVENTED)


@pytest.mark.parametrize("name", ["sold_twice", "late_delivery", "lot_mass_gain", "sale_while_closed"])
def test_a_planter_adds_events_and_changes_none(name: str, tmp_path: Path) -> None:
    simulate_chain(tmp_path / "without", 5, violations=[], **SMALL)
    done = simulate_chain(tmp_path / "with", 5, violations=[name], **SMALL)
    before, after = (set(read_chain(tmp_path / which).lines) for which in ("without", "with"))
    assert before < after
    ids = " ".join(str(line) for line in after - before)
    assert [record.check for record in done.planted] == [name]
    assert all(event in ids for event in done.planted[0].events)


def test_a_planted_shortage_changes_one_count_only(tmp_path: Path) -> None:
    done = simulate_chain(tmp_path / "out", 5, violations=["count_shortage"], noise=False, **SMALL)
    chain = read_chain(tmp_path / "out")
    (record,) = done.planted
    assert deviations(chain) == [("count_shortage", thing) for thing in record.objects]


def test_the_honest_parties_are_the_same_with_and_without_planting(tmp_path: Path) -> None:
    simulate_chain(tmp_path / "without", 5, **SMALL)
    simulate_chain(tmp_path / "with", 5, violations=["all"], **SMALL)
    alone, among = (tmp_path / which / "chain" for which in ("without", "with"))
    for folder in sorted(path.name for path in alone.iterdir() if path.name.startswith(("grower", "shop"))):
        for path in (alone / folder).iterdir():
            assert path.read_bytes() == (among / folder / path.name).read_bytes()


def test_a_name_may_be_planted_several_times(tmp_path: Path) -> None:
    done = simulate_chain(tmp_path / "out", 9, violations=["sold_twice"] * 7, **SMALL)
    things = {thing for record in done.planted for thing in record.objects}
    assert len(things) == 7
    assert deviations(read_chain(tmp_path / "out")) == [("sold_twice", thing) for thing in _in_order(done)]


def _in_order(done: Simulated) -> list[str]:
    return [record.objects[0] for record in sorted(done.planted, key=lambda record: record.moment)]


def _utc(text: str) -> str:
    return instant(text).astimezone(instant("2000-01-01T00:00:00+00:00").tzinfo).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_page_lists_every_violation_that_can_be_planted() -> None:
    page = (Path(__file__).parents[2] / "docs/simulation.md").read_text(encoding="utf-8")
    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `") and "_" in line] == list(
        PLANTERS
    )
