"""The engine says what the oracle says: on random histories, for random norms of every kind with all that they may have.

What is compared is every verdict row (object, event, verdict, due moment, lateness) with the met ones kept, those that are
not met without, and the counts both ways.
"""

from __future__ import annotations

from random import Random

import oracle
import pytest
import worlds
from engine import Ran, counted, shared, tables_of
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.norms.model import Framework

STEADY = settings(derandomize=True, deadline=None, database=None)
SEEDS = st.integers(0, 2**32 - 1)
EXAMPLES = {"response": 10}


def compare(judged: Framework, world: oracle.World, source: str = "UTC") -> None:
    expected = oracle.rows(judged, world)
    tables = tables_of(shared(), world, source)
    kept, bare = (Ran(judged, world, keep_met, tables) for keep_met in (True, False))
    assert kept.rows == expected
    assert bare.rows == [row for row in expected if row[3] != "met"]
    assert kept.counts() == bare.counts() == counted(expected, judged)
    for one in bare.judgement.norms:
        assert one.population == sum(row[0] == one.norm for row in expected)


@pytest.mark.parametrize("kind", worlds.KINDS)
def test_every_row_of_a_kind_is_the_oracles(kind: str) -> None:
    @settings(STEADY, max_examples=EXAMPLES.get(kind, 8))
    @given(SEEDS)
    def agree(seed: int) -> None:
        rnd = Random(seed)
        compare(worlds.norms(rnd, [worlds.KINDS[kind]], 5), worlds.world(rnd))

    agree()


@pytest.mark.parametrize(
    ("source", "zone"), [("UTC", worlds.ZONE), (worlds.ZONE, worlds.ZONE), (worlds.ZONE, "America/Curacao")]
)
def test_bare_dates_are_counted_as_dates_in_any_zone(source: str, zone: str) -> None:
    @settings(STEADY, max_examples=4)
    @given(SEEDS)
    def agree(seed: int) -> None:
        rnd = Random(seed)
        compare(worlds.norms(rnd, list(worlds.KINDS.values()), 7, zone), worlds.world(rnd, dates=True), source)

    agree()
