"""The record of a run: what `run.json` holds, as data classes. Judging fills it, the report shows it, verify rederives it.

All moments are ISO 8601 text in UTC with a final Z, all hashes SHA-256 in hexadecimal, all durations seconds as a
decimal text with up to six places.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["met", "breached", "pending", "unknown", "not_applicable"]
VERDICTS: tuple[Verdict, ...] = ("met", "breached", "pending", "unknown", "not_applicable")


class Case(msgspec.Struct, omit_defaults=True):
    """One judged case that is not met. event: the triggering event's id where the norm judges events.
    amount: what is too much or too little, in the unit of what was measured, as a decimal text."""

    object: str
    event: str | None
    verdict: Verdict
    due: str | None = None
    lateness: str | None = None
    reason: str | None = None
    amount: str | None = None


class Bar(msgspec.Struct):
    """One bar of a lateness distribution: `count` cases with from_seconds <= lateness < to_seconds (None: no end)."""

    from_seconds: int
    to_seconds: int | None
    count: int


class SourceRecord(msgspec.Struct, omit_defaults=True):
    text: str
    status: str
    checked: str
    article: str | None = None
    url: str | None = None


class NormRecord(msgspec.Struct, omit_defaults=True):
    """What one norm gave. population is the sum of the five counts.

    share: met / (met + breached), None where both are zero; share_low, share_high: its 95 % Wilson interval.
    target: the share that the norm asks of the population, and reached: whether it was. may_name_breach: only then the
    screen may say `overtreding`; else it says deviation from a concept norm. note: what a reader must know, such as an
    attribute that no event of the store has. computed is False for norms for people and norms without the data.
    """

    norm: str
    class_: str = msgspec.field(name="class")
    kind: str = ""
    theme: str = ""
    says: dict[str, str] = {}
    source: SourceRecord | None = None
    valid: list[dict[str, str | None]] = []
    population: int = 0
    met: int = 0
    breached: int = 0
    pending: int = 0
    unknown: int = 0
    not_applicable: int = 0
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    target: float | None = None
    reached: bool | None = None
    may_name_breach: bool = False
    supervisor: str | None = None
    addressee: str | None = None
    computed: bool = True
    look_at: dict[str, str] | None = None
    needs: dict[str, str] | None = None
    lateness: list[Bar] = []
    worst: list[Case] = []
    reasons: dict[str, int] = {}
    warnings: list[str] = []
    sql: list[str] = []


class FrameworkRecord(msgspec.Struct):
    id: str
    version: str
    title: dict[str, str]
    themes: dict[str, dict[str, str]]
    sha256: str


class SourceFile(msgspec.Struct, omit_defaults=True):
    """One document or table that was read into the store. read = kept + known + refused (rows or events).

    known: events that the store already had. refused: rows in the rejects file (a refused document is never listed here).
    """

    name: str
    format: str
    sha256: str
    bytes: int
    read: int
    kept: int
    known: int = 0
    refused: int = 0
    corrections: int = 0
    unknown_time: int = 0
    ambiguous_time: int = 0
    synthetic: bool = False


class TypeCount(msgspec.Struct):
    type: str
    events: int


class DataRecord(msgspec.Struct):
    """The data that was judged and its quality. snapshot: the store's manifest number. first, last: of event times.

    late_registrations: events recorded more than a day after they happened; registered_before: recorded before they
    happened. after_clock: events whose time lies after the moment of intake.
    """

    store: str
    snapshot: int
    manifest_sha256: str
    events: int
    objects: dict[str, int]
    types: list[TypeCount]
    first: str | None
    last: str | None
    unknown_time: int
    rejected: int
    corrected: int
    late_registrations: int
    registered_before: int
    without_recorded: int
    after_clock: int
    ambiguous_time: int
    sources: list[SourceFile]
    attribute_conflicts: list[str] = []


class Engine(msgspec.Struct):
    scherp: str
    duckdb: str
    sqlglot: str
    tzdata: str


class RunRecord(msgspec.Struct, omit_defaults=False):
    """run.json. keep_met: whether the verdict files hold the met cases too. shared_sql: the statements that norms share."""

    format: int
    framework: FrameworkRecord
    data: DataRecord
    as_of: str
    known_at: str | None
    keep_met: bool
    engine: Engine
    norms: list[NormRecord]
    shared_sql: list[str] = []
    synthetic: bool = False
