"""custody: one holder at a time, nothing after the end; compared with a search over every order of equal instants."""

from __future__ import annotations

from itertools import permutations

import pytest
from chain import Did, Seen, Took, judged, picks, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.norms.model import Custody, Duration, Valid

ACTS = ("creates", "undoes", "arrives", "refuses", "leaves", "ends", "lost", "seen")
ORDER = ("creates", "leaves", "refuses", "arrives", "seen", "ends", "lost", "undoes")
CHECK = Custody("item", **{act: picks(act) for act in ACTS})
TIMED = Custody("item", **{act: picks(act) for act in ACTS}, complete_within=Duration(48, "hours"))


def item(*acts: tuple[str, int | None, str | None], name: str = "i") -> list[Did]:
    return [Did(act, hour, (Took(name, "item"),), place) for act, hour, place in acts]


class Holder:
    """What an item's state allows, told act by act."""

    def __init__(self, state: str = "none", place: str | None = None) -> None:
        self.state, self.place = state, place

    def why_not(self, act: str, place: str | None) -> str | None:
        if act == "creates":
            return None if self.state == "none" else "created-twice"
        if self.state == "none":
            return "not-created"
        if act == "undoes":
            return None if self.state == "ended" else "not-ended"
        if self.state == "ended":
            return "after-end"
        allowed = {
            "arrives": ("moving", "turned"),
            "refuses": ("moving",),
            "leaves": ("held", "turned"),
            "ends": ("held",),
            "seen": ("held",),
            "lost": ("held", "moving", "turned"),
        }[act]
        if self.state not in allowed:
            return "not-sent" if act in ("arrives", "refuses") else "not-held"
        elsewhere = place is not None and self.place is not None and place != self.place
        return "other-place" if self.state == "held" and act in ("leaves", "ends", "seen") and elsewhere else None

    def after(self, act: str, place: str | None) -> Holder:
        if act == "seen":
            return self
        held = {"creates": "held", "arrives": "held", "undoes": "held", "leaves": "moving", "refuses": "turned"}
        return Holder(held.get(act, "ended"), place)


def oracle(history: list[Did], as_of: int, within: int | None) -> set[Seen]:
    items: dict[str, list[tuple[str, Did]]] = {}
    for number, one in enumerate(history, 1):
        if one.hour is None or one.hour <= as_of:
            items.setdefault(one.took[0].id, []).append((f"event {number}", one))
    return {judge_one(name, acts, as_of, within) for name, acts in items.items()}


def judge_one(name: str, acts: list[tuple[str, Did]], as_of: int, within: int | None) -> Seen:
    untimed = [event for event, act in acts if act.hour is None]
    if untimed:
        return Seen(name, min(untimed), "unknown", "no-time", None, None)
    moments = sorted({act.hour for _, act in acts})
    groups = [
        sorted([a for a in acts if a[1].hour == h], key=lambda a: (ORDER.index(a[1].type), a[0])) for h in moments
    ]
    best: list[tuple[int, tuple[int, str], str, int]] = []
    if search(groups, 0, Holder(), 0, best):
        return Seen(name, None, "met", None, None, None)
    furthest = max(depth for depth, *_ in best)
    (_, event), reason, hour = min((key, why, at) for depth, key, why, at in best if depth == furthest)
    due = None if within is None else hour + within
    if due is not None and due >= as_of:
        return Seen(name, event, "pending", "feed-incomplete", due, None)
    return Seen(name, event, "breached", reason, due, None)


def search(groups: list, at: int, holder: Holder, done: int, best: list) -> bool:
    """Whether some order of every instant is legal; `best` learns what could not follow, and how far it came."""
    if at == len(groups):
        return True
    for order in permutations(groups[at]):
        if any(alike(one, other) and one[0] > other[0] for n, one in enumerate(order) for other in order[n:]):
            continue  # of acts that are alike the first by id comes first
        now, legal = holder, True
        for place, (_, act) in enumerate(order):
            if now.why_not(act.type, act.place) is not None:
                for other, blocked in order[place:]:
                    reason = now.why_not(blocked.type, blocked.place)
                    if reason is not None:
                        key = (ORDER.index(blocked.type), other)
                        best.append((done + place, key, reason, blocked.hour))
                legal = False
                break
            now = now.after(act.type, act.place)
        if legal and search(groups, at + 1, now, done + len(order), best):
            return True
    return False


