"""For any web of transformations the walk finds exactly what a plain search of the graph finds."""

from __future__ import annotations

import tempfile
from pathlib import Path

from chain_samples import GROWER, MIX, chain_of, event, grams, package, plant
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.accountancy.genealogy import downward, upward

LOTS = [f"{MIX}{n}" for n in range(8)]
PLANTS = [plant(n) for n in range(4)]
PACKAGES = [package(n) for n in range(6)]
TYPES = dict.fromkeys(LOTS, "lgtin") | dict.fromkeys(PLANTS, "giai") | dict.fromkeys(PACKAGES, "sgtin")

some = st.lists(st.sampled_from(LOTS), min_size=1, max_size=3, unique=True)
transformations = st.lists(
    st.tuples(
        some | st.lists(st.sampled_from(PLANTS), min_size=1, max_size=3, unique=True),
        some | st.lists(st.sampled_from(PACKAGES), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from(PACKAGES), max_size=1),  # now and then a package is used again
    ),
    min_size=1,
    max_size=12,
)


def transformation(number: int, inputs: list[str], outputs: list[str]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for side, members in (("input", inputs), ("output", outputs)):
        if items := [member for member in members if member not in LOTS]:
            fields[f"{side}EPCList"] = items
        if lots := [grams(member, 1) for member in members if member in LOTS]:
            fields[f"{side}QuantityList"] = lots
    return event(number, "03-01T09:00", "packing", GROWER, **fields)


def reached(webs: list[tuple[list[str], list[str]]], start: str, back: bool) -> set[str]:
    """What a plain search finds."""
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for inputs, outputs in webs:
            here, there = (outputs, inputs) if back else (inputs, outputs)
            if at in here:
                waiting += set(there) - found
                found |= set(there)
    return found


@settings(max_examples=15, deadline=None)
@given(transformations)
def test_the_walk_finds_what_a_plain_search_finds(drawn: list[tuple[list[str], list[str], list[str]]]) -> None:
    webs = [(inputs + used, outputs) for inputs, outputs, used in drawn]
    with tempfile.TemporaryDirectory() as folder:
        chain = chain_of(Path(folder), (transformation(n, *web) for n, web in enumerate(webs)))
        for start in sorted({member for web in webs for side in web for member in side}):
            up, down = upward(chain, {start: TYPES[start]}), downward(chain, {start: TYPES[start]})
            assert set(up.types) == reached(webs, start, back=True)
            assert set(down.types) == reached(webs, start, back=False)
            assert set(up.levels) == set(up.types)
            for lineage in (up, down):
                assert all(TYPES[identifier] == kind for identifier, kind in lineage.types.items())
                assert len(lineage.edges) == len({(e.object_id, e.event_id, e.role) for e in lineage.edges})
                assert {edge.event_id for edge in lineage.edges} == set(lineage.steps)
