"""The cases of a night: every breached verdict with its events, its moment and the party that it is about.

Rule: the party of a case is the one whose site the offending event took place at, by the register; failing that the
actor, where the register knows it as a party or a site. Where the norm judges an object as a whole, its first event
stands for the offence, and its last where something was done too often. Cases of a norm that judges the population are
no cases: one late case is no deviation there. Nobody is guessed: a case without a known party says so. Source: the plan
of the house, section 6; the rules of the field, point 7; the engine's decision 11 (a case is known by norm, object and
trigger).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scherp.events.database import Database, fill, name, rows, text
from scherp.events.instants import iso
from scherp.events.manifest import Manifest
from scherp.events.parts import CHANGE_COLUMNS, stored
from scherp.evidence.hashes import canonical_json, sha256_bytes
from scherp.judging.record import RunRecord
from scherp.reports.night_record import NightCase
from scherp.runs.data import as_sql

_MOST_EVENTS = 10  # of an object that is judged as a whole
_OFFENDING = "CASE WHEN b.reason = 'too-many' THEN o.lasts ELSE o.firsts END"
_KNOWN = ("name", "kind", "municipality", "party")


@dataclass(frozen=True)
class Registered:
    """A party or site as the register has it. party: the party itself, or the site's owner."""

    name: str | None
    kind: str | None
    municipality: str | None
    party: str | None


@dataclass(frozen=True)
class Register:
    parties: dict[str, Registered]
    sites: dict[str, Registered]

    def party_of(self, place: str | None, actor: str | None) -> str | None:
        """The party of an act at a place by an actor; None where the register knows neither."""
        for given in (place, actor):
            if given in self.sites:
                return self.sites[given].party
            if given in self.parties:
                return given
        return None


def read_register(database: Database, store: Path, manifest: Manifest, as_of: str) -> Register:
    """Parties and sites with what held for them at `as_of` (SQL spelling)."""
    found = {kind: _registered(database, store, manifest, kind, as_of) for kind in ("party", "site")}
    return Register(found["party"], found["site"])


def _registered(database: Database, store: Path, manifest: Manifest, kind: str, as_of: str) -> dict[str, Registered]:
    known = manifest.object_type(kind)
    if known is None:
        return {}
    columns = {a.name: a.column for a in known.attributes if a.name in _KNOWN}
    asked = {"object_id": "VARCHAR"} | dict.fromkeys(columns.values(), "VARCHAR")
    picked = ", ".join(name(columns[word]) if word in columns else "NULL" for word in _KNOWN)
    objects = rows(database, f"SELECT object_id, {picked} FROM {stored(store, manifest, 'objects', asked, kind)}")
    values = {object_id: dict(zip(_KNOWN, cells, strict=True)) for object_id, *cells in objects}
    changes = stored(store, manifest, "changes", CHANGE_COLUMNS)
    later = (
        f"SELECT object_id, attribute, value FROM {changes} WHERE object_type = {text(kind)} "
        f"AND coalesce(time <= TIMESTAMP {text(as_of)}, true) ORDER BY time NULLS FIRST, object_id, attribute"
    )
    for object_id, attribute, changed in rows(database, later):
        if attribute in _KNOWN and object_id in values:
            values[object_id][attribute] = changed
    return {object_id: Registered(**cells) for object_id, cells in values.items()}


def night_cases(
    database: Database, record: RunRecord, verdicts: Path, store: Path, manifest: Manifest, register: Register
) -> list[NightCase]:
    """Every case of the run that does not meet its norm, by norm (the framework's order), moment and object."""
    norms = {n.norm: n for n in record.norms if n.computed and n.target is None and n.breached}
    if not norms:
        return []
    files = ", ".join(text(str(verdicts / f"{norm}.parquet")) for norm in norms)
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE breached AS SELECT norm, object, event, epoch_us(due) AS due, "
        f"CAST(amount AS VARCHAR) AS amount, reason FROM read_parquet([{files}]) WHERE verdict = 'breached'",
    )
    _events_of_objects(database, store, manifest, as_sql(record.as_of))
    columns = {"event_id": "VARCHAR", "time": "TIMESTAMP", "place": "VARCHAR", "actor": "VARCHAR"}
    found = rows(
        database,
        f"""SELECT b.norm, b.object, b.event, b.due, b.amount, b.reason, {_OFFENDING}, epoch_us(e.time), e.place, e.actor
        FROM breached b LEFT JOIN of_objects o ON b.event IS NULL AND o.object_id = b.object
        LEFT JOIN (SELECT DISTINCT ON (event_id) * FROM {stored(store, manifest, "events", columns)}
            WHERE event_id IN (SELECT event FROM breached
                UNION ALL SELECT unnest([firsts[1], lasts[1]]) FROM of_objects)) e
            ON e.event_id = coalesce(b.event, ({_OFFENDING})[1])""",
    )
    cases = []
    for norm, object_id, event, due, amount, reason, events, time, place, actor in found:
        cases.append(
            NightCase(
                case=case_id(norm, object_id, event),
                norm=norm,
                class_=norms[norm].class_,
                object=object_id or "",
                events=[event] if event is not None else list(events or []),
                moment=iso(time if time is not None else due),
                amount=amount,
                party=register.party_of(place, actor),
                site=place,
                reason=reason,
            )
        )
    order = {norm: number for number, norm in enumerate(norms)}
    return sorted(cases, key=lambda c: (order[c.norm], c.moment or "~", c.object, c.events, c.reason or ""))


def case_id(norm: str, object_id: str | None, event: str | None) -> str:
    """What a case is known by on every night: 16 hexadecimal digits of the hash of norm, object and trigger."""
    return sha256_bytes(canonical_json([norm, object_id, event]))[:16]


def _events_of_objects(database: Database, store: Path, manifest: Manifest, as_of: str) -> None:
    """The table `of_objects`: the first events and the last ones, the last first, of each object whose case names no event."""
    rows(database, "CREATE OR REPLACE TEMP TABLE of_objects (object_id VARCHAR, firsts VARCHAR[], lasts VARCHAR[])")
    wanted = rows(database, "SELECT DISTINCT object FROM breached WHERE event IS NULL AND object IS NOT NULL")
    if not wanted:
        return
    columns = {"object_id": "VARCHAR", "event_id": "VARCHAR", "time": "TIMESTAMP"}
    rows(database, "CREATE OR REPLACE TEMP TABLE wanted (object_id VARCHAR)")
    fill(database, "wanted", wanted)
    taken_back = stored(store, manifest, "corrections", {"event_id": "VARCHAR"})
    rows(
        database,
        f"""INSERT INTO of_objects SELECT object_id, list(event_id ORDER BY time NULLS LAST, event_id)[1:{_MOST_EVENTS}],
            list(event_id ORDER BY time DESC NULLS LAST, event_id DESC)[1:{_MOST_EVENTS}]
        FROM (SELECT DISTINCT object_id, event_id, time FROM {stored(store, manifest, "takes_part", columns)}
            WHERE object_id IN (SELECT object_id FROM wanted) AND coalesce(time <= TIMESTAMP {text(as_of)}, true)
            AND event_id NOT IN (SELECT event_id FROM {taken_back})) GROUP BY object_id""",
    )
