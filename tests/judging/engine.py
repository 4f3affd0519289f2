"""Runs the engine on the oracle's worlds: tables in memory, the same plan and the same SQL as on a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from oracle import Happening, Row, World
from oracle_terms import EPOCH

from scherp.events.database import Database, connect, rows, text
from scherp.judging.examples import example_tables
from scherp.judging.judge import Judgement, judge
from scherp.judging.record import VERDICTS
from scherp.judging.relations import Cut, Tables
from scherp.norms.model import Check, Example, ExampleEvent, Framework, Norm, Selector, Source, Valid

SOURCE = Source("test", "policy", "unread")
EACH = "case"


def iso(micros: int) -> str:
    return (EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def sql_moment(micros: int) -> str:
    return iso(micros).removesuffix("Z").replace("T", " ")


def norm(check: Check, name: str = "n", valid: Valid | None = None, number: int = 0, **more: Any) -> Norm:
    text = {"nl": "x", "en": "x"}
    return Norm(name, "t", text, SOURCE, check, valid=valid or Valid(), path=f"$.norms[{number}]", **more)


def framework(*norms: Norm, vocabulary: dict[str, Selector] | None = None, zone: str = "Europe/Amsterdam") -> Framework:
    title = {"nl": "x", "en": "x"}
    return Framework("test", "1", title, {"t": title}, norms, "", vocabulary=vocabulary or {}, zone=zone)


def tables_of(database: Database, world: World, zone: str = "UTC") -> Tables:
    """zone: where bare dates and the source are at home."""
    events = tuple(
        ExampleEvent(
            time=_written(one.time, world.dates),
            event=one.type,
            objects=tuple((each, "") for each in one.objects),
            actor=one.actor,
            recorded=None if one.recorded is None else iso(one.recorded),
            attributes=dict(one.attributes),
        )
        for one in world.happenings
    )
    held = {
        each: {k: _value(v, world.dates) for k, v in attributes.items()} for each, attributes in world.objects.items()
    }
    tables = example_tables(database, EACH, Example("x", events, {}, objects=held, zone=zone))
    if not world.taken_back:
        return tables
    listed = ", ".join(f"({text(one)})" for one in sorted(world.taken_back))
    corrections = (
        "(SELECT event_id, CAST(NULL AS VARCHAR) AS corrected_by, CAST(NULL AS VARCHAR) AS reason, "
        f"CAST(NULL AS TIMESTAMP) AS time FROM (VALUES {listed}) AS v(event_id))"
    )
    return replace(tables, corrections=corrections, has_corrections=True)


def _written(micros: int | None, dates: bool) -> str | None:
    if micros is None:
        return None
    written = iso(micros)
    return written.removesuffix("T00:00:00Z") if dates else written


def _value(value: Any, dates: bool) -> Any:
    return _written(value, dates) if isinstance(value, int) and value > 10**12 else value


def numbered(*happenings: Happening) -> tuple[Happening, ...]:
    """The happenings with the ids that the engine's tables in memory give them."""
    return tuple(replace(one, id=f"event {number}") for number, one in enumerate(happenings, 1))


def verdict_rows(database: Database) -> list[Row]:
    found = rows(
        database,
        "SELECT norm, object, event, verdict, epoch_us(due), CAST(lateness * 1000000 AS HUGEINT) FROM verdicts",
    )
    return sorted(found, key=lambda row: tuple((cell is None, cell) for cell in row))


@cache
def shared() -> Database:
    """One database for all runs of a test process: opening one costs more than judging a small world."""
    return connect(threads=1)


class Ran:
    """What one run of the engine gave."""

    def __init__(self, judged: Framework, world: World, keep_met: bool = True, tables: Tables | None = None) -> None:
        database = shared()
        cut = Cut(sql_moment(world.as_of), None if world.known_at is None else sql_moment(world.known_at))
        held = tables_of(database, world) if tables is None else tables
        self.judgement: Judgement = judge(database, held, judged, cut, keep_met)
        self.rows = verdict_rows(database)
        self.reasons = dict(rows(database, "SELECT object, reason FROM verdicts"))

    def counts(self) -> dict[str, dict[str, int]]:
        return {one.norm: one.counts for one in self.judgement.norms}


def counted(found: list[Row], judged: Framework) -> dict[str, dict[str, int]]:
    """The oracle's rows, counted by norm and verdict."""
    counts = {one.norm: dict.fromkeys(VERDICTS, 0) for one in judged.norms}
    for row in found:
        counts[row[0]][row[3]] += 1
    return counts
