"""Small histories of a closed chain, and what the engine makes of them: for the tests of the chain's five kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from scherp.events.database import connect, rows
from scherp.judging.aliases import spelled_out
from scherp.judging.examples import example_tables
from scherp.judging.judge import judge
from scherp.judging.relations import Cut
from scherp.norms.formulas import parse_formula
from scherp.norms.model import (
    Check,
    Example,
    ExampleEvent,
    Framework,
    Norm,
    Parameter,
    Part,
    Pick,
    Selector,
    Source,
    Valid,
)

ERA = datetime(2026, 3, 2, tzinfo=UTC)
_TEXT = {"nl": "x", "en": "x"}


@dataclass(frozen=True)
class Took:
    """An object of a type that takes part in an event, in a role and perhaps with a quantity."""

    id: str
    type: str
    role: str = ""
    quantity: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Did:
    """An event. hour: since the start of the history, None: unknown."""

    type: str
    hour: int | None
    took: tuple[Took, ...]
    place: str | None = None
    actor: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Seen(NamedTuple):
    """One verdict row. due: hours since the start of the history."""

    object: str | None
    event: str | None
    verdict: str
    reason: str | None
    due: float | None
    amount: Decimal | None


def picks(*events: str, where: str | None = None) -> Selector:
    """The selector of these types of events, each with the same condition."""
    return Selector(tuple(Pick(event, None if where is None else parse_formula(where)) for event in events))


def judged(
    check: Check,
    history: Iterable[Did],
    as_of: int = 10_000,
    keep_met: bool = True,
    objects: Mapping[str, Mapping[str, Any]] | None = None,
    parameters: tuple[Parameter, ...] = (),
    valid: Valid | None = None,
    words: dict[str, str] | None = None,
) -> tuple[set[Seen], dict[str, int]]:
    """The verdict rows and the counts. Event N of the history has the id `event N`, from 1."""
    norm = Norm("n", "t", _TEXT, Source("x", "policy", "unread"), check, parameters=parameters, valid=valid or Valid())
    framework = spelled_out(Framework("t", "1", _TEXT, {"t": _TEXT}, (norm,), "", objects=words or {}))
    events = tuple(_event(one) for one in history)
    held = {one: dict(attributes) for one, attributes in (objects or {}).items()}
    others = {parameter.origin.partition(".")[0] for parameter in parameters if parameter.origin}
    database = connect()
    tables = example_tables(database, framework.norms[0].check.each, Example("x", events, {}, objects=held), others)
    moment = (ERA + timedelta(hours=as_of)).replace(tzinfo=None).isoformat(" ")
    judgement = judge(database, tables, framework, Cut(moment), keep_met)
    found = rows(database, "SELECT object, event, verdict, reason, epoch_us(due), amount FROM verdicts")
    database.close()
    listed = [Seen(o, e, v, r, _hours(due), amount) for o, e, v, r, due, amount in found]
    assert len(set(listed)) == len(listed), "a unit is judged once"
    outcome = judgement.norms[0]
    assert outcome.population == sum(outcome.counts.values())
    return set(listed), {verdict: count for verdict, count in outcome.counts.items() if count}


def verdicts(seen: Iterable[Seen]) -> dict[str, int]:
    """How many rows have each verdict."""
    counts: dict[str, int] = {}
    for one in seen:
        counts[one.verdict] = counts.get(one.verdict, 0) + 1
    return counts


def _event(one: Did) -> ExampleEvent:
    return ExampleEvent(
        time=None if one.hour is None else (ERA + timedelta(hours=one.hour)).isoformat(),
        event=one.type,
        objects=tuple((taking.id, taking.type) for taking in one.took),
        actor=one.actor,
        place=one.place,
        attributes=dict(one.attributes),
        parts=tuple(Part(taking.role, taking.quantity, taking.unit) for taking in one.took),
    )


def _hours(micros: int | None) -> float | None:
    if micros is None:
        return None
    return (micros - int(ERA.timestamp()) * 1_000_000) / 3_600_000_000
