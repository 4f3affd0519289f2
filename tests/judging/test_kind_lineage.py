"""lineage: an unbroken line to origins; compared with a search upwards from every object in plain Python."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from chain import Did, Seen, Took, judged, picks, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.norms.formulas import parse_formula
from scherp.norms.model import Duration, Lineage, Valid

WHERE = parse_formula("plant.variety = 'x'")


def check(hours: int | None = None, where: bool = False) -> Lineage:
    return Lineage(
        "pack",
        picks("packed"),
        picks("harvested", "mixed"),
        picks("registered"),
        WHERE if where else None,
        None if hours is None else Duration(hours, "hours"),
    )


class Graph:
    """The chain as sets, searched upwards from one object at a time."""

    def __init__(self, history: list[Did], varieties: dict[str, str | None] | None) -> None:
        self.origins: set[tuple[str, int]] = set()
        self.into: dict[int, set[str]] = {}
        self.makings: dict[str, set[int]] = {}
        self.packed = {number for number, one in enumerate(history) if one.type == "packed"}
        for number, one in enumerate(history):
            for took in one.took:
                if one.type == "registered" and (
                    varieties is None or (took.type == "plant" and varieties.get(took.id) == "x")
                ):
                    self.origins.add((took.id, number))
                if one.type in ("packed", "harvested", "mixed") and took.role == "input":
                    self.into.setdefault(number, set()).add(took.id)
                if one.type in ("packed", "harvested", "mixed") and took.role == "output":
                    self.makings.setdefault(took.id, set()).add(number)

    def others(self, name: str, event: int) -> set[str]:
        return self.into.get(event, set()) - {name}

    def ancestors(self, name: str, through_origins: bool) -> set[str]:
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                for event in self.makings.get(one, ()):
                    if through_origins or (one, event) not in self.origins:
                        waiting += self.others(one, event)
        return found

    def comes_from_an_origin(self, name: str) -> bool:
        return any((one, event) in self.origins for one in self.ancestors(name, True) for _, event in self.origins)

    def good(self, name: str) -> bool:
        """Every object that leads here comes from an origin, and none came out of nothing."""
        for one in self.ancestors(name, False):
            out_of_nothing = any(
                not self.into.get(event) and (one, event) not in self.origins for event in self.makings.get(one, ())
            )
            if out_of_nothing or not self.comes_from_an_origin(one):
                return False
        return True


def oracle(
    history: list[Did], as_of: int, hours: int | None, varieties: dict[str, str | None] | None, known: set[str]
) -> set[Seen]:
    seen_now = [one for one in history if one.hour is None or one.hour <= as_of]
    graph = Graph(seen_now, varieties)
    packs = {took.id: took for one in history for took in one.took if took.type == "pack"}
    visible = {took.id for one in seen_now for took in one.took if took.type == "pack"}
    found = set()
    for name in (set(packs) & visible) | (known - set(packs)):
        makings = graph.makings.get(name, set())
        origin = any(one == name for one, _ in graph.origins)
        made = bool(makings & graph.packed)
        sound = all(
            (name, event) in graph.origins
            or (graph.into.get(event) and all(graph.good(one) for one in graph.into[event]))
            for event in makings
        )
        hours_of = [seen_now[event].hour for event in makings] if makings else []
        times = [hour for hour in hours_of if hour is not None]
        if not times:
            times = [e.hour for e in seen_now if e.hour is not None and any(t.id == name for t in e.took)]
        first = min(times, default=None)
        if (made or origin) and sound:
            found.add(Seen(name, None, "met", None, None, None))
            continue
        due = None if hours is None or first is None else first + hours
        if hours is not None and first is None:
            found.add(Seen(name, None, "unknown", "no-time", None, None))
        elif due is not None and due >= as_of:
            found.add(Seen(name, None, "pending", "feed-incomplete", due, None))
        else:
            reason = "broken-line" if made or origin else "no-origin"
            found.add(Seen(name, None, "breached", reason, due, None))
    return found


THINGS = [
    ("plant", "t"),
    ("plant", "u"),
    ("lot", "a"),
    ("lot", "b"),
    ("lot", "c"),
    ("pack", "p"),
    ("pack", "q"),
    ("pack", "r"),
]


@st.composite
def histories(draw: st.DrawFn) -> list[Did]:
    found = []
    plants, lots, packs = THINGS[:2], THINGS[2:5], THINGS[5:]
    for _ in range(draw(st.integers(0, 9))):
        act = draw(st.sampled_from(["registered", "harvested", "harvested", "mixed", "packed", "packed", "sold"]))
        into = {"harvested": plants * 3 + lots, "mixed": lots * 4 + packs, "packed": lots * 6 + packs}.get(act, [])
        out = {"harvested": lots, "mixed": lots, "packed": packs * 4 + lots}.get(act, [])
        took = []
        if act in ("registered", "sold"):
            some = plants * 3 + lots[:1] if act == "registered" else packs
            took += [
                Took(name, kind, "epc") for kind, name in draw(st.sets(st.sampled_from(some), min_size=1, max_size=2))
            ]
        else:
            took += [Took(n, k, "input") for k, n in draw(st.sets(st.sampled_from(into), max_size=2))]
            took += [Took(n, k, "output") for k, n in draw(st.sets(st.sampled_from(out), min_size=1, max_size=2))]
        found.append(Did(act, draw(st.sampled_from([0, 1, 1, 2, 3, None])), tuple(took)))
    return found


@settings(max_examples=50, derandomize=True, deadline=None)
@given(histories(), st.integers(0, 5), st.sampled_from([None, 1]), st.booleans(), st.booleans())
def test_the_engine_finds_what_a_search_upwards_finds(
    history: list[Did], as_of: int, hours: int | None, where: bool, keep_met: bool
) -> None:
    varieties = {"t": "x", "u": None}
    objects = {name: {"variety": variety} for name, variety in varieties.items()} | {"never seen": {}}
    used = {took.id for one in history for took in one.took}
    loose = {name for name in objects if name not in used}
    rows, counts = judged(check(hours, where), history, as_of, keep_met, objects=objects)
    expected = oracle(history, as_of, hours, varieties if where else None, loose)
    assert rows == {row for row in expected if keep_met or row.verdict != "met"}
    assert counts == verdicts(expected)


def turned(act: str, into: str, out: str, hour: int = 1) -> Did:
    kinds = {name: kind for kind, name in THINGS}
    took = [Took(name, kinds[name], "input") for name in into] + [Took(name, kinds[name], "output") for name in out]
    return Did(act, hour, tuple(took))


REGISTERED = Did("registered", 0, (Took("t", "plant", "epc"),))
SOLD = Did("sold", 3, (Took("p", "pack", "epc"),))
CHAIN = [REGISTERED, turned("harvested", "t", "a"), turned("packed", "a", "p"), SOLD]
TABLE = [
    ("from plant to package", CHAIN, None),
    ("in any order of the clock", list(reversed(CHAIN)), None),
    ("through several lots", [REGISTERED, turned("harvested", "t", "a"), turned("mixed", "a", "b"), turned("packed", "b", "p")], None),
    ("never made", [SOLD], "no-origin"),
    ("made by a shop", [*CHAIN[:2], turned("mixed", "a", "p")], "no-origin"),
    ("from an unknown lot", [turned("packed", "a", "p")], "broken-line"),
    ("from an unregistered plant", CHAIN[1:], "broken-line"),
    ("made of nothing", [*CHAIN[:2], turned("packed", "", "p")], "broken-line"),
    ("one of two lots is unknown", [*CHAIN[:2], turned("packed", "ab", "p")], "broken-line"),
    ("one of two plants is unregistered", [REGISTERED, turned("harvested", "tu", "a"), turned("packed", "a", "p")], "broken-line"),
    ("an unknown lot was added later", [*CHAIN[:2], turned("mixed", "c", "a"), turned("packed", "a", "p")], "broken-line"),
    ("a lot that goes in and comes out again", [*CHAIN[:2], turned("mixed", "a", "ab"), turned("packed", "a", "p")], None),
    ("a package that was relabelled", [*CHAIN, turned("packed", "p", "p")], None),
    ("a package that was only relabelled", [turned("packed", "p", "p")], "broken-line"),
    ("a circle with an origin", [*CHAIN[:2], turned("mixed", "a", "b"), turned("mixed", "b", "a"), turned("packed", "b", "p")], None),
    ("a circle without an origin", [turned("mixed", "a", "b"), turned("mixed", "b", "a"), turned("packed", "b", "p")], "broken-line"),
    ("packed anew from good packages", [*CHAIN[:3], turned("packed", "p", "q")], None),
]  # fmt: skip


@pytest.mark.parametrize(("history", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_verdict_table(history: list[Did], reason: str | None) -> None:
    rows, _ = judged(check(), history)
    assert {(row.verdict, row.reason) for row in rows} == {("met", None) if reason is None else ("breached", reason)}


def test_a_harvest_may_itself_be_the_origin() -> None:
    norm = Lineage("pack", picks("packed"), picks("mixed"), picks("harvested"))
    assert judged(norm, CHAIN)[1] == {"met": 1}


def test_where_is_about_the_origin() -> None:
    assert judged(check(where=True), CHAIN, objects={"t": {"variety": "x"}})[1] == {"met": 1}
    assert judged(check(where=True), CHAIN, objects={"t": {"variety": "y"}})[1] == {"breached": 1}
    assert judged(check(where=True), CHAIN)[1] == {"breached": 1}


@pytest.mark.parametrize(("as_of", "verdict"), [(50, "pending"), (51, "pending"), (52, "breached")])
def test_a_foreign_package_is_pending_while_the_feed_may_be_incomplete(as_of: int, verdict: str) -> None:
    assert judged(check(48), [SOLD], as_of)[0] == {
        Seen("p", None, verdict, "no-origin" if verdict == "breached" else "feed-incomplete", 51, None)
    }


def test_a_package_that_was_made_before_the_norm_is_not_applicable() -> None:
    rows, counts = judged(check(), CHAIN[1:], valid=Valid(start=date(2026, 4, 1)))
    assert {row.verdict for row in rows} == {"not_applicable"}
    assert counts == {"not_applicable": 1}


def test_a_long_line_is_walked_to_its_end() -> None:
    lots = [f"lot {number}" for number in range(40)]
    links = [
        Did("mixed", 1, (Took(one, "lot", "input"), Took(other, "lot", "output"))) for one, other in pairwise(lots)
    ]
    start = [REGISTERED, Did("harvested", 1, (Took("t", "plant", "input"), Took(lots[0], "lot", "output")))]
    end = Did("packed", 2, (Took(lots[-1], "lot", "input"), Took("p", "pack", "output")))
    assert judged(check(), [*start, *links, end])[1] == {"met": 1}
    assert judged(check(), [*start[1:], *links, end])[1] == {"breached": 1}
