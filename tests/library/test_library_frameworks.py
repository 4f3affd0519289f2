"""The frameworks of the library: valid, their examples give what they say, and their sources are stated honestly.

Source of the statuses: only article 9:11 Awb, article 4.4 Woo and the inspectorate's own two targets were read; every
other norm is a concept, or a target date that stands in the data and whose policy nobody read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from scherp.events.database import Database, connect
from scherp.judging.examples import check_examples, run_example
from scherp.norms.library import framework_id, list_frameworks
from scherp.norms.model import Deadline, Duration, Extension, Framework, Human, Norm, NotComputable, Occurrence, Term
from scherp.norms.read import read_framework

FRAMEWORKS = {framework_id(path): read_framework(path) for path in list_frameworks()}
OURS = ["nl/complaints", "nl/permits-receipt", "nl/road-fines", "nl/woo"]
NORMS = [
    pytest.param(FRAMEWORKS[name], norm, id=f"{name}:{norm.norm}") for name in OURS for norm in FRAMEWORKS[name].norms
]
READ = {
    "nl/complaints": {
        "decided-within-6-weeks", "decided-within-10-weeks", "no-silent-lateness", "no-silent-lateness-with-committee",
        "adjourned-at-most-once", "adjournment-in-writing", "decided-by-agreed-date",
        "own-complaint-confirmed-within-1-week", "own-complainant-contacted-within-2-weeks",
    },
    "nl/woo": {
        "decided-within-4-weeks", "no-silent-lateness", "adjourned-at-most-once", "adjourned-on-a-lawful-ground",
    },
    "nl/road-fines": set(),
    "nl/permits-receipt": set(),
}  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    opened = connect()
    yield opened
    opened.close()


def test_the_library_holds_these_frameworks() -> None:
    assert set(OURS) <= set(FRAMEWORKS)


@pytest.mark.parametrize("name", OURS)
def test_every_example_gives_what_it_says(name: str) -> None:
    assert [str(fault) for fault in check_examples(FRAMEWORKS[name], name)] == []


@pytest.mark.parametrize("name", OURS)
def test_exactly_the_norms_whose_text_was_read_say_so(name: str) -> None:
    assert {norm.norm for norm in FRAMEWORKS[name].norms if norm.source.checked == "read"} == READ[name]


@pytest.mark.parametrize(("framework", "norm"), NORMS)
def test_a_law_names_its_article_and_where_it_was_read_and_a_concept_names_none(
    framework: Framework, norm: Norm
) -> None:
    source = norm.source
    if source.status == "law":
        assert source.article
        assert source.url
        assert source.checked == "read"
    elif source.status == "concept":
        assert source.article is None
        assert source.checked == "unread"
    else:
        assert source.status == "target"


@pytest.mark.parametrize(("framework", "norm"), NORMS)
def test_no_norm_may_name_a_breach_of_law_before_a_lawyer_confirmed_it(framework: Framework, norm: Norm) -> None:
    assert norm.confirmed is None
    assert not norm.names_a_breach


@pytest.mark.parametrize(("framework", "norm"), NORMS)
def test_every_norm_is_one_sentence_in_two_languages_and_says_whom_it_addresses(
    framework: Framework, norm: Norm
) -> None:
    assert norm.says["nl"] != norm.says["en"]
    for text in norm.says.values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert ". " not in text
    assert norm.addressee


@pytest.mark.parametrize("name", OURS)
def test_a_reader_is_told_that_the_framework_is_a_concept(name: str) -> None:
    note = FRAMEWORKS[name].note or {}
    assert "concept" in note["nl"].lower()
    assert "concept" in note["en"].lower()


@pytest.mark.parametrize("name", OURS)
def test_every_theme_has_a_norm(name: str) -> None:
    assert {norm.theme for norm in FRAMEWORKS[name].norms} == set(FRAMEWORKS[name].themes)


def test_the_examples_reach_every_verdict_of_a_response_with_a_limit() -> None:
    for name in OURS:
        for norm in FRAMEWORKS[name].norms:
            if norm.check.kind == "response" and norm.check.within is not None:
                reached = {verdict for example in norm.examples for verdict in example.gives}
                assert reached == {"met", "breached", "pending", "unknown", "not_applicable"}, norm.norm


def test_road_fines_needs_no_option_for_its_log() -> None:
    mapping = FRAMEWORKS["nl/road-fines"].mapping or {}
    assert (mapping["case"], mapping["activity"], mapping["time"]) == ("case_id", "activity", "timestamp")
    assert mapping["zone"] == "UTC"


# --- the examples hold the numbers of the norms: another number makes at least one of them fail ----------------------


def moved(term: Term, by: int) -> Term:
    return dataclasses.replace(term, length=Duration(term.length.count + by, term.length.unit))


def lengthened(term: Term, by: int) -> Term:
    more = tuple(Extension(e.event, Duration(e.by.count + by, e.by.unit)) for e in term.extended_by)
    return dataclasses.replace(term, extended_by=more)


def mutants(check: Any) -> Iterator[tuple[str, Any]]:
    """The same check with another number in it."""
    term = getattr(check, "within", None)
    if term is not None:
        for by in (-1, 1):
            if term.length.count + by > 0:
                yield f"limit {by:+}", dataclasses.replace(check, within=moved(term, by))
            if term.extended_by:
                yield f"extension {by:+}", dataclasses.replace(check, within=lengthened(term, by))
        if term.calendar is not None and term.length.unit != "working days":
            yield "no calendar", dataclasses.replace(check, within=dataclasses.replace(term, calendar=None))
        if term.suspended_by:
            yield "never suspended", dataclasses.replace(check, within=dataclasses.replace(term, suspended_by=()))
    if getattr(check, "unless", None) is not None:
        yield "no exception", dataclasses.replace(check, unless=None)
    if isinstance(check, Deadline):
        yield "no calendar", dataclasses.replace(check, calendar=None)
    if isinstance(check, Occurrence) and check.at_most is not None:
        yield "at most 1 more", dataclasses.replace(check, at_most=check.at_most + 1)
        yield "at most 1 less", dataclasses.replace(check, at_least=0, at_most=check.at_most - 1)
        if check.at_least:
            yield "at least none", dataclasses.replace(check, at_least=0)


MUTANTS = [
    pytest.param(FRAMEWORKS[name], norm, mutant, id=f"{name}:{norm.norm}:{what}")
    for name in OURS
    for norm in FRAMEWORKS[name].norms
    if not isinstance(norm.check, Human | NotComputable)
    for what, mutant in mutants(norm.check)
]


@pytest.mark.parametrize(("framework", "norm", "mutant"), MUTANTS)
def test_another_number_makes_an_example_fail(
    database: Database, framework: Framework, norm: Norm, mutant: Any
) -> None:
    other = dataclasses.replace(norm, check=mutant)
    changed = dataclasses.replace(framework, norms=(other,))
    assert any(run_example(database, changed, other, example) != example.gives for example in norm.examples)
