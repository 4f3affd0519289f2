"""A length of time is a whole number above zero and a unit; months, years and working days need a calendar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.norms.model import Duration, Unit
from scherp.norms.terms import CALENDARS, UNITS, parse_duration, unit_fault


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("90 days", 90, "days"),
        ("1 day", 1, "days"),
        ("96 hours", 96, "hours"),
        ("6 weeks", 6, "weeks"),
        ("15 minutes", 15, "minutes"),
        ("30 seconds", 30, "seconds"),
        ("10 working days", 10, "working days"),
        ("1 working day", 1, "working days"),
        ("3 months", 3, "months"),
        ("2 years", 2, "years"),
        ("  10   working   days ", 10, "working days"),
    ],
)
def test_a_length_is_read(text: str, count: int, unit: Unit) -> None:
    assert parse_duration(text) == Duration(count, unit)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("90", "'90' is not a length of time. Write a whole number and a unit, such as '90 days'"),
        ("", "'' is not a length of time. Write a whole number and a unit, such as '90 days'"),
        ("days", "'days' is not a length of time. Write a whole number and a unit, such as '90 days'"),
        ("-1 days", "'-1 days' is not a length of time. Write a whole number and a unit, such as '90 days'"),
        ("1.5 days", "'1.5 days' is not a length of time. Write a whole number and a unit, such as '90 days'"),
        ("9 dayz", "'dayz' is not a unit of time. Did you mean 'days'?"),
        ("9 workng days", "'workng days' is not a unit of time. Did you mean 'working days'?"),
        ("0 days", "'0 days' is no time at all; a length of time is above zero"),
        ("1001 years", "'1001 years' is longer than a thousand years"),
        ("999999999999 seconds", "'999999999999 seconds' is longer than a thousand years"),
    ],
)
def test_what_is_no_length_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_duration(text)
    assert str(error.value) == sentence


@given(st.integers(1, 1000), st.sampled_from(UNITS))
def test_a_length_reads_back_what_it_prints(count: int, unit: Unit) -> None:
    assert parse_duration(str(Duration(count, unit))) == Duration(count, unit)


@given(st.text())
def test_any_text_is_a_length_or_a_sentence(text: str) -> None:
    try:
        length = parse_duration(text)
    except ValueError as error:
        sentence = str(error)
    else:
        assert length.count > 0
        return
    assert len(sentence.splitlines()) == 1


def test_which_unit_stands_with_which_calendar() -> None:
    allowed = {
        (unit, calendar)
        for unit in UNITS
        for calendar in (None, *CALENDARS)
        if unit_fault(Duration(2, unit), calendar) is None
    }
    fixed = ("seconds", "minutes", "hours", "days", "weeks")
    assert allowed == (
        {(unit, calendar) for unit in fixed for calendar in (None, "nl-term", "nl-days")}
        | {(unit, calendar) for unit in ("months", "years") for calendar in ("nl-term", "nl-days")}
        | {("working days", "nl-working-days")}
    )
