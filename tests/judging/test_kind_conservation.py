"""conservation: inputs are outputs and losses; compared with exact sums in plain Python."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from chain import Did, Seen, Took, judged, picks, verdicts
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.norms.model import Conservation, Measure, Tolerance, Valid

WEIGHTS = {"p": Decimal("1.5"), "q": Decimal(2), "r": None}
LOTS_IN = Measure("quantity", "lot", ("input",))
LOTS_OUT = Measure("quantity", "lot", ("output",))
PACKS = Measure("weight", "pack", ("output",))
NOTHING = Tolerance(Decimal(0))
TOLERANCES = [
    NOTHING,
    Tolerance(Decimal(1)),
    Tolerance(Decimal(50), percent=True),
    Tolerance(Decimal("33.333333"), True),
]


def check(
    tolerance: Tolerance = NOTHING,
    gain: Tolerance | None = None,
    outputs: tuple[Measure, ...] = (LOTS_OUT, PACKS),
    losses: tuple[Measure, ...] = (),
    inputs: tuple[Measure, ...] = (LOTS_IN,),
) -> Conservation:
    return Conservation("event", picks("turned"), inputs, outputs, losses, tolerance, gain or tolerance)


def total(measure: Measure, one: Did, missing: list[bool], units: set[str]) -> Fraction:
    if measure.objects is None:
        held = one.attributes.get(measure.measure)
        missing.append(held is None)
        return Fraction(held or 0)
    taken = [t for t in one.took if t.type == measure.objects and (not measure.roles or t.role in measure.roles)]
    if measure.measure == "count":
        return Fraction(len({took.id for took in taken}))
    amounts = [took.quantity if measure.measure == "quantity" else WEIGHTS[took.id] for took in taken]
    missing += [amount is None for amount in amounts]
    if measure.measure == "quantity":
        units |= {took.unit or "" for took in taken if took.quantity is not None}
    return sum((Fraction(amount) for amount in amounts if amount is not None), Fraction(0))


def allowed(difference: Fraction, tolerance: Tolerance, inputs: Fraction) -> bool:
    most = Fraction(tolerance.amount)
    return abs(difference) <= (abs(inputs) * most / 100 if tolerance.percent else most)


def oracle(norm: Conservation, history: list[Did], as_of: int) -> set[Seen]:
    found = set()
    for number, one in enumerate(history, 1):
        if one.type != "turned" or (one.hour is not None and one.hour > as_of):
            continue
        missing: list[bool] = []
        units: set[str] = set()
        into, out, lost = (
            sum((total(measure, one, missing, units) for measure in side), Fraction(0))
            for side in (norm.inputs, norm.outputs, norm.losses)
        )
        difference = into - out - lost
        verdict, reason, amount = "met", None, None
        if any(missing):
            verdict, reason = "unknown", "quantity-missing"
        elif len(units) > 1:
            verdict, reason = "unknown", "units-differ"
        elif not allowed(difference, norm.tolerance if difference > 0 else norm.gain, into):
            verdict, reason = "breached", "shortfall" if difference > 0 else "surplus"
            amount = Decimal(abs(difference).numerator) / Decimal(abs(difference).denominator)
        found.add(Seen(None, f"event {number}", verdict, reason, None, amount))
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Did]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        took = []
        for _ in range(draw(st.integers(0, 4))):
            lot = draw(st.booleans())
            quantity = draw(st.sampled_from([Decimal(1), Decimal("1.5"), Decimal(2), Decimal(3), Decimal(3), None]))
            unit = draw(st.sampled_from(["GRM"] * 5 + ["LTR", None])) if quantity is not None else None
            role = draw(st.sampled_from(["input", "input", "output", "epc"]))
            if lot:
                took.append(Took(draw(st.sampled_from("ab")), "lot", role, quantity, unit))
            else:
                took.append(Took(draw(st.sampled_from("pqqr")), "pack", role))
        attributes = draw(st.sampled_from([{"loss": 1}, {"loss": Decimal("0.5")}, {}]))
        hour = draw(st.sampled_from([0, 1, 2, None]))
        found.append(Did(draw(st.sampled_from(["turned", "turned", "idle"])), hour, tuple(took), attributes=attributes))
    return found


@settings(max_examples=30, derandomize=True, deadline=None)
@given(
    histories(),
    st.sampled_from(TOLERANCES),
    st.sampled_from([None, *TOLERANCES]),
    st.sampled_from([(), (Measure("loss"),), (Measure("count", "pack", ("epc",)),)]),
    st.sampled_from(
        [(LOTS_IN,), (Measure("quantity", "lot"),), (LOTS_IN, Measure("weight", "pack", ("input", "epc")))]
    ),
    st.integers(0, 3),
)
def test_the_engine_finds_what_exact_sums_find(
    history: list[Did],
    tolerance: Tolerance,
    gain: Tolerance | None,
    losses: tuple[Measure, ...],
    inputs: tuple[Measure, ...],
    as_of: int,
) -> None:
    norm = check(tolerance, gain, losses=losses, inputs=inputs)
    objects = {name: {"weight": weight} for name, weight in WEIGHTS.items()}
    for keep_met in (True, False):
        rows, counts = judged(norm, history, as_of, keep_met, objects=objects)
        expected = oracle(norm, history, as_of)
        assert rows == {row for row in expected if keep_met or row.verdict != "met"}
        assert counts == verdicts(expected)


def lots(into: str, out: str, unit: str = "GRM") -> list[Did]:
    took = (
        Took("a", "lot", "input", Decimal(into), "GRM"),
        Took("b", "lot", "output", Decimal(out), unit),
    )
    return [Did("turned", 0, took)]


FIVE, TEN = Tolerance(Decimal(5), percent=True), Tolerance(Decimal(10))
TABLE = [
    ("nothing lost", "100", "100", NOTHING, ("met", None, None)),
    ("a millionth lost", "100", "99.999999", NOTHING, ("breached", "shortfall", Decimal("0.000001"))),
    ("a millionth gained", "100", "100.000001", NOTHING, ("breached", "surplus", Decimal("0.000001"))),
    ("five percent lost", "100", "95", FIVE, ("met", None, None)),
    ("more than five percent lost", "100", "94.999999", FIVE, ("breached", "shortfall", Decimal("5.000001"))),
    ("five percent gained", "100", "105", FIVE, ("met", None, None)),
    ("ten lost", "100", "90", TEN, ("met", None, None)),
    ("more than ten lost", "100", "89.5", TEN, ("breached", "shortfall", Decimal("10.5"))),
    ("kilograms for grams", "1000", "1", FIVE, ("breached", "shortfall", Decimal(999))),
]  # fmt: skip


@pytest.mark.parametrize(("into", "out", "tolerance", "row"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_verdict_table(
    into: str, out: str, tolerance: Tolerance, row: tuple[str, str | None, Decimal | None]
) -> None:
    (found,) = judged(check(tolerance, outputs=(LOTS_OUT,)), lots(into, out))[0]
    assert (found.verdict, found.reason, found.amount) == row
    assert (found.object, found.event) == (None, "event 1")


def test_gain_has_a_tolerance_of_its_own() -> None:
    norm = check(FIVE, NOTHING, outputs=(LOTS_OUT,))
    assert judged(norm, lots("100", "95"))[1] == {"met": 1}
    assert judged(norm, lots("100", "101"))[1] == {"breached": 1}


def test_out_of_nothing_comes_nothing() -> None:
    history = [Did("turned", 0, (Took("b", "lot", "output", Decimal(1), "GRM"),))]
    (found,) = judged(check(FIVE, outputs=(LOTS_OUT,)), history)[0]
    assert (found.verdict, found.reason) == ("breached", "surplus")


def test_an_attribute_of_the_event_counts_for_every_object_that_has_none_itself() -> None:
    took = (Took("a", "lot", "input", Decimal(3), "GRM"), Took("p", "pack", "output"), Took("q", "pack", "output"))
    history = [Did("turned", 0, took, attributes={"weight": Decimal("1.5")})]
    assert judged(check(outputs=(PACKS,)), history)[1] == {"met": 1}
    assert judged(check(outputs=(PACKS,)), history, objects={"p": {"weight": 1}})[1] == {"breached": 1}


def test_an_event_outside_the_norm_s_dates_is_not_applicable() -> None:
    assert judged(check(), lots("2", "1"), valid=Valid(end=date(2026, 3, 1)))[1] == {"not_applicable": 1}
