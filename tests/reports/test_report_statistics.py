"""A share and its interval: the laws of the Wilson interval, and published values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.reports.statistics import wilson

COUNTS = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("met", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_the_literature(met: int, of: int, low: float, high: float) -> None:
    """Values of R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    share, lower, upper = wilson(met, of - met)
    assert share == met / of
    assert lower == pytest.approx(low, abs=5e-5)
    assert upper == pytest.approx(high, abs=5e-5)


def test_without_cases_there_is_no_share() -> None:
    assert wilson(0, 0) == (None, None, None)


@pytest.mark.parametrize(("met", "breached"), [(-1, 2), (2, -1)])
def test_a_negative_count_is_refused(met: int, breached: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        wilson(met, breached)


@settings(deadline=None)
@given(COUNTS, COUNTS)
def test_the_share_lies_within_its_interval_and_that_within_0_and_1(met: int, breached: int) -> None:
    share, low, high = wilson(met, breached)
    if share is None or low is None or high is None:
        assert met == breached == 0
        return
    assert 0 <= low <= share <= high <= 1
    assert low < high
    assert (low == 0) == (met == 0)
    assert (high == 1) == (breached == 0)


@settings(deadline=None)
@given(COUNTS, COUNTS.filter(bool))
def test_swapping_met_and_breached_mirrors_the_interval(met: int, breached: int) -> None:
    share, low, high = wilson(met, breached)
    mirrored = wilson(breached, met)
    assert (share, low, high) == pytest.approx(tuple(1 - x for x in (mirrored[0], mirrored[2], mirrored[1])), abs=1e-12)


@settings(deadline=None)
@given(st.integers(1, 10**5), st.integers(1, 10**5), st.integers(2, 50))
def test_more_cases_with_the_same_share_give_a_narrower_interval(met: int, breached: int, times: int) -> None:
    _, low, high = wilson(met, breached)
    _, closer_low, closer_high = wilson(met * times, breached * times)
    assert closer_high - closer_low < high - low
