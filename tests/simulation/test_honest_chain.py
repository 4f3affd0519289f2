"""The honest chain breaks no law, and its noise says nothing false."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

from laws import deviations
from simulated_chain import Chain, instant, local_days_late, read_chain

from scherp.simulation.chain import simulate_chain

TYPES = {
    "commissioning", "scherp:harvesting", "scherp:drying", "scherp:mixing", "scherp:processing", "sampling", "inspecting",
    "holding", "scherp:releasing", "packing", "shipping", "receiving", "scherp:refusing", "retail_selling", "scherp:voiding",
    "stock_taking", "scherp:correcting", "scherp:missing", "scherp:wasting", "destroying",
}  # fmt: skip


def test_the_honest_chain_breaks_no_law(honest: Chain) -> None:
    assert deviations(honest) == []


def test_a_broken_law_would_be_seen(honest: Chain) -> None:
    sale = next(event for event in honest.events if event["bizStep"] == "retail_selling")
    again = sale | {"eventID": "urn:uuid:again", "eventTime": sale["eventTime"].replace("2025-04", "2025-05")}
    chain = Chain(
        [*honest.events, again], [], set(), honest.rows, honest.kinds, honest.shops, honest.labs, honest.limits
    )
    found = deviations(chain)
    assert ("sold_twice", sale["epcList"][0]) in found


def test_every_act_of_the_profile_occurs(tmp_path: Path) -> None:
    # Rare acts (a theft, a dented box) need some shops and weeks.
    simulate_chain(tmp_path / "out", 3, weeks=14, scale=0.4)
    assert {event["bizStep"] for event in read_chain(tmp_path / "out").events} == TYPES


def test_every_package_is_sold_at_most_once_net_of_voids(honest: Chain) -> None:
    net: Counter[str] = Counter()
    for event in honest.events:
        if event["bizStep"] in ("retail_selling", "scherp:voiding"):
            sign = 1 if event["bizStep"] == "retail_selling" else -1
            net.update(dict.fromkeys(event["epcList"], sign))
    assert set(net.values()) <= {0, 1}
    assert sum(net.values()) > 1000


def test_ids_are_unique_among_events(honest: Chain) -> None:
    ids = [event["eventID"] for event in honest.events]
    assert len(ids) == len(set(ids))


def test_shops_sell_from_the_first_day(honest: Chain) -> None:
    sold = min(instant(event["eventTime"]) for event in honest.events if event["bizStep"] == "retail_selling")
    assert sold.date().isoformat() == "2025-04-14"


def test_honest_registration_is_never_early_and_never_nine_days_late(honest: Chain) -> None:
    lags = [instant(event["recordTime"]) - instant(event["eventTime"]) for event in honest.events]
    assert min(lags) > timedelta(0)
    assert max(lags) < timedelta(days=9)


def test_most_honest_registration_is_in_time_and_some_is_not(honest: Chain) -> None:
    late = [event for event in honest.events if local_days_late(event) > 1]
    assert 0 < len(late) < len(honest.events) / 100


def test_a_repeated_upload_repeats_bytes(honest: Chain) -> None:
    times = Counter(honest.lines)
    ids = Counter(json.loads(line)["eventID"] for line in times if b"errorDeclaration" not in line)
    assert max(times.values()) > 1
    assert set(ids.values()) == {1}, "the same id never comes with other bytes, save as its declaration"


def test_uploads_come_out_of_the_order_of_events(honest: Chain) -> None:
    moments = [instant(json.loads(line)["eventTime"]) for line in honest.lines]
    assert moments != sorted(moments)


def test_a_declared_error_is_replaced_by_an_event_that_stands(honest: Chain) -> None:
    declared = [event for line in set(honest.lines) if "errorDeclaration" in (event := json.loads(line))]
    standing = {event["eventID"]: event for event in honest.events}
    assert declared
    for event in declared:
        (instead,) = event["errorDeclaration"]["correctiveEventIDs"]
        assert standing[instead]["eventTime"] == event["eventTime"]
        assert standing[instead]["bizStep"] == event["bizStep"]
        assert instant(event["errorDeclaration"]["declarationTime"]) > instant(event["eventTime"])


def test_a_count_that_differs_is_corrected_with_a_reason(tmp_path: Path) -> None:
    simulate_chain(tmp_path / "out", 2, weeks=10, scale=0.2)
    chain = read_chain(tmp_path / "out")
    corrected = [event for event in chain.events if event["bizStep"] == "scherp:correcting"]
    assert corrected
    assert all(event["scherp:reason"] for event in corrected)
    assert deviations(chain) == []


def test_a_clock_change_has_events_on_both_sides(honest: Chain) -> None:
    night = [event for event in honest.events if event.get("scherp:device") == "night-reader"]
    assert [event["eventTime"] for event in sorted(night, key=lambda event: instant(event["eventTime"]))] == [
        "2025-03-30T01:40:00+01:00",
        "2025-03-30T03:20:00+02:00",
    ]


def test_without_noise_nothing_is_late_repeated_or_taken_back(tmp_path: Path) -> None:
    done = simulate_chain(tmp_path / "out", 11, weeks=4, scale=0.1, noise=False)
    chain = read_chain(tmp_path / "out")
    assert done.duplicates == 0
    assert chain.wrong == set()
    assert len(chain.lines) == len(set(chain.lines)) == done.events
    assert max(instant(e["recordTime"]) - instant(e["eventTime"]) for e in chain.events) < timedelta(minutes=2)
    assert deviations(chain) == []


def test_noise_changes_no_fact(tmp_path: Path) -> None:
    """Leave out when things were registered: what stands with noise also happened without it, but for the one kind of
    noise that is a fact (a package handed over without a scan)."""
    facts = []
    for noise in (True, False):
        simulate_chain(tmp_path / "out", 5, weeks=3, scale=0.1, noise=noise)
        chain = read_chain(tmp_path / "out")
        assert not any(chain.corrections.values()), "choose a seed without an unscanned sale"
        facts.append({event["eventID"]: event | {"recordTime": ""} for event in chain.events})
    assert facts[0] == facts[1]
