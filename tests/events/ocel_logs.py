"""Logs of OCEL 2.0 as tests write them: one log, three spellings, and what the readers make of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from scherp.events.model import Reader, Reading, Record
from scherp.events.ocel.json import read_ocel_json
from scherp.events.ocel.sqlite import read_ocel_sqlite
from scherp.events.ocel.xml import read_ocel_xml
from scherp.faults import Refused

EPOCH = "1970-01-01T00:00:00Z"
SQL_TYPES = {"string": "TEXT", "integer": "INTEGER", "float": "REAL", "boolean": "BOOLEAN", "time": "TIMESTAMP"}


@dataclass
class Thing:
    """An event or object to be written. values: (name, value, time); links: (object id, qualifier)."""

    id: str
    type: str
    values: list[tuple[str, Any, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    time: str = ""


@dataclass
class Log:
    event_types: dict[str, dict[str, str]]
    object_types: dict[str, dict[str, str]]
    events: list[Thing] = field(default_factory=list)
    objects: list[Thing] = field(default_factory=list)


def write_json(log: Log, path: Path) -> None:
    def types(declared: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
        return [
            {"name": name, "attributes": [{"name": each, "type": kind} for each, kind in kinds.items()]}
            for name, kinds in declared.items()
        ]

    def thing(each: Thing, dated: bool) -> dict[str, Any]:
        values = [{"name": n, "value": v, **({"time": t} if dated else {})} for n, v, t in each.values]
        links = [{"objectId": to, "qualifier": role} for to, role in each.links]
        time = {} if dated else {"time": each.time}
        return {"id": each.id, "type": each.type, "attributes": values, "relationships": links, **time}

    document = {
        "events": [thing(each, False) for each in log.events],
        "objects": [thing(each, True) for each in log.objects],
        "eventTypes": types(log.event_types),
        "objectTypes": types(log.object_types),
    }
    path.write_text(json.dumps(document), encoding="utf-8")


def write_xml(log: Log, path: Path) -> None:
    def types(word: str, declared: dict[str, dict[str, str]]) -> Iterator[str]:
        for name, kinds in declared.items():
            inside = "".join(f"<attribute name={quoteattr(n)} type={quoteattr(k)}/>" for n, k in kinds.items())
            yield f"<{word} name={quoteattr(name)}><attributes>{inside}</attributes></{word}>"

    def thing(word: str, each: Thing) -> str:
        stamp = f" time={quoteattr(each.time)}" if word == "event" else ""
        values = "".join(
            f"<attribute name={quoteattr(n)}{'' if word == 'event' else f' time={quoteattr(t)}'}>"
            f"{escape(json.dumps(v) if not isinstance(v, str) else v)}</attribute>"
            for n, v, t in each.values
        )
        links = "".join(f"<relationship object-id={quoteattr(to)} qualifier={quoteattr(r)}/>" for to, r in each.links)
        return (
            f"<{word} id={quoteattr(each.id)} type={quoteattr(each.type)}{stamp}>"
            f"<attributes>{values}</attributes><objects>{links}</objects></{word}>"
        )

    path.write_text(
        f"<log><object-types>{''.join(types('object-type', log.object_types))}</object-types>"
        f"<event-types>{''.join(types('event-type', log.event_types))}</event-types>"
        f"<events>{''.join(thing('event', each) for each in log.events)}</events>"
        f"<objects>{''.join(thing('object', each) for each in log.objects)}</objects></log>",
        encoding="utf-8",
    )


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def write_sqlite(log: Log, path: Path) -> None:
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(
        "create table event(ocel_id text, ocel_type text); create table object(ocel_id text, ocel_type text);"
        "create table event_object(ocel_event_id text, ocel_object_id text, ocel_qualifier text);"
        "create table object_object(ocel_source_id text, ocel_target_id text, ocel_qualifier text);"
        "create table event_map_type(ocel_type text, ocel_type_map text);"
        "create table object_map_type(ocel_type text, ocel_type_map text);"
    )
    tables: dict[tuple[str, str], str] = {}
    for family, declared in (("event", log.event_types), ("object", log.object_types)):
        for number, (name, kinds) in enumerate(declared.items()):
            tables[family, name] = quoted(f"{family}_t{number} x")
            db.execute(f"insert into {family}_map_type values (?, ?)", (name, f"t{number} x"))
            own = "ocel_id text, ocel_time text" + (", ocel_changed_field text" if family == "object" else "")
            columns = "".join(f", {quoted(column)} {SQL_TYPES.get(kind, kind)}" for column, kind in kinds.items())
            db.execute(f"create table {tables[family, name]} ({own}{columns})")
    for each in log.events:
        db.execute("insert into event values (?, ?)", (each.id, each.type))
        insert(db, tables.get(("event", each.type)), {"ocel_id": each.id, "ocel_time": each.time}, each.values)
        db.executemany("insert into event_object values (?, ?, ?)", [(each.id, *link) for link in each.links])
    for each in log.objects:
        db.execute("insert into object values (?, ?)", (each.id, each.type))
        db.executemany("insert into object_object values (?, ?, ?)", [(each.id, *link) for link in each.links])
        table, initial = tables.get(("object", each.type)), [told for told in each.values if told[2] == EPOCH]
        insert(db, table, {"ocel_id": each.id, "ocel_time": EPOCH}, initial)
        for told in each.values:
            if told[2] != EPOCH:
                dated = {"ocel_id": each.id, "ocel_time": told[2], "ocel_changed_field": told[0]}
                insert(db, table, dated, [told])
    db.commit()
    db.close()


def insert(db: sqlite3.Connection, table: str | None, own: dict[str, str], values: list[tuple[str, Any, str]]) -> None:
    row = {**own, **{name: value for name, value, _ in values}}
    if table:
        columns, marks = ", ".join(map(quoted, row)), ", ".join("?" * len(row))
        db.execute(f"insert into {table} ({columns}) values ({marks})", list(row.values()))


SPELLINGS: dict[str, tuple[Callable[[Log, Path], None], Reader]] = {
    "json": (write_json, read_ocel_json),
    "xml": (write_xml, read_ocel_xml),
    "sqlite": (write_sqlite, read_ocel_sqlite),
}
every_spelling = pytest.mark.parametrize("spelling", SPELLINGS)


def read(spelling: str, log: Log, folder: Path, zone: str | None = None) -> list[Record]:
    write, reader = SPELLINGS[spelling]
    path = folder / f"log.{spelling}"
    write(log, path)
    return list(reader(path, Reading(path.name, zone)))


def faults(spelling: str, log: Log, folder: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(spelling, log, folder)
    assert all(fault.where.startswith(f"log.{spelling}: ") for fault in refused.value.faults[:50])
    return [str(fault) for fault in refused.value.faults]
