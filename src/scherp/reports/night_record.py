"""The record of a night: what `night.json` holds, as data classes. The inspection fills it, the report shows it.

All moments are ISO 8601 text in UTC with a final Z; amounts and grams are decimals as text. Identifiers stand whole.
"""

from __future__ import annotations

import msgspec

FORMAT = 1


class NightCase(msgspec.Struct):
    """One case that does not meet its norm. case: its identity, the same on every night. events: the offending event,
    or the first events of the object where the norm judges the object as a whole. moment: of the first of them, or when
    the case was due. amount: what is too much or too little, in the unit of what the norm measures."""

    case: str
    norm: str
    class_: str = msgspec.field(name="class")
    object: str
    events: list[str]
    moment: str | None
    amount: str | None
    party: str | None
    site: str | None
    reason: str | None


class Lead(msgspec.Struct):
    """One line of the day's list: all cases of one party under one norm for one reason. number: its place on the list.
    says: the reason in one sentence. may_name_breach: only then is a case called a violation. shown: the first cases."""

    number: int
    norm: str
    class_: str = msgspec.field(name="class")
    party: str | None
    name: str | None
    municipality: str | None
    supervisor: str | None
    reason: str | None
    may_name_breach: bool
    cases: int
    amount: str | None
    oldest: str | None
    says: dict[str, str]
    shown: list[NightCase]


class PartyLine(msgspec.Struct):
    """One party with its numbers of leads, also of those that the list has no place for. listed: their places on it."""

    party: str | None
    name: str | None
    municipality: str | None
    deviations: int
    risks: int
    cases: int
    listed: list[int]


class BoardLine(msgspec.Struct):
    """One party and product: grams of harvest by where they are now. accounted, missing: their sums."""

    party: str | None
    name: str | None
    product: str
    where: dict[str, str]
    accounted: str
    not_accounted: str


class Board(msgspec.Struct):
    """The figure for the board. share: accounted / harvested, from 0 to 1 with six places, None without a harvest.
    where: all grams by where they are now; packages: all packages by state."""

    since: str
    until: str
    harvested: str
    accounted: str
    not_accounted: str
    share: str | None
    where: dict[str, str]
    packages: dict[str, int]
    lines: list[BoardLine]


class GatePoint(msgspec.Struct):
    """One thing that the gate looks at. stops: whether it keeps the gate closed when it is not zero."""

    point: str
    count: int
    stops: bool


class Gate(msgspec.Struct):
    """The data quality gate. silent: parties of the register that registered nothing in the days before."""

    passed: bool
    points: list[GatePoint]
    silent: list[str]


class Rest(msgspec.Struct):
    """The leads that the list has no place for, and their cases."""

    deviations: int
    risks: int
    cases: int


class Night(msgspec.Struct):
    """night.json. most: how many leads the list may hold. refused: why documents of the inbox were refused.
    cases_file: the file beside it with every case, one a line."""

    format: int
    most: int
    refused: list[str]
    gate: Gate
    board: Board
    leads: list[Lead]
    rest: Rest
    parties: list[PartyLine]
    cases: int
    cases_file: str
    synthetic: bool
    as_of: str
