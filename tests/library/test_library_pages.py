"""The pages on frameworks and mappings: every framework on them keeps its examples, and nothing is left out.

That they are valid at all, and that their sessions print what they show, is tested with the other pages.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from scherp.events.mapping import Table, read_mapping
from scherp.events.register import COLUMNS
from scherp.judging.examples import check_examples
from scherp.norms.calendar import CALENDARS
from scherp.norms.library import framework_id, list_frameworks
from scherp.norms.model import Norm
from scherp.norms.read import parse_framework

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "frameworks.md").read_text(encoding="utf-8")
MAPPINGS = (DOCS / "mappings.md").read_text(encoding="utf-8")
SHOWN = [
    parse_framework(text, "page") for text in re.findall(r"^```yaml framework[^\n]*\n(.*?)^```", PAGE, re.M | re.S)
]
KINDS = {
    *("response", "precedence", "absence", "occurrence", "separation", "deadline", "condition"),
    *("human", "not_computable"),
}


@pytest.mark.parametrize("framework", SHOWN, ids=[framework.framework for framework in SHOWN])
def test_a_framework_on_the_page_gives_what_its_examples_say(framework: object) -> None:
    shown = next(one for one in SHOWN if one is framework)
    assert [str(fault) for fault in check_examples(shown, "page")] == []


def test_every_kind_of_check_has_a_heading_and_an_example() -> None:
    assert {norm.check.kind for framework in SHOWN for norm in framework.norms} >= KINDS
    headings = " ".join(re.findall(r"^### (.*)$", PAGE, re.M))
    assert [kind for kind in sorted(KINDS) if kind not in headings] == []


def test_every_key_of_a_norm_is_told() -> None:
    names = {"norm_class": "class"}
    keys = [names.get(field.name, field.name) for field in fields(Norm) if field.name != "path"]
    assert [key for key in keys if f"`{key}`" not in PAGE] == []


def test_every_calendar_is_told() -> None:
    assert [calendar for calendar in CALENDARS if f"`{calendar}`" not in PAGE] == []


@pytest.mark.parametrize("name", [framework_id(path) for path in list_frameworks()])
def test_the_page_lists_every_framework_of_the_library(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_key_of_a_mapping_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", MAPPINGS))
    assert {field.name for field in fields(Table)} | {"tables", "synthetic"} <= told


def test_every_column_of_the_register_is_told() -> None:
    assert set(COLUMNS) <= set(re.findall(r"`(\w+)`", MAPPINGS))


def test_the_mappings_on_the_page_are_valid(tmp_path: Path) -> None:
    written = [text for text in re.findall(r"^```yaml[^\n]*\n(.*?)^```", MAPPINGS, re.M | re.S) if "activity:" in text]
    assert len(written) >= 2
    for number, text in enumerate(text for text in written if not text.startswith("contract:")):
        path = tmp_path / f"mapping-{number}.yaml"
        path.write_text(text, encoding="utf-8")
        assert read_mapping(path).tables
