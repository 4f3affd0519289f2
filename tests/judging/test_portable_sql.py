"""Every statement of a run can be said to Apache Spark, and none uses what engines do not share.

Forbidden are recursion, as-of joins, ordered string aggregation and differences of days (engines disagree on them without
a word); limits are intervals and microseconds. Views that only say where the data are (over files) are left out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest
import sqlglot
import worlds
from engine import Ran, framework, norm, shared, tables_of
from every_kind import every_kind
from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from scherp.judging.portable import in_dialect
from scherp.norms.formulas import parse_formula
from scherp.norms.model import Condition, Pick, Selector

FORBIDDEN = re.compile(
    r"\b(recursive|asof|string_agg|listagg|group_concat|array_agg|list|datediff|date_diff|datesub|date_sub|age)\b",
    re.IGNORECASE,
)


def statements() -> list[str]:
    """Of a framework with every kind and key, on data with everything that makes the plan take another path."""
    world = next(
        w
        for seed in range(99)
        if (w := worlds.world(Random(seed))).taken_back and any(h.time is None for h in w.happenings)
    )
    tables = tables_of(shared(), world)
    repeats = {kind: replace(partition, repeats=True) for kind, partition in tables.partitions.items()}
    formulas = (
        "round(amount / 3, 1) * 2 > amount % 2",
        "colour like 'r%' or contains(upper(colour), 'E')",
        "cast(colour as date) is null",
    )
    more = [norm(Condition("case", Selector((Pick("A"),)), parse_formula(f)), f"f{n}") for n, f in enumerate(formulas)]
    judged = framework(*every_kind().norms, *more, vocabulary=every_kind().vocabulary)
    judgement = Ran(judged, world, True, replace(tables, partitions=repeats)).judgement
    return [*judgement.shared_sql, *(sql for outcome in judgement.norms for sql in outcome.sql)]


@pytest.fixture(scope="module")
def ran() -> list[str]:
    return statements()


def test_every_statement_is_said_to_spark_and_read_there(ran: list[str]) -> None:
    assert len(ran) > 40
    for sql in ran:
        said = in_dialect(sql, "spark")
        again = sqlglot.parse_one(said, read="spark", error_level=ErrorLevel.RAISE)
        assert again.find(exp.Select)
        assert {f.name for f in again.find_all(exp.Anonymous)} <= {"TIMESTAMP_MICROS"}, said  # which Spark has


def test_no_statement_uses_what_engines_do_not_share(ran: list[str]) -> None:
    for sql in ran:
        assert not FORBIDDEN.findall(sql)
        tree = sqlglot.parse_one(sql, read="duckdb")
        assert not list(tree.find_all(exp.DateDiff, exp.TimestampDiff, exp.GroupConcat, exp.ArrayAgg, exp.JoinHint))
        assert not [with_ for with_ in tree.find_all(exp.With) if with_.recursive]


def test_days_are_never_subtracted_from_each_other(ran: list[str]) -> None:
    """A date minus a date is a number in one engine and an interval in another."""
    for sql in ran:
        for minus in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Sub):
            sides = (minus.this, minus.expression)
            assert not any(isinstance(side, exp.Cast) and side.to.is_type("date", "timestamp") for side in sides)


def test_a_long_moment_is_counted_in_microseconds_in_both() -> None:
    assert in_dialect("SELECT epoch_us(a) - epoch_us(b) FROM t") == "SELECT UNIX_MICROS(a) - UNIX_MICROS(b) FROM t"


def test_what_has_no_translation_is_an_error() -> None:
    with pytest.raises(UnsupportedError):
        in_dialect("SELECT arg_max(a, b, 3) FROM t")
