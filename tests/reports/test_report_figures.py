"""Figures say what the numbers say, and never by colour alone."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from scherp.judging.record import VERDICTS, Verdict
from scherp.reports.figures import lying_bar, patterns, share_line, verdict_bar, widened, widths
from scherp.reports.page import look

COUNTS = st.lists(st.integers(0, 10**9), min_size=5, max_size=5)


@settings(deadline=None)
@given(COUNTS)
def test_a_bar_is_full_and_shows_every_part_that_exists(counts: list[int]) -> None:
    drawn = widths(counts)
    if not any(counts):
        assert drawn == [0.0] * 5
        return
    assert sum(drawn) == pytest.approx(100)
    for count, width in zip(counts, drawn, strict=True):
        assert (width >= 0.6) == (count > 0)


@settings(deadline=None)
@given(COUNTS)
def test_a_larger_part_is_never_drawn_smaller(counts: list[int]) -> None:
    drawn = widths(counts)
    in_order = sorted(range(5), key=lambda at: counts[at])
    assert all(drawn[a] <= drawn[b] + 1e-9 for a, b in itertools.pairwise(in_order))


@pytest.mark.parametrize(("counts", "so"), [((999, 1), True), ((990, 10), False), ((0, 0), False), ((5, 0), False)])
def test_a_part_that_is_drawn_wider_than_it_is_is_known(counts: tuple[int, int], so: bool) -> None:
    assert widened(counts) is so


def test_each_verdict_but_met_has_a_pattern_of_its_own() -> None:
    defined = set(re.findall(r'<pattern id="p-(\w+)"', patterns()))
    assert defined == set(VERDICTS) - {"met"}
    for verdict in defined:
        assert f".v-{verdict} {{ fill: url(#p-{verdict}); }}" in look() or f".v-{verdict}, .lying" in look()


def test_a_bar_draws_the_verdicts_in_their_order_and_leaves_out_those_that_are_absent() -> None:
    counts: dict[Verdict, int] = {"met": 75, "breached": 25, "pending": 0, "unknown": 0, "not_applicable": 0}
    parts = html.fragment_fromstring(verdict_bar(counts, "three to one"))
    assert [(part.get("class"), part.get("x"), part.get("width")) for part in parts] == [
        ("v-met", "0%", "75%"),
        ("v-breached", "75%", "25%"),
    ]
    assert parts.get("role") == "img"
    assert parts.get("aria-label") == "three to one"


def test_a_bar_without_a_description_is_decoration() -> None:
    drawn = html.fragment_fromstring(verdict_bar(dict.fromkeys(VERDICTS, 1)))
    assert drawn.get("aria-hidden") == "true"
    assert drawn.get("role") is None


def test_the_share_stands_on_its_place_within_its_interval() -> None:
    drawn = html.fragment_fromstring(share_line((0.8, 0.7, 0.9), 0.95, "nl", "80 %"))
    band, dot, target = (drawn.find_class(name)[0] for name in ("band", "dot", "target"))
    assert (band.get("x"), band.get("width")) == ("70%", "20%")
    assert dot.get("cx") == "80%"
    assert (target.get("x1"), target.get("x2")) == ("95%", "95%")
    assert [letters.text for letters in drawn.iter("text")] == ["0%", "50%", "100%", "streefwaarde 95%"]


def test_a_lying_bar_is_as_long_as_its_part() -> None:
    assert html.fragment_fromstring(lying_bar(0.25))[0].get("width") == "25%"
