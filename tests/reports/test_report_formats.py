"""How numbers, moments and spans of time are written in Dutch and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.norms.model import Language
from scherp.reports.formats import day, moment, number, percent, size, span, span_range, target_percent

LANGUAGES = st.sampled_from(["nl", "en"])


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [(0, 0, "0", "0"), (1234.5, 1, "1.234,5", "1,234.5"), (1_990_423, 0, "1.990.423", "1,990,423")],
)
def test_dutch_and_english_swap_point_and_comma(value: float, decimals: int, dutch: str, english: str) -> None:
    assert number(value, "nl", decimals) == dutch
    assert number(value, "en", decimals) == english


@pytest.mark.parametrize(
    ("part", "dutch"),
    [(0.0, "0,0%"), (1e-9, "< 0,1%"), (0.8686, "86,9%"), (0.9996, "> 99,9%"), (1.0, "100,0%")],
)
def test_a_percentage_has_one_decimal(part: float, dutch: str) -> None:
    assert percent(part, "nl") == dutch


@settings(deadline=None)
@given(st.floats(0, 1), LANGUAGES)
def test_all_or_nothing_is_said_only_where_it_is_exact(part: float, lang: Language) -> None:
    said = percent(part, lang)
    assert (said in ("100,0%", "100.0%")) == (part == 1)
    assert (said in ("0,0%", "0.0%")) == (part == 0)


@pytest.mark.parametrize(("part", "dutch"), [(0.9, "90%"), (0.925, "92,5%"), (1.0, "100%"), (0.07, "7%")])
def test_a_target_has_the_decimals_it_was_given(part: float, dutch: str) -> None:
    assert target_percent(part, "nl") == dutch


@pytest.mark.parametrize(
    ("iso", "dutch", "english"),
    [
        ("2026-04-01T14:30:00Z", "1 april 2026, 14:30 UTC", "1 April 2026, 14:30 UTC"),
        ("2025-09-30T23:59:59.5Z", "30 september 2025, 23:59:59 UTC", "30 September 2025, 23:59:59 UTC"),
        ("not a moment", "not a moment", "not a moment"),
        (None, "–", "–"),
    ],
)
def test_a_moment_is_written_in_words(iso: str | None, dutch: str, english: str) -> None:
    assert moment(iso, "nl") == dutch
    assert moment(iso, "en") == english


@settings(deadline=None)
@given(st.dates())
def test_a_date_names_its_day_and_year(at: date) -> None:
    first, month, year = day(at.isoformat(), "nl").split(" ")
    assert (int(first), int(year)) == (at.day, at.year)
    assert month.isalpha()


@pytest.mark.parametrize(
    ("seconds", "dutch", "english"),
    [
        ("0", "0 seconden", "0 seconds"),
        ("0.5", "minder dan 1 seconde", "less than 1 second"),
        ("1", "1 seconde", "1 second"),
        ("3599.999999", "59 minuten en 59 seconden", "59 minutes and 59 seconds"),
        ("86400", "1 dag", "1 day"),
        ("97200", "1 dag en 3 uur", "1 day and 3 hours"),
        ("35605800.5", "412 dagen en 2 uur", "412 days and 2 hours"),
        ("123456789012", "1.428.898 dagen", "1,428,898 days"),
        ("-7200", "−2 uur", "−2 hours"),
        ("long", "long", "long"),
        ("Infinity", "Infinity", "Infinity"),
    ],
)
def test_lateness_is_told_in_its_two_largest_units(seconds: str, dutch: str, english: str) -> None:
    assert span(seconds, "nl") == dutch
    assert span(seconds, "en") == english


@settings(deadline=None)
@given(st.decimals(1, 10**10, places=6))
def test_told_lateness_is_never_more_than_the_lateness(seconds: Decimal) -> None:
    lengths = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
    parts = [part.split(" ") for part in span(str(seconds), "en").replace(",", "").split(" and ")]
    told = sum(int(count) * lengths[unit.removesuffix("s")] for count, unit in parts)
    largest = lengths[parts[0][1].removesuffix("s")]
    assert told <= seconds < told + largest


@pytest.mark.parametrize(
    ("start", "end", "dutch"),
    [
        (0, 86_400, "korter dan 1 dag"),
        (86_400, 604_800, "1 tot 7 dagen"),
        (3_600, 86_400, "1 tot 24 uur"),
        (60, 90_061, "1 minuut tot 1 dag en 1 uur"),
        (31_536_000, None, "365 dagen of meer"),
    ],
)
def test_a_bar_names_its_range(start: int, end: int | None, dutch: str) -> None:
    assert span_range(start, end, "nl") == dutch


@pytest.mark.parametrize(("count", "dutch"), [(0, "0 B"), (734_003, "734 kB"), (12_400_000, "12,4 MB")])
def test_a_size_has_a_decimal_unit(count: int, dutch: str) -> None:
    assert size(count, "nl") == dutch
