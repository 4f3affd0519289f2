"""A framework that is right is read whole: every key reaches the model, and the schema for editors agrees."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scherp.norms.model import (
    Absence,
    Check,
    Condition,
    Confirmed,
    Deadline,
    Duration,
    ExampleEvent,
    ExcludedHours,
    Framework,
    Human,
    Norm,
    NotComputable,
    Occurrence,
    Parameter,
    Pick,
    Precedence,
    Response,
    Selector,
    Separation,
    Share,
    Source,
    Suspension,
    Term,
    Unless,
    Valid,
)
from scherp.norms.read import parse_framework, read_framework
from scherp.norms.yaml_tree import parse_tree

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE.parents[1] / "src/scherp/norms/schema/framework-1.json").read_text(encoding="utf-8"))
VALID = sorted((HERE / "valid").glob("*.yaml"))


@pytest.fixture(scope="module")
def full() -> Framework:
    return read_framework(HERE / "valid" / "full.yaml")


def pick(*events: str) -> Selector:
    return Selector(tuple(Pick(event) for event in events))


def check_of(framework: Framework, norm: str) -> Check:
    return next(entry.check for entry in framework.norms if entry.norm == norm)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_schema_accepts_what_is_read(path: Path) -> None:
    tree = parse_tree(path.read_text(encoding="utf-8"), path.name)
    assert read_framework(path).norms
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(tree.value)] == []


def test_the_plan_s_own_example() -> None:
    framework = read_framework(HERE / "valid" / "fines.yaml")
    assert (framework.framework, framework.version, framework.zone) == ("nl/road-fines", "2026-01", "Europe/Amsterdam")
    assert framework.text == (HERE / "valid" / "fines.yaml").read_text(encoding="utf-8")
    (norm,) = framework.norms
    assert norm.check == Response(
        each="case",
        after=pick("Create Fine"),
        follows=pick("Send Fine"),
        within=Term(Duration(90, "days")),
        unless=Unless(pick("Payment"), pick("Send Fine")),
    )
    assert norm.source == Source("The sentence of the source.", "law", "unread", article=None, url=None)
    assert norm.valid == Valid(date(2000, 1, 1), None)
    assert norm.examples[0].gives == {"met": 1}
    assert norm.examples[0].as_of == "2026-06-01"
    assert norm.examples[0].events[1] == ExampleEvent("2026-04-01", "Send Fine", (("A", ""),))
    assert not norm.names_a_breach


def test_words_that_other_yaml_would_turn_into_something_else_stay_text() -> None:
    framework = read_framework(HERE / "valid" / "yaml-1-2.yaml")
    (norm,) = framework.norms
    assert (framework.version, framework.title["en"], norm.theme, norm.source.text) == ("2026-01", "NO", "on", "NO")
    assert isinstance(norm.check, Response)
    assert (norm.check.after.label, norm.check.follows.label) == ("off", "on")
    assert norm.check.within == Term(
        Duration(6, "hours"), excluded_hours=ExcludedHours(start=0, end=540, zone="Europe/Amsterdam")
    )
    assert [event.time for event in norm.examples[0].events] == ["2026-01-01", "2026-01-01T10:00:00+01:00", None]


def test_every_key_of_a_norm_reaches_the_model(full: Framework) -> None:
    norm: Norm = full.norms[0]
    assert norm.source == Source("House rule", "policy", "read", "3", "https://example.org/rule")
    assert norm.valid == Valid(date(2020, 1, 1), date(2024, 1, 1))
    assert norm.confirmed == Confirmed("legal desk", date(2026, 2, 1))
    assert norm.share == Share(Decimal("0.95"))
    assert norm.parameters == (Parameter("channel_limit", "case.limit", Decimal("12.5"), "target"),)
    assert (norm.supervisor, norm.addressee) == ("an inspectorate", "a municipality")
    assert norm.note == {"nl": "Let op.", "en": "Mind this."}
    assert (norm.norm_class, norm.path, full.norms[1].path) == ("norm", "$.norms[0]", "$.norms[1]")


def test_every_key_of_a_framework_reaches_the_model(full: Framework) -> None:
    assert full.note == {"nl": "Een proef.", "en": "A trial."}
    assert full.themes["four_eyes"] == {"nl": "Vier ogen", "en": "Four eyes"}
    assert full.mapping is not None
    assert full.mapping["case"] == "Case ID"
    assert full.vocabulary["dispatched"].picks[0].where is not None
    assert full.vocabulary["stopped"].label == "destroying / shipping"


def test_every_key_of_a_response_reaches_the_model(full: Framework) -> None:
    check = full.norms[0].check
    assert isinstance(check, Response)
    assert [(p.event, p.where.names if p.where else None) for p in check.after.picks] == [
        ("dispatched", None),
        ("Ask", ("amount", "channel_limit")),
    ]
    assert check.unless == Unless(pick("Withdraw"))
    assert check.until == pick("Close")
    assert check.within is not None
    assert (check.within.length, check.within.calendar) == (Duration(6, "weeks"), "nl-term")
    assert [(e.event.label, str(e.by)) for e in check.within.extended_by] == [
        ("Extend", "2 weeks"),
        ("Extend again", "1 months"),
    ]
    assert check.within.suspended_by == (Suspension(pick("Ask more"), pick("Reply", "Remind")),)


def test_every_key_of_an_example_reaches_the_model(full: Framework) -> None:
    example = full.norms[0].examples[0]
    assert example.objects == {"A": {"limit": 10, "open": True, "since": "2021-01-01", "tags": ["a", "b"]}}
    assert (example.says, example.as_of, example.zone) == ("answered in time", "2022-06-01", "Europe/Amsterdam")
    assert example.gives == {"unknown": 1}
    assert example.events == (
        ExampleEvent(
            "2022-01-03", "Ask", (("A", ""),), "p1", "2022-01-03T10:00:00Z", "desk", {"amount": Decimal("12.75")}
        ),
        ExampleEvent(None, "Answer", (("A", ""), ("B", "parcel"))),
    )


def test_working_days_imply_their_calendar(full: Framework) -> None:
    check = full.norms[1].check
    assert isinstance(check, Response)
    assert check.within == Term(Duration(10, "working days"), calendar="nl-working-days")


def test_the_other_kinds(full: Framework) -> None:
    assert check_of(full, "checked-first") == Precedence(
        "case", pick("Pay"), pick("Check"), Term(Duration(96, "hours"))
    )
    assert check_of(full, "once") == Occurrence("case", pick("Pay"), at_least=0, at_most=1, by="closes")
    assert check_of(full, "two-people") == Separation("case", (pick("Propose"), pick("Approve")))
    assert check_of(full, "before-deadline") == Deadline("case", pick("Decide"), "decide_by", "nl-days")
    whole = check_of(full, "whole")
    assert isinstance(whole, Condition)
    assert (whole.each, whole.holds.names) == ("event", ("weight",))
    assert check_of(full, "respectful") == Human({"nl": "de gesprekken", "en": "the conversations"})
    assert check_of(full, "polite") == Human({"nl": "de brieven", "en": "the letters"})
    assert check_of(full, "weighed-twice") == NotComputable({"nl": "de tweede weging", "en": "the second weighing"})


def test_the_where_of_an_absence_narrows_every_pick(full: Framework) -> None:
    check = check_of(full, "not-after-end")
    assert isinstance(check, Absence)
    shown = [(p.event, p.where.tree.sql("duckdb") if p.where else "") for p in check.event.picks]
    assert shown == [("Open", "place <> 'lab'"), ("Move", "(quantity > 0) AND (place <> 'lab')")]
    assert check.after == pick("stopped")


def test_or_inside_an_absence_s_where_stays_inside_it() -> None:
    text = (HERE / "valid" / "full.yaml").read_text(encoding="utf-8").replace("place <> 'lab'", "a = 1 or b = 2")
    check = check_of(parse_framework(text, "full.yaml"), "not-after-end")
    assert isinstance(check, Absence)
    assert check.event.picks[1].where is not None
    assert check.event.picks[1].where.tree.sql("duckdb") == "(quantity > 0) AND (a = 1 OR b = 2)"


def test_without_bounds_an_occurrence_asks_for_one() -> None:
    text = (HERE / "valid" / "full.yaml").read_text(encoding="utf-8").replace("at_most: 1, ", "")
    assert check_of(parse_framework(text, "full.yaml"), "once") == Occurrence("case", pick("Pay"), 1, None, "closes")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    text = "\ufeff" + (HERE / "valid" / "fines.yaml").read_text(encoding="utf-8")
    assert parse_framework(text, "fines.yaml").text == text
