"""The nightly digital inspection: take in what is new, judge, and write the night's result.

Rule: a night is a run like any other, sealed and verifiable, with the night's files inside it. New documents come in
first; refused ones are told and the night goes on with what the store has. Every act is whole or not at all: an intake
by the store's manifest, a run by one rename of its folder. So a night that is killed at any moment loses nothing, and
the next one reads again only what the store does not have and judges the store as it is: nothing counts twice.

For now each night judges the whole store. What will be added: judging only the objects that new, corrected or retracted
events touch, with state kept per object, and saying of each case whether it is new, changed, closed or withdrawn; the
identity of a case (`case` in the file of cases) is made for that. Source: the issue on the nightly inspection; the
engine's decisions 2, 11, 12 and 14.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from scherp.events.intake import Outcome, take_in
from scherp.events.manifest import is_store, read_manifest
from scherp.events.mapping import Mapping
from scherp.events.sources import find_sources
from scherp.faults import Fault, Refused
from scherp.judging.record import RunRecord
from scherp.reports.night_record import Night, NightCase
from scherp.runs.leads import MOST
from scherp.runs.night_files import CASES, NightAsked, add_night
from scherp.runs.run import Asked, Done, make_run

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Inspection:
    """What is asked of a night. store: it may be new where there is an inbox. framework: its file. inbox: a folder with
    documents. as_of: ISO. most: leads on the list. mapping: how tables of the inbox are read, and whether it is
    invented."""

    store: Path
    framework: Path
    out: Path
    inbox: Path | None = None
    as_of: str | None = None
    most: int = MOST
    mapping: Mapping | None = None


@dataclass(frozen=True)
class Inspected:
    """A night that was made. faults: why documents of the inbox were refused. intake: None without an inbox."""

    done: Done
    night: Night
    intake: Outcome | None
    faults: tuple[Fault, ...]


def inspect(asked: Inspection, progress: Progress = lambda _: None) -> Inspected:
    """Take in the inbox, judge the store and write the night. Refused where there is nothing that can be judged."""
    if asked.most < 0:
        raise Refused(Fault("--most", f"{asked.most} is no number of leads", "Write 0 or more, such as 40"))
    intake, faults = _take_in(asked, progress)
    if not is_store(asked.store):
        raise Refused([*faults, *_no_store(asked.store)])
    nights: list[Night] = []
    kept = NightAsked(asked.most, tuple(str(fault) for fault in faults))

    def add(folder: Path, record: RunRecord, store: Path) -> None:
        nights.append(add_night(folder, record, store, kept))

    run = Asked(framework=asked.framework, sources=(asked.store,), out=asked.out, as_of=asked.as_of, also=add)
    return Inspected(make_run(run, progress), nights[0], intake, tuple(faults))


def _no_store(store: Path) -> tuple[Fault, ...]:
    """Why this is no store, in the words of whoever reads stores."""
    try:
        read_manifest(store)
    except Refused as refused:
        return refused.faults
    return ()


def _take_in(asked: Inspection, progress: Progress) -> tuple[Outcome | None, list[Fault]]:
    if asked.inbox is None:
        return None, []
    faults: list[Fault] = []
    sources = find_sources([asked.inbox], faults)  # one bad file holds up no other
    if not sources:
        return None, faults
    outcome = take_in(asked.store, sources, asked.mapping, None, progress)
    return outcome, [*faults, *outcome.faults]


def cases_of(folder: Path) -> list[NightCase]:
    """Every case of a night, from the file beside its record."""
    with (folder / CASES).open("rb") as lines:
        return [msgspec.json.decode(line, type=NightCase) for line in lines]
