"""Formulas in the judge: three-valued logic, casts that fail, kinds that do not match; never an error, only a verdict.

The attributes of the events are text, whole numbers, decimals, booleans, dates and moments, each sometimes missing.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from engine import EACH, Ran, framework, norm, numbered
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Happening, World
from test_engine_and_oracle import SEEDS, STEADY

from scherp.norms.formulas import parse_formula
from scherp.norms.model import Absence, Condition, Parameter, Pick, Selector

A = Selector((Pick("A"),))
HELD: dict[str, Any] = {
    "word": "red",
    "number": "12.5",
    "whole": 7,
    "sum": 12.75,
    "flag": True,
    "day": date(2026, 1, 5).isoformat(),
    "at": "2026-01-05T10:00:00Z",
}


def verdict(holds: str, case: dict[str, Any] | None = None, parameters: tuple[Parameter, ...] = (), **held: Any) -> str:
    happenings = numbered(Happening("", "A", 1_000_000, ("c",), "p", attributes=HELD | held))
    check = Condition(EACH, A, parse_formula(holds))
    ran = Ran(framework(norm(check, parameters=parameters)), World(happenings, {"c": case or {}}, 2_000_000))
    return ran.rows[0][3]


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        # null is neither true nor false
        ("missing = 1", "unknown"),
        ("not (missing = 1)", "unknown"),
        ("missing = 1 or whole = 7", "met"),
        ("missing = 1 and whole = 8", "breached"),
        ("missing = 1 and whole = 7", "unknown"),
        ("missing is null", "met"),
        ("whole in (7, 8)", "met"),
        ("missing in (7, 8)", "unknown"),
        ("coalesce(missing, 7) = 7", "met"),
        # a cast that fails is null
        ("cast(word as integer) = 1", "unknown"),
        ("cast(word as date) is null", "met"),
        ("cast(flag as date) is null", "met"),
        ("cast(day as integer) is null", "met"),
        ("cast(whole as timestamp) is null", "met"),
        ("cast(number as decimal) = 12.5", "met"),
        ("cast(sum as integer) = 13", "met"),
        # text against a number or a moment is tried as one
        ("number > 12", "met"),
        ("word > 12", "unknown"),
        ("whole = '7'", "met"),
        ("sum between '12' and 13", "met"),
        ("day = '2026-01-05'", "met"),
        ("at > '2026-01-05T09:59:59Z'", "met"),
        ("at >= day", "met"),
        ("word < at", "unknown"),
        # a text literal that is none makes it a comparison of texts, as it would be in a column of text
        ("whole <> 'none'", "met"),
        ("whole in ('7', 'none')", "met"),
        ("sum in ('12.75', 'none')", "met"),
        # kinds that never meet
        ("flag = 1", "unknown"),
        ("flag = 'true'", "met"),
        ("day > 5", "unknown"),
        ("flag < day", "unknown"),
        # arithmetic: exact, null where it makes no sense, where it divides by zero, where it does not fit
        ("sum * 2 = 25.5", "met"),
        ("sum / 3 = 4.25", "met"),
        ("whole / 0 is null", "met"),
        ("whole % 0 is null", "met"),
        ("whole % 4 = 3", "met"),
        ("word + 1 is null", "met"),
        ("flag + 1 is null", "met"),
        ("at - day is null", "met"),
        ("-word is null", "met"),
        ("abs(-sum) = 12.75", "met"),
        ("round(sum, 1) = 12.8", "met"),
        ("round(sum, whole) is null", "met"),
        ("whole * 999999999999999999 * 999999999999999999 is null", "met"),
        ("whole + 0.1 + 0.2 = 7.3", "met"),
        ("whole * 0.0000001 = 0.0000007", "met"),
        # choices of mixed kinds meet as texts
        ("coalesce(missing, whole, 'none') = '7'", "met"),
        ("case when flag then whole else 'none' end = '7'", "met"),
        ("case word when 'red' then 1 when 5 then 2 else 'x' end = '1'", "met"),
        ("nullif(whole, word) = '7'", "met"),
        ("least(sum, word) is not null", "met"),
        # what is no truth is tried as one
        ("flag", "met"),
        ("not flag", "breached"),
        ("word and flag", "unknown"),
        ("whole or not flag", "unknown"),
        # functions on text take anything
        ("length(whole) = 1", "met"),
        ("starts_with(whole, 7)", "met"),
        ("contains(word, 'e') and ends_with(word, 'd')", "met"),
        ("whole like 7", "met"),
        ("upper(flag) = 'TRUE'", "met"),
    ],
)
def test_a_formula_gives_true_false_or_null_and_never_an_error(holds: str, expected: str) -> None:
    assert verdict(holds) == expected


def test_a_where_that_is_null_does_not_select() -> None:
    where = Selector((Pick("A", parse_formula("missing = 1")),))
    happenings = numbered(Happening("", "A", 1_000_000, ("c",)))
    ran = Ran(framework(norm(Absence(EACH, where))), World(happenings, {}, 2_000_000))
    assert [row[3] for row in ran.rows] == ["met"]
    assert ran.judgement.norms[0].warnings == ["no attribute 'missing' is in the data"]


@pytest.mark.parametrize(
    ("case", "default", "expected"),
    [
        ({"limit": 6}, None, "breached"),
        ({"limit": 8}, None, "met"),
        ({}, None, "unknown"),
        ({}, 8, "met"),
        ({}, "none", "unknown"),
    ],
)
def test_a_parameter_is_the_cases_own_value_or_the_default(case: dict[str, Any], default: Any, expected: str) -> None:
    limit = Parameter("ceiling", "case.limit", default)
    other = {"d": {"limit": 1}}  # so that the store knows the attribute
    happenings = numbered(Happening("", "A", 1_000_000, ("c",), attributes=HELD))
    judged = framework(norm(Condition(EACH, A, parse_formula("whole <= ceiling")), parameters=(limit,)))
    ran = Ran(judged, World(happenings, {"c": case} | other, 2_000_000))
    assert [row[3] for row in ran.rows] == [expected]


OPERANDS = (
    *("word", "number", "whole", "sum", "flag", "day", "at", "missing", "actor", "time", "quantity", "case.limit"),
    *("7", "12.75", "-3", "0", "999999999999999999", "0.000000000000000001", "99999999999999999999999999999999999999"),
    *("'red'", "'7'", "''", "'2026-01-05'", "true", "cast('2026-01-05' as date)"),
)
TYPES = (
    "text",
    "integer",
    "bigint",
    "decimal",
    "decimal(38, 37)",
    "decimal(3, 2)",
    "double",
    "date",
    "timestamp",
    "boolean",
)
MEMBERS = ("'red'", "7", "'7'", "true", "-1", "12.75")
COMPARED = ("=", "<>", "<", "<=", ">", ">=")


def value(rnd: Random, depth: int) -> str:
    if depth == 0 or rnd.random() < 0.3:
        return rnd.choice(OPERANDS)
    one, two = value(rnd, depth - 1), value(rnd, depth - 1)
    return rnd.choice(
        [
            f"({one} {rnd.choice('+-*/%')} {two})",
            f"cast({one} as {rnd.choice(TYPES)})",
            f"{rnd.choice(['coalesce', 'nullif', 'least', 'greatest'])}({one}, {two})",
            f"{rnd.choice(['lower', 'upper', 'trim', 'length', 'abs', 'round'])}({one})",
            f"round({one}, {rnd.choice(['2', '0', '-1', 'whole', '40'])})",
            f"case when {truth(rnd, depth - 1)} then {one} else {two} end",
            f"case {one} when {two} then {value(rnd, depth - 1)} end",
            f"-({one})",
        ]
    )


def truth(rnd: Random, depth: int) -> str:
    one, two = value(rnd, depth), value(rnd, depth)
    if depth == 0 or rnd.random() < 0.4:
        return f"({one} {rnd.choice(COMPARED)} {two})"
    return rnd.choice(
        [
            f"({truth(rnd, depth - 1)} {rnd.choice(['and', 'or'])} {truth(rnd, depth - 1)})",
            f"(not {truth(rnd, depth - 1)})",
            f"({one} between {two} and {value(rnd, depth)})",
            f"({one} in ({', '.join(rnd.sample(MEMBERS, 3))}))",
            f"({one} is {rnd.choice(['', 'not '])}null)",
            f"({one} like {two})",
            f"{rnd.choice(['starts_with', 'contains', 'ends_with'])}({one}, {two})",
            f"({rnd.choice(['word', 'flag', 'whole', 'day', 'missing'])} and {truth(rnd, depth - 1)})",
        ]
    )


def random_world(rnd: Random) -> World:
    odd: dict[str, list[Any]] = {
        "word": ["red", "", "7", "-1e5", "true", "2026-01-05"],
        "number": ["12.5", "n/a", "999999999999999999999999999999999999999999"],
        "whole": [7, 0, -(10**17), 10**17],
        "sum": [12.75, -0.000001, 123456789012.5],
        "flag": [True, False],
        "day": ["2026-01-05", "0001-01-01", "9999-12-31"],
        "at": ["2026-01-05T10:00:00Z", "1970-01-01T00:00:00Z"],
    }
    happenings = numbered(
        *(
            Happening("", "A", rnd.choice([None, 1_000_000]), ("c",), rnd.choice([None, "p"]), None, held)
            for held in ({name: rnd.choice([*values, None]) for name, values in odd.items()} for _ in range(5))
        )
    )
    return World(happenings, {"c": {"limit": rnd.choice([5, 5.5])}}, 2_000_000)


def parsed(rnd: Random) -> str:
    """A formula that the reader allows; it refuses some (a comparison of literals with null, a wrong literal date)."""
    while True:
        text = truth(rnd, 3)
        try:
            parse_formula(text)
        except ValueError:
            continue
        return text


@settings(STEADY, max_examples=15)
@given(SEEDS)
def test_any_allowed_formula_on_any_values_gives_a_verdict(seed: int) -> None:
    rnd = Random(seed)
    formulas = [parsed(rnd) for _ in range(8)]
    judged = framework(*(norm(Condition(EACH, A, parse_formula(f)), f"n{n}") for n, f in enumerate(formulas)))
    found = Counter(row[0] for row in Ran(judged, random_world(rnd)).rows)
    assert found == Counter({f"n{number}": 5 for number in range(len(formulas))})


@settings(STEADY, max_examples=10)
@given(SEEDS)
def test_any_allowed_formula_selects_or_does_not(seed: int) -> None:
    rnd = Random(seed)
    picks = [Selector((Pick("A", parse_formula(parsed(rnd))),)) for _ in range(6)]
    judged = framework(*(norm(Absence(EACH, pick), f"n{number}") for number, pick in enumerate(picks)))
    assert len(Ran(judged, random_world(rnd)).rows) == len(picks)


@given(st.sampled_from(OPERANDS), st.sampled_from(COMPARED), st.sampled_from(OPERANDS))
@settings(STEADY, max_examples=25)
def test_a_comparison_and_its_mirror_agree(one: str, sign: str, two: str) -> None:
    mirrored = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign)
    judged = framework(
        norm(Condition(EACH, A, parse_formula(f"{one} {sign} {two}")), "one"),
        norm(Condition(EACH, A, parse_formula(f"{two} {mirrored} {one}")), "two"),
    )
    found = Ran(judged, random_world(Random(5))).rows
    assert [row[1:] for row in found if row[0] == "one"] == [row[1:] for row in found if row[0] == "two"]
