"""Whatever is in the file: it is a framework, or it is refused with sentences; never a traceback."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scherp.faults import Refused
from scherp.norms.model import Framework
from scherp.norms.read import parse_framework
from scherp.norms.yaml_tree import parse_tree, scalar

HERE = Path(__file__).parent
SCHEMA = Draft202012Validator(
    json.loads((HERE.parents[1] / "src/scherp/norms/schema/framework-1.json").read_text(encoding="utf-8"))
)
FULL = (HERE / "valid" / "full.yaml").read_text(encoding="utf-8")


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a document."""
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [here, *(path for key, child in children for path in paths(child, (*here, key)))]


def plain(value: Any) -> Any:
    """A copy without shared parts, ready for JSON."""
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return float(value) if isinstance(value, Decimal) else value


DOCUMENT = plain(parse_tree(FULL, "full.yaml").value)
PATHS = paths(DOCUMENT)[1:]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
KNOWN = st.sampled_from(["event", "human", "nl-term", "90 days", "a = 1", "2026-01-01", "dispatched", 0, 1, [], {}])


def refused_or_read(text: str) -> Framework | None:
    try:
        return parse_framework(text, "a.yaml")
    except Refused as refused:
        faults = refused.faults
    assert faults
    assert all(fault.where.startswith("a.yaml") and fault.what for fault in faults)
    return None


def changed(path: tuple[Any, ...], change: str, value: Any) -> Any:
    document = json.loads(json.dumps(DOCUMENT))
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if change == "drop":
        del parent[path[-1]]
    elif change == "rename" and isinstance(parent, dict):
        parent[f"{path[-1]}x"] = parent.pop(path[-1])
    else:
        parent[path[-1]] = value
    return document


def test_the_document_that_is_changed_below_is_right() -> None:
    assert refused_or_read(json.dumps(DOCUMENT)) is not None


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(PATHS), st.sampled_from(["drop", "rename", "replace"]), VALUES | KNOWN)
def test_changing_one_key_gives_a_framework_or_sentences(path: tuple[Any, ...], change: str, value: Any) -> None:
    text = json.dumps(changed(path, change, value))
    if refused_or_read(text) is not None:
        tree = parse_tree(text, "a.yaml")
        assert [error.message for error in SCHEMA.iter_errors(tree.value)] == []  # what is read, editors accept


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([path for path in PATHS if isinstance(path[-1], str) and "mapping" not in path]))
def test_a_key_that_is_not_known_is_never_passed_over(path: tuple[Any, ...]) -> None:
    free = {"themes", "vocabulary", "objects", "attributes", "parameters"}
    if not free & set(path[:-1]):
        assert refused_or_read(json.dumps(changed(path, "rename", None))) is None


@settings(deadline=None)
@given(st.text(max_size=60))
@example("%YAML 9")
@example("%YAML ²")
@example('"\\UFFFFFFFF"')
@example("&a")
@example("? ")
@example("- - - -\n -")
@example("!<")
@example("{a: [b, {c")
def test_any_text_is_refused_with_sentences(text: str) -> None:
    assert refused_or_read(text) is None


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(FULL)), st.integers(0, 40), st.text(alphabet="{}[]:,&*!|>'\"%@`#-? \n\ta0", max_size=6))
def test_cutting_and_pasting_in_the_text_gives_a_framework_or_sentences(at: int, cut: int, paste: str) -> None:
    refused_or_read(FULL[:at] + paste + FULL[at + cut :])


@given(st.text(max_size=20))
@example("1" * 5000)
@example("1e999999999")
@example("0x" + "f" * 5000)
def test_a_plain_scalar_is_a_value_that_writes_back(text: str) -> None:
    value = scalar(text)
    assert value is None or isinstance(value, bool | int | Decimal | str)
    if isinstance(value, str):
        assert value == text
    elif isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool) and text[:2] != "0x"):
        assert value.is_finite() if isinstance(value, Decimal) else True
        assert scalar(str(value)) == value or text[:2] == "0o"
