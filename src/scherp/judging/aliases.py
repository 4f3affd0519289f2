"""A framework's own words for types of objects, spelled out in one place, before anything is planned.

Rule: a word of `objects` stands for a type of the store wherever a check, a formula, a parameter or an example names a
type; verdicts keep the store's ids. Where the store also has objects under the word itself (the register of parties has
`site` and `party`, the events have `sgln` and `pgln`), objects with the same id are one: they lend each other their
attributes. Source: the plan of the house, section 4; the engine's decision 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sqlglot import exp

from scherp.events.attributes import Attribute, register
from scherp.events.database import name, text
from scherp.events.parts import OBJECT_COLUMNS
from scherp.judging.relations import Tables
from scherp.norms.model import Example, Formula, Framework, Norm

_TYPES = ("each", "on", "objects")
_NAMES = ("measure", "key", "by", "origin")


def spelled_out(framework: Framework) -> Framework:
    """The framework with the store's own types for its words."""
    words = framework.objects
    if not words:
        return framework
    return replace(
        framework,
        norms=tuple(_norm(norm, words) for norm in framework.norms),
        vocabulary={word: _spelled(meant, words) for word, meant in framework.vocabulary.items()},
        objects={},
    )


def with_registers(tables: Tables, words: Mapping[str, str]) -> Tables:
    """The tables where the objects of a word's own name and those of the type that it stands for are one."""
    for word, object_type in words.items():
        if word != object_type and word in tables.object_attributes:
            tables = _joined(tables, object_type, word)
    return tables


def _norm(norm: Norm, words: Mapping[str, str]) -> Norm:
    return replace(
        norm,
        check=_spelled(norm.check, words),
        parameters=_spelled(norm.parameters, words),
        examples=tuple(_example(example, words) for example in norm.examples),
    )


def _example(example: Example, words: Mapping[str, str]) -> Example:
    events = tuple(
        replace(event, objects=tuple((one, words.get(kind, kind)) for one, kind in event.objects))
        for event in example.events
    )
    return replace(example, events=events)


def _spelled(whole: Any, words: Mapping[str, str]) -> Any:
    """A tree of data classes and tuples with every type and every qualified name spelled out."""
    if isinstance(whole, Formula):
        return _formula(whole, words)
    if isinstance(whole, tuple):
        return tuple(_spelled(item, words) for item in whole)
    if not is_dataclass(whole) or isinstance(whole, type):
        return whole
    found: dict[str, Any] = {}
    for part in fields(whole):
        value = getattr(whole, part.name)
        if isinstance(value, str):
            found[part.name] = _word(part.name, value, words)
        else:
            found[part.name] = _spelled(value, words)
    return replace(whole, **found)


def _word(part: str, value: str, words: Mapping[str, str]) -> str:
    if part in _TYPES:
        return words.get(value, value)
    table, point, column = value.partition(".")
    return f"{words[table]}.{column}" if part in _NAMES and point and table in words else value


def _formula(formula: Formula, words: Mapping[str, str]) -> Formula:
    tree = formula.tree.copy()
    for column in tree.find_all(exp.Column):
        if column.table in words:
            column.set("table", exp.to_identifier(words[column.table], quoted=True))
    return Formula(formula.text, tree)


def _joined(tables: Tables, object_type: str, word: str) -> Tables:
    """The tables with the objects of `word` among those of `object_type`."""
    own = tables.object_attributes.get(object_type, ())
    lent = [attribute for attribute in tables.object_attributes[word] if attribute.name not in {a.name for a in own}]
    every, _ = register(list(own), {attribute.name: attribute.type for attribute in lent}, OBJECT_COLUMNS)
    theirs = {a.column: next(b for b in lent if b.name == a.name) for a in every[len(own) :]}

    def objects_of(kind: str, columns: dict[str, str]) -> str:
        if kind != object_type:
            return tables.objects_of(kind, columns)
        return _both(tables, object_type, word, columns, theirs)

    def changes_of(kind: str) -> str:
        if kind != object_type:
            return tables.changes_of(kind)
        return f"(SELECT * FROM {tables.changes_of(kind)} UNION ALL SELECT * FROM {tables.changes_of(word)})"

    return replace(
        tables,
        objects_of=objects_of,
        changes_of=changes_of,
        object_attributes=tables.object_attributes | {object_type: tuple(every)},
        changed=tables.changed | {(object_type, a.name) for a in lent if (word, a.name) in tables.changed},
    )


def _both(tables: Tables, object_type: str, word: str, columns: dict[str, str], theirs: dict[str, Attribute]) -> str:
    """Every object of either type, once, with the columns asked for."""
    asked = {column: kind for column, kind in columns.items() if column not in OBJECT_COLUMNS}
    mine = tables.objects_of(object_type, {c: k for c, k in asked.items() if c not in theirs})
    lent = tables.objects_of(word, {theirs[c].column: k for c, k in asked.items() if c in theirs})
    picked = "".join(
        f", b.{name(theirs[column].column)} AS {name(column)}" if column in theirs else f", a.{name(column)}"
        for column in asked
    )
    return (
        f"(SELECT coalesce(a.object_id, b.object_id) AS object_id, {text(object_type)} AS type{picked} "
        f"FROM {mine} a FULL OUTER JOIN {lent} b ON a.object_id = b.object_id)"
    )
