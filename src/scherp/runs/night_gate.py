"""The data quality gate of a night: may the list be read as it stands?

Rule: the gate looks before anybody reads a lead, and what it saw stands on every list. It is closed by refused
documents or rows, events without a time, events from the future, attributes whose types conflict, and by growers or
shops of the register that registered nothing in the seven days before, for then the data are not whole. What is late,
taken back or registered beforehand is told and does not close it. A closed gate hides nothing: it says that dependent
outcomes are to be read with reserve. Source: the rules of the field, point 8; the plan of the house, section 3.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from scherp.events.database import Database, name, rows, text
from scherp.events.instants import time_zone
from scherp.events.manifest import Manifest
from scherp.events.parts import stored
from scherp.judging.record import DataRecord
from scherp.reports.night_record import Gate, GatePoint
from scherp.reports.quality import points_of_note
from scherp.runs.night_cases import Register

SILENT_DAYS = 7
_STOPS = ("refused_documents", "rejected", "unknown_time", "future", "conflicts", "silent")
_SPEAK = ("grower", "shop")  # carriers, labs and destroyers may have nothing to register
_ZONE = "Europe/Amsterdam"


def gate_of(data: DataRecord, refused: Sequence[str], silent: list[str]) -> Gate:
    """What the gate saw. refused: sentences about documents of the inbox. silent: parties that were heard nothing of."""
    counts = (("refused_documents", len(refused)), *points_of_note(data), ("silent", len(silent)))
    points = [GatePoint(point, count, point in _STOPS) for point, count in counts]
    return Gate(not any(point.count for point in points if point.stops), points, silent)


def silent_parties(database: Database, store: Path, manifest: Manifest, register: Register, as_of: str) -> list[str]:
    """Growers and shops that were active on the day of `as_of` (UTC, SQL spelling) and registered nothing for a week."""
    heard = _heard(database, store, manifest, register, as_of)
    day = datetime.fromisoformat(f"{as_of}+00:00").astimezone(time_zone(_ZONE)).date().isoformat()
    active = _active(database, store, manifest, day)
    return sorted(p for p, known in register.parties.items() if known.kind in _SPEAK and p in active and p not in heard)


def _heard(database: Database, store: Path, manifest: Manifest, register: Register, as_of: str) -> set[str]:
    """The parties that an event of the last days names, by its place or its actor."""
    since = datetime.fromisoformat(as_of) - timedelta(days=SILENT_DAYS)
    columns = {"time": "TIMESTAMP", "place": "VARCHAR", "actor": "VARCHAR"}
    found = rows(
        database,
        f"SELECT DISTINCT place, actor FROM {stored(store, manifest, 'events', columns)} "
        f"WHERE time > TIMESTAMP {text(str(since))} AND time <= TIMESTAMP {text(as_of)}",
    )
    parties = [register.party_of(place, None) for place, _ in found] + [register.party_of(None, a) for _, a in found]
    return {party for party in parties if party is not None}


def _active(database: Database, store: Path, manifest: Manifest, day: str) -> set[str]:
    """The parties of which a period holds the day; those without any period too."""
    known = manifest.object_type("party")
    column = next((a.column for a in known.attributes if a.name == "periods"), None) if known else None
    if column is None:
        return set()
    asked = {"object_id": "VARCHAR", column: "VARCHAR"}
    found = rows(
        database, f"SELECT object_id, {name(column)} FROM {stored(store, manifest, 'objects', asked, 'party')}"
    )
    return {party for party, periods in found if _holds(periods, day)}


def _holds(periods: str | None, day: str) -> bool:
    spans = json.loads(periods) if periods else [[None, None]]
    return any((first is None or first <= day) and (last is None or day <= last) for first, last in spans)
