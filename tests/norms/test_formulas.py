"""A formula is one SQL boolean over attributes; all that is not on the list is refused by name."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from scherp.norms.formula_tree import FUNCTIONS
from scherp.norms.formulas import DEEPEST, LONGEST, parse_formula

ALLOWED = {
    "a = 1": "a = 1",
    "a <> 1": "a <> 1",
    "a != 1": "a <> 1",
    "a < 1 and b <= 2": "a < 1 AND b <= 2",
    "a > 1 or not b >= 2": "a > 1 OR NOT b >= 2",
    "a in ('x', 'it''s')": "a IN ('x', 'it''s')",
    "a not in (1, -2.5)": "NOT a IN (1, -2.5)",
    "a in (date '2026-01-31', true)": "a IN (TRY_CAST('2026-01-31' AS DATE), TRUE)",
    "a between 1 and 2": "a BETWEEN 1 AND 2",
    "a is null": "a IS NULL",
    "a is not null": "NOT a IS NULL",
    "(a + 1) * 2 - b / 3 % 4 > -1": "(a + 1) * 2 - b / 3 % 4 > -1",
    "a = true": "a = TRUE",
    "a": "a",
    "true": "TRUE",
    "\"lifecycle:transition\" = 'complete'": "\"lifecycle:transition\" = 'complete'",
    "case.channel = 'web'": "\"case\".channel = 'web'",
    "case.order = 1": '"case"."order" = 1',
    "amount > limit": 'amount > "limit"',
    "format in ('x')": "\"format\" IN ('x')",
    "cast(a as integer) > 1": "TRY_CAST(a AS INT) > 1",
    "cast(a as bigint) > 1": "TRY_CAST(a AS BIGINT) > 1",
    "try_cast(a as double) > 1": "TRY_CAST(a AS DOUBLE) > 1",
    "cast(a as text) = 'x'": "TRY_CAST(a AS TEXT) = 'x'",
    "cast(a as varchar) = 'x'": "TRY_CAST(a AS TEXT) = 'x'",
    "cast(a as boolean)": "TRY_CAST(a AS BOOLEAN)",
    "try_cast(a as date) < date '2026-01-31'": "TRY_CAST(a AS DATE) < TRY_CAST('2026-01-31' AS DATE)",
    "a < timestamp '2026-01-31 10:00:00'": "a < TRY_CAST('2026-01-31 10:00:00' AS TIMESTAMP)",
    "cast(a as decimal) > cast(b as decimal(9, 2))": "TRY_CAST(a AS DECIMAL(18, 6)) > TRY_CAST(b AS DECIMAL(9, 2))",
    "case when a = 1 then b = 2 else false end": "CASE WHEN a = 1 THEN b = 2 ELSE FALSE END",
    "case a when 'x' then true end": "CASE a WHEN 'x' THEN TRUE END",
    "a like 'x%'": "a LIKE 'x%'",
    "a not like '_x'": "a NOT LIKE '_x'",
    "lower(trim(a)) = upper(b)": "LOWER(TRIM(a)) = UPPER(b)",
    "length(a) > abs(round(b, 2))": "LENGTH(a) > ABS(ROUND(b, 2))",
    "coalesce(a, b, false)": "COALESCE(a, b, FALSE)",
    "nullif(a, '') is null": "NULLIF(a, '') IS NULL",
    "least(a, b) < greatest(c, d)": "LEAST(a, b) < GREATEST(c, d)",
    "starts_with(a, 'x') or contains(a, 'y') or ends_with(a, 'z')": (
        "STARTS_WITH(a, 'x') OR CONTAINS(a, 'y') OR ENDS_WITH(a, 'z')"
    ),
}

REFUSED = {
    "": "the formula is empty",
    "  \n ": "the formula is empty",
    "-- only": "the formula is empty",
    "'x'": "the formula is not a condition: it gives a value, not true or false",
    "lower(a)": "the formula is not a condition: it gives a value, not true or false",
    "1": "the formula is not a condition: it gives a value, not true or false",
    "a + 1": "the formula is not a condition: it gives a value, not true or false",
    "coalesce(a, 'x')": "the formula is not a condition: it gives a value, not true or false",
    "case when a then 'x' end": "the formula is not a condition: it gives a value, not true or false",
    "a and 'x'": "'and', 'or' and 'not' take conditions only",
    "case when 1 then true end": "'when' takes a condition",
    "a = 1; drop table b": "a semicolon (a formula is one expression) is not allowed in a formula",
    "a = 1;": "a semicolon (a formula is one expression) is not allowed in a formula",
    "a = 1 -- b": "a comment is not allowed in a formula",
    "a = /* b */ 1": "a comment is not allowed in a formula",
    "/* b */ a = 1": "a comment is not allowed in a formula",
    "a > (select 1)": "'select' is not allowed in a formula",
    "select 1": "'select' is not allowed in a formula",
    "a in (select b from c)": "'select' is not allowed in a formula",
    "exists (select 1)": "'exists' is not a function that a formula may use",
    "a = any (b)": "'any' is not a function that a formula may use",
    "drop table a": "'drop' is not allowed in a formula",
    "*": "a star is not allowed in a formula",
    "a.*": "a star is not allowed in a formula",
    "count(*) > 1": "'count' is not a function that a formula may use",
    '"count"(a) > 1': "'count' is not a function that a formula may use",
    "sum(a) over (partition by b) > 1": "'sum' is not a function that a formula may use",
    "a over ()": "'over' is not a function that a formula may use",
    "read_csv('x')": "'read_csv' is not a function that a formula may use",
    "getenv('HOME') = 'x'": "'getenv' is not a function that a formula may use",
    "lowr(a) = 'x'": "'lowr' is not a function that a formula may use. Did you mean 'lower'?",
    "len(a) > 1": "'len' is not a function that a formula may use. Did you mean 'length'?",
    "date('2026-01-01') < a": "'date' is not a function that a formula may use",
    "now() > a": "'now' is not a function that a formula may use",
    "if(a, b, c)": "'if' is not a function that a formula may use",
    "a.lower() = 'x'": "a name with more than one dot is not allowed in a formula",
    "a = ?": "a parameter mark '?' is not allowed in a formula",
    "a = $1": "a parameter mark is not allowed in a formula",
    "a = :b": "a colon is not allowed in a formula",
    "@a = 1": "a parameter mark is not allowed in a formula",
    "a -> b": "an arrow '->' is not allowed in a formula",
    "a[1] = 1": "a list or an index in brackets is not allowed in a formula",
    "a = [1]": "a list or an index in brackets is not allowed in a formula",
    "{'a': 1} = b": "a brace is not allowed in a formula",
    "(a, b) = (1, 2)": "a row of values is not allowed in a formula",
    "a::int = 1": "'::' is not allowed in a formula",
    "a collate nocase = 'x'": "'collate' is not allowed in a formula",
    "a ilike 'x'": "'ilike' is not allowed in a formula",
    "a like 'x' escape '!'": "'escape' is not allowed in a formula",
    "a glob 'x'": "'glob' is not allowed in a formula",
    "a similar to 'x'": "'SIMILAR TO' is not allowed in a formula",
    "a || b = 'x'": "'||' is not allowed in a formula",
    "a // 2 = 1": "'//' is not allowed in a formula",
    "a ^ 2 = 1": "'^' is not allowed in a formula",
    "a & 1 = 1": "'&' is not allowed in a formula",
    "a == 1": "'==' is not allowed in a formula, write '='",
    "a is distinct from b": "'distinct' is not allowed in a formula",
    "a is true": "'is' is followed by 'null' or 'not null'",
    "a = null": "a comparison with null is never true, write 'is null' or 'is not null'",
    "a <> (null)": "a comparison with null is never true, write 'is null' or 'is not null'",
    "a < b < c": "a comparison of a comparison is not allowed, write 'a < b and b < c' or brackets",
    "a in ()": "the list behind 'in' holds one or more literals only, and no null",
    "a in (b)": "the list behind 'in' holds one or more literals only, and no null",
    "a in (1, null)": "the list behind 'in' holds one or more literals only, and no null",
    "a between symmetric 1 and 2": "'between' has a part that is not allowed in a formula",
    "trim(a, 'x') = 'y'": "'trim' has a part that is not allowed in a formula",
    "contains(a, 'x', 'y')": "'contains' has a part that is not allowed in a formula",
    "current_date > a": "'current_date' is not allowed in a formula",
    "interval '1 day' > a": "'interval' is not allowed in a formula",
    "a.b.c = 1": "a name with more than one dot is not allowed in a formula",
    '"" = 1': "a name is empty",
    "a b": "a word behind an expression that is complete is not allowed in a formula",
    "a = 0x1F": "a word behind an expression that is complete is not allowed in a formula",
    "a = 'x' 'y'": "a text right behind a text is not allowed in a formula",
    "e'x' = a": "a text with a letter before its quote is not allowed in a formula",
    "$$x$$ = a": "a text between dollar signs is not allowed in a formula",
    "a = 1e400": "a number is written in digits, at most 38 of them, without an exponent",
    f"a = {'9' * 39}": "a number is written in digits, at most 38 of them, without an exponent",
    "cast(a as json) = b": "'json' is not allowed in a formula",
    "cast(a as time) = b": "a cast is to text, integer, bigint, decimal, double, date, timestamp or boolean",
    "time '10:00' < a": "a cast is to text, integer, bigint, decimal, double, date, timestamp or boolean",
    "cast(a as decimal(39, 2)) = 1": "a decimal has 1 to 38 digits, of which no more than all stand behind the point",
    "cast(a as decimal(3, 4)) = 1": "a decimal has 1 to 38 digits, of which no more than all stand behind the point",
    "date '2026-02-30' < a": "a date in a formula is written as '2026-01-31'",
    "timestamp '2026-01-31 10:00+01:00' < a": "a date in a formula is written as '2026-01-31'",
    "a = 'x": "the formula cannot be read: a quote or a bracket is not closed",
    "(a = 1": "the formula cannot be read",
    "a = = 1": "the formula cannot be read",
    "lower() = 'x'": "the formula cannot be read",
    "starts_with(a)": "the formula cannot be read",
    "a = 1, b = 2": "the formula cannot be read",
}

WORDS = st.sampled_from(
    [
        *("a", "b", '"c d"', "case", "when", "then", "else", "end", "and", "or", "not", "in", "between", "is", "null"),
        *("like", "true", "1", "2.5", "'x'", "date", "timestamp", "'2026-01-31'", "(", ")", ",", ".", "=", "<>", "<"),
        *("+", "-", "*", "/", "%", "cast", "try_cast", "as", "decimal", "text", "limit", "format", "select", "from"),
        *("interval", "over", "filter", "--", "/*", "*/", ";", "?", "$", "::", "[", "]", "{", "}", "->", "||", "e'y'"),
        *("array", "struct", "map", "row", "left", "values", "union", "group by", "order by", "@", ":", "!", "~", "^"),
        *FUNCTIONS,
    ]
)


@pytest.mark.parametrize("text", ALLOWED)
def test_it_is_allowed(text: str) -> None:
    formula = parse_formula(text)
    assert formula.text == text
    assert formula.tree.sql("duckdb") == ALLOWED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_it_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_formula(text)
    assert REFUSED[text] in str(error.value)
    assert "\n" not in str(error.value)


def test_all_that_is_not_allowed_is_named_at_once() -> None:
    with pytest.raises(ValueError) as error:
        parse_formula("count(a) > 1 and b[1] = ?")
    assert str(error.value) == (
        "'count' is not a function that a formula may use. Did you mean 'contains'? a list or an index in brackets is "
        "not allowed in a formula. a parameter mark '?' is not allowed in a formula"
    )


def test_length_is_bounded() -> None:
    longest = "a = '" + "x" * (LONGEST - 6) + "'"
    assert len(longest) == LONGEST
    assert parse_formula(longest).names == ("a",)
    with pytest.raises(ValueError, match="longer than 4000 characters"):
        parse_formula(longest + " ")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1500 + "a" + ")" * 1500,
        "not " * 900 + "a",
        "a = " + "- " * 900 + "1",
        "lower(" * 500 + "a" + ")" * 500 + " = 'x'",
        "case when " * 200 + "a" + " then b end" * 100,
        "a" + " + a" * 900 + " = 1",
        "(end = 1 and " * 200 + "a" + ")" * 200,
    ],
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(ValueError, match="nested deeper than"):
        parse_formula(text)


def test_a_long_list_of_conditions_is_not_deep() -> None:
    formula = parse_formula(" or ".join(f"a = {number}" for number in range(300)))
    assert formula.tree.sql("duckdb").count(" OR ") == 299
    assert parse_formula("(" * DEEPEST + "a = 1" + ")" * DEEPEST).names == ("a",)


def test_no_cast_can_end_a_run() -> None:
    tree = parse_formula("cast(a as integer) + cast(cast(b as text) as decimal) > 1 or cast(c as boolean)").tree
    assert {type(node) for node in tree.find_all(exp.Cast)} == {exp.TryCast}


def test_names_are_those_of_the_attributes_as_written() -> None:
    assert set(parse_formula("case.Channel = \"b c\" and bizStep in ('x')").names) == {"case.Channel", "b c", "bizStep"}


def test_an_unknown_attribute_is_refused_where_the_attributes_are_given() -> None:
    known = frozenset({"channel", "amount"})
    assert parse_formula("Channel = 'x' and amount > 1", known).names == ("Channel", "amount")
    with pytest.raises(ValueError) as error:
        parse_formula("chanel = 'x'", known)
    assert str(error.value) == "'chanel' is not an attribute here. Did you mean 'channel'?"


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_allowed_is_sql_that_the_engine_knows(text: str) -> None:
    """The engine binds every allowed formula; only the types of the attributes are open, so that they are null here."""
    tree = parse_formula(text).tree.copy()
    for column in list(tree.find_all(exp.Column)):
        if tree is column:
            tree = exp.null()
        else:
            column.replace(exp.null())
    ((value,),) = duckdb.sql(f"select {tree.sql('duckdb')}").fetchall()
    assert value in (None, True, False)


def test_a_date_means_that_date_to_the_engine() -> None:
    tree = parse_formula("date '2026-01-31' < date '2026-02-01'").tree
    rows = duckdb.sql(f"select {tree.sql('duckdb')}, {tree.this.sql('duckdb')}").fetchall()
    assert rows == [(True, date(2026, 1, 31))]


@given(st.text(max_size=80))
@example("\x00")
@example("\ud800")
@example("²")
@example("a = 1 = ")
def test_any_text_is_a_formula_or_a_sentence(text: str) -> None:
    formula_or_sentence(text)


@settings(max_examples=400)
@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_any_row_of_words_is_a_formula_or_a_sentence(text: str) -> None:
    formula_or_sentence(text)


def formula_or_sentence(text: str) -> None:
    try:
        formula = parse_formula(text)
    except ValueError as error:
        sentence = str(error)
    else:
        again = formula.tree.sql("duckdb")
        assert parse_formula(again).tree.sql("duckdb") == again
        return
    assert sentence
