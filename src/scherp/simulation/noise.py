"""Honest noise: how a truthful registration looks untidy without ever saying a false thing.

Rule: late, offline and shuffled registration changes only when something was registered and in which order it comes; a
repeated upload repeats bytes; a mistake is taken back by an error declaration that names the event which stands in its
place, and that event is the true one. Nothing is registered before it happened, nothing later than nine days. Source:
the profile of the closed chain (registration, error declarations); the facts of the chain, 5.2 (problems reported).
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from scherp.simulation.acts import Act
from scherp.simulation.clock import DAY, HOUR, at, day_of, written

_OUTAGE, _MISTAKE = 0.04, 0.06
"""Chance of an outage, and of a mistake that is taken back, for a party in a week."""
_NEXT_DAY, _LATER, _TWICE = 0.004, 0.001, 0.002
"""Chance that an event is registered on the next day, two to four days later, or uploaded twice."""
_FEWEST = 3  # a party with fewer events in a week has no outage


@dataclass(slots=True)
class Entry:
    """An event before it is written. quiet: no noise may touch it. twice: it is uploaded twice. upload: its place in
    the order of the file, a moment unless it was shuffled."""

    moment: int
    recorded: int
    event_id: str
    act: Act
    quiet: bool = False
    twice: bool = False
    upload: float = field(init=False)

    def __post_init__(self) -> None:
        self.upload = self.recorded


class Disturbed(NamedTuple):
    """The entries with their noise; the windows (from, until) in which the party was offline; how much of each kind."""

    entries: list[Entry]
    outages: list[tuple[int, int]]
    counts: Counter[str]


def disturb(entries: list[Entry], rng: np.random.Generator) -> Disturbed:
    """One party's honest week with its noise. The entries given are changed."""
    counts: Counter[str] = Counter()
    if not entries:
        return Disturbed(entries, [], counts)
    for entry, chance in zip(entries, rng.random(len(entries)), strict=True):
        if chance < _LATER:
            entry.recorded = entry.upload = entry.moment + int(rng.integers(2 * DAY, 4 * DAY))
            counts["late"] += 1
        elif chance < _LATER + _NEXT_DAY:
            next_morning = at(day_of(entry.moment) + 1, 9 * HOUR)
            entry.recorded = entry.upload = next_morning + int(rng.integers(0, 2 * HOUR))
            counts["next_day"] += 1
        elif chance > 1 - _TWICE:
            entry.twice = True
    outages = _outage(entries, rng, counts) if len(entries) >= _FEWEST and rng.random() < _OUTAGE else []
    if rng.random() < _MISTAKE:
        entries = entries + _mistake(entries, rng, counts)
    return Disturbed(entries, outages, counts)


def _outage(entries: list[Entry], rng: np.random.Generator, counts: Counter[str]) -> list[tuple[int, int]]:
    """Some hours without a connection: what happened then is uploaded afterwards, in no order."""
    start = entries[int(rng.integers(len(entries)))].moment - 60
    end = start + int(rng.integers(2 * HOUR, 7 * HOUR))
    for entry in entries:
        if start <= entry.moment < end and entry.recorded < entry.moment + 2 * HOUR:
            entry.recorded = max(end, entry.recorded) + int(rng.integers(0, 1800))
            entry.upload = end + float(rng.random()) * 1800
            counts["offline"] += 1
    return [(start, end)]


def _mistake(entries: list[Entry], rng: np.random.Generator, counts: Counter[str]) -> list[Entry]:
    """A wrong event and its declaration, for one entry that then stands in its place."""
    fit = [entry for entry in entries if entry.act["bizStep"] in _SPOIL and entry.recorded < entry.moment + HOUR]
    wrong = [(entry, spoilt) for entry in fit[:: max(1, len(fit) // 20)] if (spoilt := _spoilt(entry.act))]
    if not wrong:
        return []
    entry, act = wrong[int(rng.integers(len(wrong)))]
    noticed = entry.recorded + int(rng.integers(300, 3 * HOUR))
    mistaken = Entry(entry.moment, entry.recorded, entry.event_id[:-4] + "0bad", act)
    declaration: dict[str, Any] = {
        "declarationTime": written(noticed)[0],
        "reason": "incorrect_data",
        "correctiveEventIDs": [entry.event_id],
    }
    taken_back = Entry(entry.moment, noticed, mistaken.event_id, act | {"errorDeclaration": declaration})
    entry.recorded = noticed + 30
    entry.upload = entry.recorded
    counts["declarations"] += 1
    return [mistaken, taken_back]


def _spoilt(act: Act) -> Act | None:
    """The act as somebody wrote it down wrongly; None where this one offers no such slip."""
    return _SPOIL[act["bizStep"]](copy.deepcopy(act))


def _one_too_few(act: Act) -> Act | None:
    return act | {"epcList": act["epcList"][1:]} if act["epcList"] else None


def _slipped_point(act: Act) -> Act | None:
    act["quantityList"][0]["quantity"] *= 10
    return act


def _other_basket(act: Act) -> Act | None:
    act["bizTransactionList"][0]["bizTransaction"] += "9"
    return act


_SPOIL = {"stock_taking": _one_too_few, "sampling": _slipped_point, "retail_selling": _other_basket}
