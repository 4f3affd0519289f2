"""The clock of the simulation agrees with the time zone's own rules, also in the nights of a clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.simulation.agenda import Agenda
from scherp.simulation.clock import at, clock_changes, day_of, day_start, utc_text, written
from scherp.simulation.noise import Entry, disturb
from scherp.simulation.parties import with_check_digit

LOCAL = ZoneInfo("Europe/Amsterdam")
DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(date.toordinal)


@given(DAYS, st.integers(0, 2 * 86_400 - 1))
def test_a_local_time_reads_back_as_itself(day: int, second: int) -> None:
    moment = datetime.fromtimestamp(at(day, second), LOCAL)
    whole = date.fromordinal(day + second // 86_400)
    rest = second % 86_400
    skipped = day_start(whole.toordinal() + 1) - day_start(whole.toordinal()) == 82_800 and 7200 <= rest < 10_800
    shown = (rest // 3600 + skipped, rest // 60 % 60, rest % 60)
    assert (moment.date(), (moment.hour, moment.minute, moment.second)) == (whole, shown)


@given(st.integers(946_684_800, 2_208_988_800))
def test_a_moment_is_written_with_the_offset_of_that_moment(moment: int) -> None:
    text, offset = written(moment)
    assert text.endswith(offset)
    assert datetime.fromisoformat(text).timestamp() == moment
    assert date.fromordinal(day_of(moment)) == datetime.fromtimestamp(moment, LOCAL).date()
    assert datetime.fromisoformat(utc_text(moment)) == datetime.fromtimestamp(moment, UTC)


def test_both_clock_changes_of_a_year_are_found() -> None:
    first, last = date(2025, 1, 1).toordinal(), date(2025, 12, 31).toordinal()
    assert [utc_text(moment) for moment in clock_changes(first, last)] == [
        "2025-03-30T01:00:00Z",
        "2025-10-26T01:00:00Z",
    ]


@given(st.lists(st.integers(0, 50)))
def test_an_agenda_is_done_in_the_order_of_time_then_of_planning(moments: list[int]) -> None:
    agenda = Agenda()
    done: list[tuple[int, int]] = []

    def note(number: int, now: int) -> None:
        done.append((now, number))

    for number, moment in enumerate(moments):
        agenda.plan(moment, partial(note, number))
    agenda.run_until(25)
    early = list(done)
    agenda.run_until(100)
    assert done == sorted((moment, number) for number, moment in enumerate(moments))
    assert early == [one for one in done if one[0] < 25]


def test_an_agenda_plans_nothing_in_the_past() -> None:
    agenda = Agenda()
    agenda.run_until(10)
    with pytest.raises(ValueError, match="past"):
        agenda.plan(9, lambda now: None)


@given(st.integers(0, 2**32), st.integers(1, 200))
def test_noise_registers_nothing_early_and_nothing_nine_days_late(seed: int, count: int) -> None:
    start = at(date(2025, 10, 26).toordinal(), 3600)
    act = {"type": "ObjectEvent", "bizStep": "stock_taking", "epcList": ["a", "b"]}
    entries = [Entry(start + 977 * n, start + 977 * n + 5, f"urn:uuid:{n:036}", dict(act)) for n in range(count)]
    disturbed = disturb(entries, np.random.default_rng(seed))
    assert all(entry.moment < entry.recorded < entry.moment + 9 * 86_400 for entry in disturbed.entries)
    true = [entry for entry in disturbed.entries if entry.event_id[-4:] != "0bad"]
    assert [entry.act for entry in true] == [act] * count
    assert len(disturbed.entries) - count == 2 * disturbed.counts["declarations"]


@given(st.text("0123456789", min_size=12, max_size=12))
def test_a_check_digit_makes_the_weighed_sum_a_multiple_of_ten(digits: str) -> None:
    whole = with_check_digit(digits)
    assert whole[:12] == digits
    assert sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(reversed(whole))) % 10 == 0
