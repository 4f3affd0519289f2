"""The engine says what the oracle says: on random histories, for random norms of every kind with all that they may have.

What is compared is every verdict row (object, event, verdict, due moment, lateness) with the met ones kept, those that are
not met without, and the counts both ways.
"""

from __future__ import annotations

from typing import Any

import oracle
import pytest
import worlds
from engine import Ran, counted, shared, tables_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scherp.norms.model import Framework

BY_KIND = {
    "response": worlds.responses(),
    "precedence": worlds.precedences(),
    "absence": worlds.absences(),
    "occurrence": worlds.occurrences(),
    "separation": worlds.separations(),
    "deadline": worlds.deadlines(),
    "condition": worlds.conditions(),
}
STEADY = settings(
    derandomize=True, deadline=None, max_examples=40, suppress_health_check=list(HealthCheck), database=None
)


def compare(judged: Framework, world: oracle.World, **how: Any) -> None:
    expected = oracle.rows(judged, world)
    tables = tables_of(shared(), world, **how)
    kept, bare = (Ran(judged, world, keep_met, tables) for keep_met in (True, False))
    assert kept.rows == expected
    assert bare.rows == [row for row in expected if row[3] != "met"]
    assert kept.counts() == bare.counts() == counted(expected, judged)
    for one in bare.judgement.norms:
        assert one.population == sum(row[0] == one.norm for row in expected)


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_row_of_a_kind_is_the_oracles(kind: str) -> None:
    @STEADY
    @given(worlds.frameworks(BY_KIND[kind]), worlds.worlds())
    def agree(judged: Framework, world: oracle.World) -> None:
        compare(judged, world)

    agree()


@settings(STEADY, max_examples=30)
@given(
    worlds.frameworks(st.one_of(*BY_KIND.values()), most=6),
    worlds.worlds(dates=True),
    st.sampled_from(["UTC", worlds.ZONE]),
)
def test_bare_dates_are_counted_as_dates_in_any_zone(judged: Framework, world: oracle.World, zone: str) -> None:
    compare(judged, world, dates=True, zone=zone)
