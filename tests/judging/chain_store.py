"""Judges one check on a store, for tests that need what only a store has: dated changes, corrections, identifiers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from scherp.events.database import connect, rows
from scherp.events.manifest import read_manifest
from scherp.judging.judge import judge
from scherp.judging.relations import Cut, from_store
from scherp.norms.model import Check, Framework, Norm, Parameter, Source

_TEXT = {"nl": "x", "en": "x"}


def judge_store(
    store: Path,
    check: Check,
    parameters: tuple[Parameter, ...],
    words: dict[str, str],
    as_of: str = "2030-01-01 00:00:00",
) -> list[tuple[str, str, str, Decimal | None]]:
    """object, event, verdict and amount of every case, in the order of their events' moments."""
    norm = Norm("n", "t", _TEXT, Source("x", "policy", "unread"), check, parameters=parameters)
    framework = Framework("t", "1", _TEXT, {"t": _TEXT}, (norm,), "", objects=words)
    database = connect()
    manifest, _ = read_manifest(store)
    judge(database, from_store(store, manifest), framework, Cut(as_of), keep_met=True)
    found = rows(
        database,
        "SELECT v.object, v.event, v.verdict, v.amount FROM verdicts v LEFT JOIN events e ON e.event_id = v.event "
        "ORDER BY e.time, v.object, v.event",
    )
    database.close()
    return found