def alike(one: tuple[str, Did], other: tuple[str, Did]) -> bool:
    return (one[1].type, one[1].place) == (other[1].type, other[1].place)


@st.composite
def histories(draw: st.DrawFn) -> list[Did]:
    found = []
    for name in ("i", "j", "k")[: draw(st.integers(1, 3))]:
        for act in ("creates", "leaves", "arrives", "ends")[: draw(st.integers(0, 4))]:
            hour = draw(st.sampled_from([["creates", "leaves", "arrives", "ends"].index(act)] * 9 + [1]))
            place = draw(st.sampled_from((["A"] if act in ("creates", "leaves") else ["B"]) * 9 + ["C", None]))
            found.append(Did(act, hour, (Took(name, "item"),), place))
        for _ in range(draw(st.sampled_from([0, 0, 1, 2, 4]))):
            hour = draw(st.sampled_from([0, 1, 1, 2, 2, 2, 3, 4, 4, 5] * 4 + [None]))
            act = draw(st.sampled_from(["leaves", "arrives"] * 4 + ["ends", "seen", "undoes", *ACTS]))
            found.append(Did(act, hour, (Took(name, "item"),), draw(st.sampled_from(["A", "A", "B", None]))))
    return draw(st.permutations(found))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(histories(), st.integers(0, 12), st.sampled_from([None, 2]), st.booleans())
def test_the_engine_finds_what_a_search_over_every_order_finds(
    history: list[Did], as_of: int, hours: int | None, keep_met: bool
) -> None:
    within = None if hours is None else Duration(hours, "hours")
    check = Custody("item", **{act: picks(act) for act in ACTS}, complete_within=within)
    rows, counts = judged(check, history, as_of, keep_met)
    expected = oracle(history, as_of, hours)
    assert rows == {row for row in expected if keep_met or row.verdict != "met"}
    assert counts == verdicts(expected)


TABLE = [
    ("made, moved, received and sold", [("creates", 0, "A"), ("leaves", 1, "A"), ("arrives", 2, "B"), ("ends", 3, "B")], None),
    ("still under way", [("creates", 0, "A"), ("leaves", 1, "A")], None),
    ("sold twice", [("creates", 0, "A"), ("ends", 1, "A"), ("ends", 2, "A")], "after-end"),
    ("moved after its end", [("creates", 0, "A"), ("lost", 1, None), ("leaves", 2, "A")], "after-end"),
    ("created twice", [("creates", 0, "A"), ("creates", 1, "A")], "created-twice"),
    ("created again after its end", [("creates", 0, "A"), ("ends", 1, "A"), ("creates", 2, "A")], "created-twice"),
    ("sold and never made", [("ends", 1, "A")], "not-created"),
    ("seen and never made", [("seen", 1, "A")], "not-created"),
    ("received and never dispatched", [("creates", 0, "A"), ("arrives", 1, "B")], "not-sent"),
    ("received twice", [("creates", 0, "A"), ("leaves", 1, "A"), ("arrives", 2, "B"), ("arrives", 3, "C")], "not-sent"),
    ("refused and never dispatched", [("creates", 0, "A"), ("refuses", 1, "B")], "not-sent"),
    ("refused and taken back", [("creates", 0, "A"), ("leaves", 1, "A"), ("refuses", 2, "B"), ("arrives", 3, "A")], None),
    ("refused and sent on", [("creates", 0, "A"), ("leaves", 1, "A"), ("refuses", 2, "B"), ("leaves", 3, "B")], None),
    ("sold on the road", [("creates", 0, "A"), ("leaves", 1, "A"), ("ends", 2, "A")], "not-held"),
    ("dispatched on the road", [("creates", 0, "A"), ("leaves", 1, "A"), ("leaves", 2, "B")], "not-held"),
    ("counted on the road", [("creates", 0, "A"), ("leaves", 1, "A"), ("seen", 2, "A")], "not-held"),
    ("lost on the road", [("creates", 0, "A"), ("leaves", 1, "A"), ("lost", 2, None)], None),
    ("sold elsewhere", [("creates", 0, "A"), ("ends", 1, "B")], "other-place"),
    ("counted elsewhere", [("creates", 0, "A"), ("seen", 1, "B")], "other-place"),
    ("dispatched from elsewhere", [("creates", 0, "A"), ("leaves", 1, "B")], "other-place"),
    ("a place that is not recorded", [("creates", 0, None), ("seen", 1, "B"), ("leaves", 2, "B")], None),
    ("a sale that was voided", [("creates", 0, "A"), ("ends", 1, "A"), ("undoes", 2, "A"), ("ends", 3, "A")], None),
    ("voided and never sold", [("creates", 0, "A"), ("undoes", 1, "A")], "not-ended"),
    ("voided elsewhere, counted there", [("creates", 0, "A"), ("ends", 1, "A"), ("undoes", 2, "B"), ("seen", 3, "B")], None),
    ("a whole life in one instant", [("ends", 1, "B"), ("arrives", 1, "B"), ("leaves", 1, "A"), ("creates", 1, "A")], None),
    ("received and sent on at once", [("creates", 0, "A"), ("leaves", 1, "A"), ("leaves", 2, "B"), ("arrives", 2, "B")], None),
    ("voided and sold at once", [("creates", 0, "A"), ("ends", 1, "A"), ("ends", 2, "A"), ("undoes", 2, "A")], None),
    ("sold twice at once", [("creates", 0, "A"), ("ends", 2, "A"), ("ends", 2, "A")], "after-end"),
]  # fmt: skip


