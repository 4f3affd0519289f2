"""agreement: two sides name the same things; compared with sets and sums in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from chain import Did, Seen, Took, judged, picks, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.norms.model import Agreement, Duration, Term, Valid

SENT, GOT = picks("sent"), picks("got", "refused")
WITHIN = Term(Duration(96, "hours"))


def check(within: int | None = None, complete: int | None = None) -> Agreement:
    return Agreement(
        "shipment",
        (SENT, GOT),
        "item",
        None if within is None else Term(Duration(within, "hours")),
        None if complete is None else Duration(complete, "hours"),
    )


def oracle(history: list[Did], as_of: int, within: int | None, complete: int | None) -> set[Seen]:
    sides: dict[str, dict[str, list[Did]]] = defaultdict(lambda: {"sent": [], "got": []})
    for one in history:
        if one.hour is None or one.hour <= as_of:
            side = {"sent": "sent", "got": "got", "refused": "got"}.get(one.type)
            for shipment in {took.id for took in one.took if took.type == "shipment"} if side else ():
                sides[shipment][side].append(one)
    return {judge_one(name, two["sent"], two["got"], as_of, within, complete) for name, two in sides.items()}


def amounts(events: list[Did]) -> dict[str, list[Took]]:
    found: dict[str, list[Took]] = defaultdict(list)
    for one in events:
        for took in one.took:
            if took.type == "item":
                found[took.id].append(took)
    return found


def judge_one(  # noqa: PLR0911
    name: str, sent: list[Did], got: list[Did], as_of: int, within: int | None, complete: int | None
) -> Seen:
    one, two = amounts(sent), amounts(got)
    extra, short = set(two) - set(one), set(one) - set(two)
    more, less, unlike = set(), set(), set()
    for item in set(one) & set(two):
        takings = one[item] + two[item]
        if any(took.quantity is None for took in takings):
            continue
        units = {took.unit or "" for took in takings}
        sums = [sum(took.quantity or 0 for took in side) for side in (one[item], two[item])]
        if len(units) > 1:
            unlike.add(item)
        elif sums[1] != sums[0]:
            (more if sums[1] > sums[0] else less).add(item)
    items = len(set(one) | set(two))
    differ = items if not sent or not got else len(extra | short | more | less) or None
    last_got = max((e.hour for e in got if e.hour is not None), default=None)
    last_sent = max((e.hour for e in sent if e.hour is not None), default=None)
    if not sent or extra or more:
        due = None if complete is None or last_got is None else last_got + complete
        if due is not None and due >= as_of and got:
            return Seen(name, None, "pending", "feed-incomplete", due, differ)
        whole = bool(extra or short)
        reason = "not-sent" if not sent else "set-differs" if whole else "quantity-differs"
        return Seen(name, None, "breached", reason, due, differ)
    due = None if within is None or last_sent is None else last_sent + within
    if not got or short or less:
        if within is not None and any(e.hour is None for e in sent):
            return Seen(name, None, "unknown", "no-time", due, differ)
        if within is None or (due is not None and due >= as_of):
            return Seen(name, None, "pending", "running", due, differ)
        reason = "not-received" if not got else "set-differs" if short else "quantity-differs"
        return Seen(name, None, "breached", reason, due, differ)
    if unlike:
        return Seen(name, None, "unknown", "units-differ", due, None)
    return Seen(name, None, "met", None, due, None)


@st.composite
def histories(draw: st.DrawFn) -> list[Did]:
    found = []
    for _ in range(draw(st.integers(0, 6))):
        shipments = draw(st.sampled_from([("d",), ("d",), ("e",), ("d", "e")]))
        took = [Took(name, "shipment", "transaction") for name in shipments]
        for item in draw(st.sets(st.sampled_from("ijk"), max_size=3)):
            quantity = draw(st.sampled_from([None, Decimal(1), Decimal(1), Decimal(2)]))
            took.append(
                Took(item, "item", "epc", quantity, draw(st.sampled_from(["GRM"] * 5 + [None])) if quantity else None)
            )
        hour = draw(st.sampled_from([0, 1, 1, 2, 3] * 3 + [None]))
        found.append(Did(draw(st.sampled_from(["sent", "sent", "got", "refused", "idle"])), hour, tuple(took)))
    return found


@settings(max_examples=50, derandomize=True, deadline=None)
@given(histories(), st.integers(-1, 8), st.sampled_from([None, 1, 2]), st.sampled_from([None, None, 2]), st.booleans())
def test_the_engine_finds_what_sets_and_sums_find(
    history: list[Did], as_of: int, within: int | None, complete: int | None, keep_met: bool
) -> None:
    rows, counts = judged(check(within, complete), history, as_of, keep_met)
    expected = oracle(history, as_of, within, complete)
    assert rows == {row for row in expected if keep_met or row.verdict != "met"}
    assert counts == verdicts(expected)


def event(act: str, hour: int | None, *items: str, shipment: str = "d") -> Did:
    return Did(act, hour, (Took(shipment, "shipment"), *(Took(item, "item") for item in items)))


TABLE = [
    ("the same", [event("sent", 0, "i", "j"), event("got", 1, "j", "i")], 200, ("met", None, None)),
    ("received in parts, some refused",
     [event("sent", 0, "i", "j"), event("got", 1, "i"), event("refused", 1, "j")], 200, ("met", None, None)),
    ("received before it was sent", [event("got", 0, "i"), event("sent", 1, "i")], 200, ("met", None, None)),
    ("received late and whole", [event("sent", 0, "i"), event("got", 150, "i")], 200, ("met", None, None)),
    ("under way", [event("sent", 0, "i")], 95, ("pending", "running", 1)),
    ("under way to the last instant", [event("sent", 0, "i")], 96, ("pending", "running", 1)),
    ("not received", [event("sent", 0, "i", "j")], 97, ("breached", "not-received", 2)),
    ("the last of two dispatches counts", [event("sent", 0, "i"), event("sent", 50, "j")], 120, ("pending", "running", 2)),
    ("one missing, early", [event("sent", 0, "i", "j"), event("got", 1, "i")], 50, ("pending", "running", 1)),
    ("one missing, too late", [event("sent", 0, "i", "j"), event("got", 1, "i")], 97, ("breached", "set-differs", 1)),
    ("one too many", [event("sent", 0, "i"), event("got", 1, "i", "j")], 2, ("breached", "set-differs", 1)),
    ("one exchanged", [event("sent", 0, "i"), event("got", 1, "j")], 2, ("breached", "set-differs", 2)),
    ("never sent", [event("got", 1, "i", "j")], 2, ("breached", "not-sent", 2)),
    ("sent at an unknown time", [event("sent", None, "i")], 500, ("unknown", "no-time", 1)),
    ("empty on both sides", [event("sent", 0), event("got", 1)], 2, ("met", None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("history", "as_of", "row"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_verdict_table(history: list[Did], as_of: int, row: tuple[str, str | None, int | None]) -> None:
    (found,) = judged(check(96), history, as_of)[0]
    assert (found.verdict, found.reason, found.amount) == row


@pytest.mark.parametrize(("as_of", "verdict"), [(48, "pending"), (49, "pending"), (50, "breached")])
def test_a_ghost_receipt_is_pending_while_the_feed_may_be_incomplete(as_of: int, verdict: str) -> None:
    (found,) = judged(check(96, complete=48), [event("got", 1, "i")], as_of)[0]
    assert (found.verdict, found.due) == (verdict, 49)


def test_without_a_limit_what_was_not_received_waits_for_ever() -> None:
    assert judged(check(), [event("sent", 0, "i")], 100_000)[1] == {"pending": 1}


def quantities(one: str, two: str, unit: str = "GRM") -> list[Did]:
    return [
        Did("sent", 0, (Took("d", "shipment"), Took("l", "item", quantity=Decimal(one), unit="GRM"))),
        Did("got", 1, (Took("d", "shipment"), Took("l", "item", quantity=Decimal(two), unit=unit))),
    ]


@pytest.mark.parametrize(
    ("two", "unit", "verdict", "reason"),
    [
        ("5", "GRM", "met", None),
        ("5.000000", "GRM", "met", None),
        ("4.999999", "GRM", "breached", "quantity-differs"),
        ("5.000001", "GRM", "breached", "quantity-differs"),
        ("5", "LTR", "unknown", "units-differ"),
    ],
)
def test_quantities_are_compared_exactly(two: str, unit: str, verdict: str, reason: str | None) -> None:
    (found,) = judged(check(96), quantities("5", two, unit), 200)[0]
    assert (found.verdict, found.reason) == (verdict, reason)


def test_what_was_received_in_parts_is_added_up() -> None:
    part = Did("got", 2, (Took("d", "shipment"), Took("l", "item", quantity=Decimal("1.5"), unit="GRM")))
    assert judged(check(96), [*quantities("5", "3.5"), part], 200)[1] == {"met": 1}


def test_the_norm_version_goes_by_the_first_dispatch() -> None:
    history = [event("sent", 0, "i"), event("got", 100, "j", "i")]
    assert judged(check(96), history, 200, valid=Valid(start=date(2026, 3, 4)))[1] == {"not_applicable": 1}
