"""A framework's own examples, run as tests.

Rule: an example is a tiny history with the verdicts that the norm must give; it is judged by the same plan and the same
SQL as real data, over tables in memory. Source: the plan of the house, section 4 (every norm carries examples, and they
run as tests).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from scherp.events.attributes import Attribute, common_type, register, written
from scherp.events.database import Database, connect, name, rows, text
from scherp.events.instants import iso, parse_instant
from scherp.events.manifest import Kind
from scherp.events.model import Instant, Nested
from scherp.events.parts import CHANGE_COLUMNS, CORRECTION_COLUMNS, EVENT_COLUMNS, OBJECT_COLUMNS, TAKES_PART_COLUMNS
from scherp.faults import Fault
from scherp.judging.aliases import spelled_out
from scherp.judging.judge import NormOutcome, judge
from scherp.judging.relations import Cut, Partition, Tables
from scherp.norms.model import Example, ExampleEvent, Framework, Human, Norm, NotComputable, Part

Table = tuple[dict[str, str], list[tuple[Any, ...]]]


def check_examples(framework: Framework, shown: str) -> list[Fault]:
    """Run every example of every norm; a fault for each that gives other verdicts than it says."""
    faults = []
    database = connect()
    for norm in framework.norms:
        if isinstance(norm.check, Human | NotComputable):
            continue
        for number, example in enumerate(norm.examples):
            gives = run_example(database, framework, norm, example)
            if gives != example.gives:
                where = f"{shown}: {norm.path}.examples[{number}] ({norm.norm})"
                what = f"{example.says!r} gives {_spelled(gives)}, not {_spelled(example.gives)}"
                faults.append(Fault(where, what, "Correct the norm or the example"))
    database.close()
    return faults


def run_example(database: Database, framework: Framework, norm: Norm, example: Example) -> dict[str, int]:
    """The verdicts, without the zeros, that the norm's entries give for the example's history."""
    framework = spelled_out(framework)
    norm, example = _as_spelled(framework, norm, example)
    others = {parameter.origin.partition(".")[0] for parameter in norm.parameters if parameter.origin}
    tables = example_tables(database, norm.check.each, example, others)
    siblings = tuple(other for other in framework.norms if other.norm == norm.norm)
    alone = replace(framework, norms=siblings)
    judgement = judge(database, tables, alone, Cut(_as_of(example)))
    outcome: NormOutcome = judgement.norms[0]
    return {verdict: count for verdict, count in outcome.counts.items() if count}


def _as_spelled(framework: Framework, norm: Norm, example: Example) -> tuple[Norm, Example]:
    """The norm and the example as they stand in the framework whose words were spelled out."""
    spelled = next(other for other in framework.norms if other.path == norm.path)
    return spelled, spelled.examples[norm.examples.index(example)]


def _as_of(example: Example) -> str:
    if example.as_of is not None:
        micros = parse_instant(example.as_of, "UTC").micros
    else:
        moments = [_instant(event.time, example) for event in example.events]
        micros = max((moment.micros + _wall(moment) for moment in moments if moment), default=0)
    return str(iso(micros)).rstrip("Z").replace("T", " ")


def _wall(moment: Instant) -> int:
    # a bare date stands at 00:00 of that date, whatever its zone
    return moment.offset * 60_000_000 if moment.date_only else 0


def _instant(written_time: str | None, example: Example) -> Instant | None:
    return None if written_time is None else parse_instant(written_time, example.zone)


def example_tables(database: Database, each: str, example: Example, others: Iterable[str] = ()) -> Tables:
    """The example's events and objects as tables in memory.

    Objects without a type of their own are of type `each`; those that no event gives a type are of the types `others`
    too, so that a parameter can be read from them.
    """
    attributes = _attributes([event.attributes for event in example.events], EVENT_COLUMNS)
    kinds = list(dict.fromkeys(_kind(event) for event in example.events))
    events, takings = [], []
    types: dict[str, set[str]] = {each: set(), **{other: set() for other in sorted(others)}}
    for number, event in enumerate(example.events):
        time, recorded = _instant(event.time, example), _instant(event.recorded, example)
        event_id = f"event {number + 1}"
        stamp = (_at(time), time.offset if time else None, bool(time and time.date_only))
        values = tuple(_value(event.attributes.get(a.name)) for a in attributes)
        events.append(
            (event_id, event.event, *stamp, _at(recorded), event.place, event.actor, None, number, None, *values)
        )
        parts = event.parts or (Part(),) * len(event.objects)
        for (object_id, object_type), part in zip(event.objects, parts, strict=True):
            kind = object_type or each
            types.setdefault(kind, set()).add(object_id)
            takings.append(
                (kind, object_id, event_id, part.role or None, part.quantity, part.unit, event.event, *stamp,
                 _at(recorded), event.actor, event.place, kinds.index(_kind(event)))
            )  # fmt: skip
    loose = set(example.objects) - {one for event in example.events for one, kind in event.objects if kind}
    for kind in (each, *others):
        types[kind] |= loose
    held = _attributes(list(example.objects.values()), OBJECT_COLUMNS)
    objects = [
        (object_id, kind, *(_value(example.objects.get(object_id, {}).get(a.name)) for a in held))
        for kind, ids in types.items()
        for object_id in sorted(ids)
    ]
    _make(database, "example events", EVENT_COLUMNS | {a.column: a.type for a in attributes}, events)
    _make(database, "example takings", {"each_type": "VARCHAR"} | TAKES_PART_COLUMNS, takings)
    _make(database, "example objects", OBJECT_COLUMNS | {a.column: a.type for a in held}, objects)
    partitions = {kind: _partition(kind, takings, example) for kind in types}
    return Tables(
        events_of=lambda columns: f"(SELECT {', '.join(map(name, columns))} FROM {name('example events')})",
        takings_of=_of("example takings", "each_type", TAKES_PART_COLUMNS),
        objects_of=lambda kind, columns: (
            f"(SELECT {', '.join(map(name, dict(OBJECT_COLUMNS) | columns))} FROM {name('example objects')} "
            f"WHERE type = {text(kind)})"
        ),
        changes_of=lambda kind: _empty(CHANGE_COLUMNS),
        corrections=_empty(CORRECTION_COLUMNS),
        event_attributes=tuple(attributes),
        object_attributes={kind: tuple(held) for kind in types},
        kinds=tuple(kinds),
        partitions=partitions,
        event_types=frozenset(event.event for event in example.events),
        zone=example.zone,
    )


def _partition(kind: str, takings: list[tuple[Any, ...]], example: Example) -> Partition:
    mine = [row for row in takings if row[0] == kind]
    times = [parse_instant(row[7] + "Z").micros for row in mine if row[7] is not None]
    dated = {bool(row[9]) for row in mine if row[7] is not None}
    return Partition(
        dated="date" if dated == {True} else "mixed" if True in dated else "instant",
        untimed=sum(row[7] is None for row in mine),
        repeats=len({row[1:3] for row in mine}) < len(mine),
        first=min(times, default=None),
        last=max(times, default=None),
        zone=example.zone,
    )


def _kind(event: ExampleEvent) -> Kind:
    fields = [event.attributes.get(field) for field in ("action", "bizStep", "disposition")]
    return Kind(event.event, *(None if field is None else str(field) for field in fields))


def _attributes(held: list[dict[str, Any]], reserved: dict[str, str]) -> list[Attribute]:
    types: dict[str, set[str]] = {}
    for attributes in held:
        for attribute, content in attributes.items():
            pair = written(_plain(content))
            types.setdefault(attribute, set()).update([pair[1]] if pair else [])
    found, _ = register([], {attribute: common_type(kinds) for attribute, kinds in types.items()}, reserved)
    return found


def _value(content: Any) -> str | None:
    pair = written(_plain(content))
    return pair[0] if pair else None


def _plain(content: Any) -> Any:
    """A YAML value as an attribute's value: dates and times written as text become dates and times."""
    if isinstance(content, list | dict):
        import json

        return Nested(json.dumps(content, sort_keys=True, default=str))
    if isinstance(content, float):
        return Decimal(repr(content))
    if isinstance(content, str):
        try:
            moment = datetime.fromisoformat(content)
        except ValueError:
            return content
        if len(content) == 10:
            return date.fromisoformat(content)
        return moment if moment.tzinfo else parse_naive(moment)
    return content