@pytest.mark.parametrize(("acts", "reason"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_verdict_table(acts: list[tuple[str, int, str | None]], reason: str | None) -> None:
    ((row,), _) = judged(CHECK, item(*acts))
    assert (row.verdict, row.reason) == (("met", None) if reason is None else ("breached", reason))


def test_the_first_offence_is_named() -> None:
    history = item(("creates", 0, "A"), ("ends", 1, "A"), ("ends", 5, "A"), ("leaves", 3, "A"), ("creates", 9, "A"))
    assert judged(CHECK, history)[0] == {Seen("i", "event 4", "breached", "after-end", None, None)}


@pytest.mark.parametrize(
    ("as_of", "verdict"), [(51, "pending"), (57, "pending"), (58, "pending"), (59, "breached")], ids=str
)
def test_a_young_offence_is_pending_to_the_last_instant(as_of: int, verdict: str) -> None:
    ((row,), _) = judged(TIMED, item(("arrives", 10, "B")), as_of)
    assert (row.verdict, row.due) == (verdict, 58)


def test_an_act_without_a_time_makes_the_item_unknown() -> None:
    rows, _ = judged(CHECK, item(("creates", 0, "A"), ("ends", None, "A"), ("ends", 2, "A")))
    assert rows == {Seen("i", "event 2", "unknown", "no-time", None, None)}


def test_more_acts_at_one_instant_than_can_be_ordered_are_unknown() -> None:
    many = [("seen", 1, place) for place in "ABCDEFGHIJKLMNOPQ"]
    ((row,), _) = judged(CHECK, item(("creates", 0, "A"), *many))
    assert (row.verdict, row.reason) == ("unknown", "order-unclear")


def test_an_event_that_several_selectors_pick_is_one_act() -> None:
    check = Custody("item", picks("made"), picks("moved"), picks("moved", where="place = 'B'"), picks("gone"))
    history = item(("made", 0, "A"), ("moved", 1, "A"), ("moved", 2, "B"), ("gone", 3, "B"))
    assert judged(check, history)[1] == {"met": 1}


def test_an_object_that_takes_part_in_two_roles_is_two_acts() -> None:
    made, used = picks("turned", where="role = 'output'"), picks("turned", where="role = 'input'")
    check = Custody("item", made, picks("moved"), picks("came"), used)
    both = [Did("turned", 1, (Took("i", "item", "input"), Took("i", "item", "output")), "A")]
    assert judged(check, both)[1] == {"met": 1}
    assert judged(check, [*both, *both])[1] == {"breached": 1}


def test_an_item_whose_first_act_lies_before_the_norm_is_not_applicable() -> None:
    from datetime import date

    history = item(("ends", 1, "A")) + item(("ends", 100, "A"), name="j")
    rows, counts = judged(CHECK, history, valid=Valid(start=date(2026, 3, 4)))
    assert {(row.object, row.verdict) for row in rows} == {("i", "not_applicable"), ("j", "breached")}
    assert counts == {"not_applicable": 1, "breached": 1}
