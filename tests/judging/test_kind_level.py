"""level: adds minus removes, for each key, between its bounds; compared with a sum over the whole history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from chain import Did, Seen, Took, judged, picks, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.events.intake import take_in
from scherp.events.sources import find_sources
from scherp.norms.model import Duration, Level, Parameter, Valid

WEIGHTS = {"i": 3, "j": Decimal("2.5"), "k": None}
IN, OUT = picks("in"), picks("out")
SEVEN = Level("item", "place", IN, OUT, never_below=Decimal(0), never_above=Decimal(2))


def amount(measure: str, took: Took) -> Decimal | None:
    if measure == "count":
        return Decimal(1)
    if measure == "quantity":
        return took.quantity
    weight = WEIGHTS[took.id]
    return None if weight is None else Decimal(weight)


def oracle(check: Level, history: list[Did], as_of: int, hours: int | None) -> set[Seen]:  # noqa: PLR0912
    changes: dict[str | None, list[tuple[int | None, str, Decimal | None, str]]] = {}
    for number, one in enumerate(history, 1):
        if one.hour is not None and one.hour > as_of:
            continue
        sign = {"in": 1, "out": -1}.get(one.type)
        if sign is None:
            continue
        taken = one.took if check.measure == "quantity" else {took.id: took for took in one.took}.values()
        for took in taken:
            held = amount(check.measure, took)
            change = None if held is None else sign * held
            changes.setdefault(getattr(one, check.key), []).append(
                (one.hour, f"event {number}", change, took.unit or "")
            )
    found = set()
    for key, listed in changes.items():
        units = check.measure == "quantity"
        for hour in {change[0] for change in listed}:
            now = [change for change in listed if change[0] == hour]
            missing = any(change[2] is None for change in now)
            if hour is not None and not missing and sum(change[2] or 0 for change in now) == 0:
                continue
            so_far = [c for c in listed if c[0] is not None and hour is not None and c[0] <= hour]
            level = sum((c[2] or Decimal(0) for c in so_far), Decimal(0))
            event, due, beyond, reason = min(c[1] for c in now), None, None, None
            if key is None:
                verdict, reason = "unknown", "attribute-missing"
            elif hour is None:
                verdict, reason = "unknown", "no-time"
            elif any(c[0] is None for c in listed):
                verdict, reason = "unknown", "other-without-time"
            elif any(c[2] is None for c in so_far):
                verdict, reason = "unknown", "quantity-missing"
            elif units and len({c[3] for c in so_far if c[2] is not None}) > 1:
                verdict, reason = "unknown", "units-differ"
            elif 0 <= level <= 2:
                verdict = "met"
            else:
                verdict, reason = "breached", "below-level" if level < 0 else "above-level"
                beyond = -level if level < 0 else level - 2
                due = None if hours is None else hour + hours
                if due is not None and due >= as_of:
                    verdict, reason = "pending", "feed-incomplete"
            found.add(Seen(key, event, verdict, reason, due, beyond))
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Did]:
    found = []
    for _ in range(draw(st.integers(0, 8))):
        took = []
        for name in draw(st.lists(st.sampled_from("iijk"), min_size=1, max_size=2)):
            quantity = draw(st.sampled_from([Decimal(1), Decimal("1.25"), Decimal(2), Decimal(2), None]))
            unit = draw(st.sampled_from(["GRM"] * 6 + [None])) if quantity is not None else None
            took.append(Took(name, "item", draw(st.sampled_from(["input", "output"])), quantity, unit))
        hour = draw(st.sampled_from([0, 1, 1, 2, 2, 3, 5] * 3 + [None]))
        place, actor = draw(st.sampled_from("AAAB")), draw(st.sampled_from(["p", "q", None]))
        found.append(Did(draw(st.sampled_from(["in", "in", "out", "idle"])), hour, tuple(took), place, actor))
    return found


@settings(max_examples=50, derandomize=True, deadline=None)
@given(
    histories(),
    st.sampled_from(["place", "actor"]),
    st.sampled_from(["count", "quantity", "weight"]),
    st.integers(-1, 8),
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_the_engine_finds_what_a_sum_over_the_history_finds(
    history: list[Did], key: str, measure: str, as_of: int, hours: int | None, keep_met: bool
) -> None:
    within = None if hours is None else Duration(hours, "hours")
    check = Level("item", key, IN, OUT, measure, Decimal(0), Decimal(2), within)
    objects = {name: {"weight": weight} for name, weight in WEIGHTS.items()}
    rows, counts = judged(check, history, as_of, keep_met, objects=objects)
    expected = oracle(check, history, as_of, hours)
    assert rows == {row for row in expected if keep_met or row.verdict != "met"}
    assert counts == verdicts(expected)


def moves(*changes: tuple[str, int, str]) -> list[Did]:
    return [Did(act, hour, (Took(item, "item"),), "A") for act, hour, item in changes]


TABLE = [
    ("filled to the bound", [("in", 0, "i"), ("in", 1, "j")], {"met": 2}),
    ("one too many", [("in", 0, "i"), ("in", 1, "j"), ("in", 2, "k")], {"met": 2, "breached": 1}),
    ("one too many, all at once", [("in", 0, "i"), ("in", 0, "j"), ("in", 0, "k")], {"breached": 1}),
    ("in and out at one instant are summed first", [("in", 0, "i"), ("in", 0, "j"), ("in", 0, "k"), ("out", 0, "i")], {"met": 1}),
    ("out before in", [("out", 0, "i"), ("in", 1, "i")], {"breached": 1, "met": 1}),
    ("out and in at one instant change nothing", [("out", 0, "i"), ("in", 0, "i")], {}),
    ("nothing happened", [], {}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "counts"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_verdict_table(changes: list[tuple[str, int, str]], counts: dict[str, int]) -> None:
    assert judged(SEVEN, moves(*changes))[1] == counts


def test_the_amount_beyond_the_bound_is_kept() -> None:
    check = Level("item", "place", IN, OUT, "quantity", never_above=Decimal("2.5"))
    took = (Took("i", "item", quantity=Decimal("3.000001"), unit="GRM"),)
    rows, _ = judged(check, [Did("in", 0, took, "A")])
    assert rows == {Seen("A", "event 1", "breached", "above-level", None, Decimal("0.500001"))}


def test_a_bound_is_read_from_the_object_whose_id_is_the_key() -> None:
    check = Level("item", "place", IN, OUT, never_above="limit")
    limit = (Parameter("limit", "site.stock_limit"),)
    history = [Did("in", hour, (Took(name, "item"),), place) for hour, name, place in
               ((0, "i", "A"), (1, "j", "A"), (2, "k", "B"), (3, "l", "C"))]  # fmt: skip
    sites = {"A": {"stock_limit": 1}, "B": {"stock_limit": None}}
    rows, _ = judged(check, history, objects=sites, parameters=limit)
    assert {(row.object, row.verdict, row.reason, row.amount) for row in rows} == {
        ("A", "met", None, None),
        ("A", "breached", "above-level", 1),
        ("B", "unknown", "limit-missing", None),
        ("C", "unknown", "limit-missing", None),
    }


def test_a_missing_bound_takes_the_default_of_the_parameter_only() -> None:
    check = Level("item", "place", IN, OUT, never_above="limit")
    history = [Did("in", 0, (Took("i", "item"), Took("j", "item")), "A")]
    with_default = (Parameter("limit", "site.stock_limit", 1),)
    assert judged(check, history, objects={"A": {"stock_limit": None}}, parameters=with_default)[1] == {"breached": 1}
    assert judged(check, history, parameters=(Parameter("limit", None, 2),))[1] == {"met": 1}


def test_what_crosses_one_bound_is_breached_though_the_other_is_missing() -> None:
    check = Level("item", "place", IN, OUT, never_below=Decimal(0), never_above="limit")
    history = moves(("out", 0, "i"))
    assert judged(check, history, parameters=(Parameter("limit", "site.x"),))[1] == {"breached": 1}


def test_a_level_before_the_norm_counts_for_the_level_after_it() -> None:
    history = moves(("in", 0, "i"), ("in", 1, "j"), ("in", 100, "k"))
    assert judged(SEVEN, history, valid=Valid(start=date(2026, 3, 4)))[1] == {"not_applicable": 2, "breached": 1}


def test_the_bound_is_the_one_of_the_moment_and_not_of_today(tmp_path: Path) -> None:
    """A register says 2 grams until the 9th of March, then 1; what was in stock before may be too much after."""
    from chain_store import judge_store

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "parties.csv").write_text(
        "party,site,name,kind,municipality,valid_from,valid_to,stock_limit_g,opens,closes\n"
        "p,A,Shop,shop,Fictiedam,2026-03-01,2026-03-09,2,,\np,A,Shop,shop,Fictiedam,2026-03-09,,1,,\n"
    )
    (tmp_path / "in" / "moves.csv").write_text(
        "case,activity,time,shop\ni,in,2026-03-02,A\nj,in,2026-03-03,A\nk,out,2026-03-08,A\nk,in,2026-03-08T20:00:00,A\n"
        "l,out,2026-03-10,A\nm,in,2026-03-11,A\n"
    )
    outcome = take_in(tmp_path / "store", find_sources([tmp_path / "in"]), _mapping())
    assert outcome.faults == []
    check = Level("case", "shop", IN, OUT, never_above="limit")
    found = judge_store(tmp_path / "store", check, (Parameter("limit", "site.stock_limit_g"),), {})
    assert [(verdict, amount) for _, _, verdict, amount in found] == [
        ("met", None), ("met", None), ("met", None), ("met", None), ("met", None), ("breached", 1),
    ]  # fmt: skip


def _mapping() -> object:
    from scherp.events.mapping import parse_mapping

    columns = {"case": "case", "activity": "activity", "time": "time", "zone": "Europe/Amsterdam"}
    return parse_mapping(columns, "mapping.yaml")