def parse_naive(moment: datetime) -> datetime:
    """A naive attribute time of an example is UTC."""
    from datetime import UTC

    return moment.replace(tzinfo=UTC)


def _at(moment: Instant | None) -> str | None:
    return None if moment is None else str(iso(moment.micros)).rstrip("Z").replace("T", " ")


def _make(database: Database, table: str, columns: dict[str, str], content: list[tuple[Any, ...]]) -> None:
    spelled = ", ".join(f"{name(column)} {kind}" for column, kind in columns.items())
    rows(database, f"CREATE OR REPLACE TEMP TABLE {name(table)} ({spelled})")
    if content:
        database.executemany(f"INSERT INTO {name(table)} VALUES ({', '.join('?' * len(columns))})", content).fetchall()


def _of(table: str, column: str, columns: dict[str, str]) -> Callable[[str], str]:
    picked = ", ".join(map(name, columns))
    return lambda kind: f"(SELECT {picked} FROM {name(table)} WHERE {name(column)} = {text(kind)})"


def _empty(columns: dict[str, str]) -> str:
    return f"(SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name(c)}' for c, kind in columns.items())} WHERE false)"


def _spelled(gives: dict[str, int]) -> str:
    return ", ".join(f"{verdict}: {count}" for verdict, count in gives.items()) or "nothing"


def without_examples(framework: Framework, shown: str) -> list[Fault]:
    """A fault for each computable norm that carries no example."""
    return [
        Fault(f"{shown}: {norm.path} ({norm.norm})", "the norm has no examples", "Give at least one history it judges")
        for norm in framework.norms
        if not norm.examples and not isinstance(norm.check, Human | NotComputable)
    ]
