"""What is judged through a store is what is judged in memory, and the order of the rows of a source changes nothing.

A random world is written as a CSV table, taken in, and judged from the store's snapshot; the rows have to be the oracle's.
Then the same rows go in shuffled, and split over two documents: no verdict changes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import msgspec
import oracle
import pytest
import worlds
from engine import iso, sql_moment, verdict_rows
from every_kind import every_kind, every_kind_yaml
from oracle import Row, World
from test_engine_and_oracle import compare

from scherp.events.database import connect
from scherp.events.intake import take_in
from scherp.events.manifest import read_manifest
from scherp.events.mapping import parse_mapping
from scherp.events.sources import find_sources
from scherp.judging.judge import judge
from scherp.judging.record import RunRecord
from scherp.judging.relations import Cut, from_store
from scherp.norms.model import Framework
from scherp.runs.run import Asked, make_run

MAPPING = {
    "case": "case",
    "activity": "what",
    "time": "when",
    "resource": "who",
    "recorded": "known",
    "case_attributes": ["until", "ceiling"],
}
COLUMNS = ("case", "what", "when", "who", "known", "colour", "amount", "until", "ceiling", "row")


def as_table(rnd: Random) -> World:
    """A world that a table can hold: one object an event, no object without one, nothing taken back."""
    world = worlds.world(rnd)
    while len(world.visible()) < 6:
        world = worlds.world(rnd)
    happenings = tuple(replace(one, objects=one.objects[:1]) for one in world.happenings)
    seen = {one.objects[0] for one in happenings}
    objects = {each: held for each, held in world.objects.items() if each in seen}
    return replace(world, happenings=happenings, objects=objects, taken_back=frozenset())


def lines_of(world: World) -> list[dict[str, object]]:
    """The rows of the table; each has a number, so that no two are the same event."""
    lines = []
    for number, one in enumerate(world.happenings):
        held = world.objects[one.objects[0]]
        cells = (one.objects[0], one.type, one.time, one.actor, one.recorded, one.attributes["colour"])
        rest = (one.attributes["amount"], held["until"], held["ceiling"], number)
        line = dict(zip(COLUMNS, (*cells, *rest), strict=True))
        for moment in ("when", "known", "until"):
            line[moment] = None if line[moment] is None else iso(int(str(line[moment])))
        lines.append(line)
    return lines


def written(lines: list[dict[str, object]], path: Path) -> Path:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows(lines)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def through_a_store(
    judged: Framework, world: World, documents: list[list[dict[str, object]]], folder: Path
) -> list[Row]:
    store = folder / "store"
    folder.mkdir()
    paths = [written(lines, folder / f"table-{number}.csv") for number, lines in enumerate(documents)]
    outcome = take_in(store, find_sources(paths), parse_mapping(MAPPING, "mapping"))
    assert not outcome.faults
    database = connect(threads=1)
    cut = Cut(sql_moment(world.as_of), None if world.known_at is None else sql_moment(world.known_at))
    judge(database, from_store(store, read_manifest(store)[0]), judged, cut, keep_met=True)
    found = verdict_rows(database)
    database.close()
    return found


def nameless(found: list[Row], judged: Framework) -> Counter[tuple[object, ...]]:
    """Rows without the ids of events, which a store makes from their content."""
    per_event = {one.norm for one in judged.norms if one.check.each == "event"}
    return Counter((row[0], None if row[0] in per_event else row[1], *row[3:]) for row in found)


@pytest.mark.parametrize("seed", range(3))
def test_a_store_gives_what_memory_gives(seed: int, tmp_path: Path) -> None:
    rnd = Random(1000 + seed)
    world = as_table(rnd)
    judged = every_kind() if seed % 2 else worlds.norms(rnd, list(worlds.KINDS.values()), 8)
    found = through_a_store(judged, world, [lines_of(world)], tmp_path / "one")
    assert found
    assert nameless(found, judged) == nameless(oracle.rows(judged, world), judged)


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_rows_and_their_division_over_documents_change_no_verdict(seed: int, tmp_path: Path) -> None:
    rnd = Random(2000 + seed)
    world = as_table(rnd)
    judged, lines = every_kind(), lines_of(world)
    first = through_a_store(judged, world, [lines], tmp_path / "first")
    shuffled = rnd.sample(lines, len(lines))
    assert through_a_store(judged, world, [shuffled], tmp_path / "shuffled") == first
    middle = len(lines) // 2
    halves = [half for half in (shuffled[middle:], shuffled[:middle]) if half]
    assert through_a_store(judged, world, halves, tmp_path / "split") == first


@pytest.mark.parametrize("seed", range(2))
def test_a_framework_with_every_key_gives_the_oracles_rows(seed: int) -> None:
    compare(every_kind(), worlds.world(Random(3000 + seed)))


def test_a_whole_run_writes_the_same_rows(tmp_path: Path) -> None:
    world = as_table(Random(4003))
    framework = tmp_path / "every-kind.yaml"
    framework.write_text(every_kind_yaml(), encoding="utf-8")
    done = make_run(
        Asked(
            framework,
            (written(lines_of(world), tmp_path / "table.csv"),),
            tmp_path / "run",
            as_of=iso(world.as_of),
            known_at=None if world.known_at is None else iso(world.known_at),
            mapping=parse_mapping(MAPPING, "mapping"),
            keep_met=True,
        )
    )
    found = duckdb.execute(
        "SELECT norm, object, event, verdict, epoch_us(due), CAST(lateness * 1000000 AS HUGEINT) "
        f"FROM read_parquet('{done.folder}/verdicts/*.parquet')"
    ).fetchall()
    expected = oracle.rows(every_kind(), world)
    assert nameless(found, every_kind()) == nameless(expected, every_kind())
    record = msgspec.json.decode((done.folder / "run.json").read_bytes(), type=RunRecord)
    populations = Counter(row[0] for row in expected)
    assert {norm.norm: norm.population for norm in record.norms if norm.population} == dict(populations)
