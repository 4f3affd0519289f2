"""The journal: every event of the chain, kept until its week is over, then written as EPCIS, one event a line.

Rule: a file holds what one party registered of one week, in the order in which it was registered. An id is a hash of
seed, party and number, so that the same seed gives the same bytes and a planted event moves no other id. The judged
folder holds documents and the register only; what was planted is written elsewhere. Source: the profile of the closed
chain (documents, any number of files in a folder, gzip allowed).
"""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from scherp.simulation.acts import Act
from scherp.simulation.clock import day_of, utc_text, written
from scherp.simulation.noise import Entry, disturb
from scherp.simulation.parties import Party

_encode = msgspec.json.Encoder().encode


@dataclass
class Journal:
    """Events by week and party, and where they are written. first: the ordinal of the first day of week 0.

    counts: events written, files, packages, lots, plants, sold and the kinds of noise. outages: (folder, from, until).
    """

    folder: Path
    seed: int
    first: int
    noise: bool = True
    packed: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    outages: list[tuple[str, str, str]] = field(default_factory=list)
    _weeks: dict[int, dict[str, list[Entry]]] = field(default_factory=dict)
    _numbers: Counter[tuple[str, bool]] = field(default_factory=Counter)
    _again: dict[str, list[bytes]] = field(default_factory=dict)

    def add(
        self,
        party: Party,
        moment: int,
        act: Act,
        *,
        staged: bool = False,
        quiet: bool = False,
        recorded: int | None = None,
    ) -> str:
        """Write down that `party` did `act`; the event's id. recorded: None is within two minutes. A staged event
        belongs to a planted case and is numbered apart; no noise touches it, nor an event that is to be quiet."""
        number = self._numbers[party.folder, staged]
        self._numbers[party.folder, staged] += 1
        name = f"{self.seed}/{party.folder}/{'staged' if staged else ''}/{number}"
        digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
        if recorded is None:
            recorded = moment + 1 + digest[0] % 90
        entry = Entry(moment, recorded, _uuid(digest), act, staged or quiet)
        week = (day_of(moment) - self.first) // 7
        self._weeks.setdefault(week, {}).setdefault(party.folder, []).append(entry)
        return entry.event_id

    def write_before(self, week: int | None) -> None:
        """Write the weeks before `week` (None: all) and forget them."""
        for past in sorted(number for number in self._weeks if week is None or number < week):
            parties = self._weeks.pop(past)
            for name in sorted(parties):
                self._write(past, name, parties[name])

    def _write(self, week: int, name: str, entries: list[Entry]) -> None:
        rng = np.random.default_rng([self.seed, week + 100, int.from_bytes(name.encode())])
        if self.noise:
            disturbed = disturb([entry for entry in entries if not entry.quiet], rng)
            for start, end in disturbed.outages:
                self.outages.append((name, utc_text(start), utc_text(end)))
            self.counts.update(disturbed.counts)
            entries = [*disturbed.entries, *(entry for entry in entries if entry.quiet)]
        entries.sort(key=lambda entry: entry.upload)
        lines = [self._line(entry) for entry in entries]
        again = self._again.pop(name, [])
        self.counts["duplicates"] += len(again)
        if self.noise:
            twice = [line for line, entry in zip(lines, entries, strict=True) if entry.twice]
            self._again[name] = [line for line in twice if len(line) % 4 == 0]  # these come again a week later
            again = again + [line for line in twice if len(line) % 4]
            self.counts["duplicates"] += sum(len(line) % 4 > 0 for line in twice)
        self._save(week, name, b"\n".join([*lines, *again]) + b"\n")
        self.counts["events"] += len(lines)

    def _save(self, week: int, name: str, content: bytes) -> None:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        day = date.fromordinal(self.first + 7 * week).isoformat()
        # mtime and name would make the bytes of a gzip differ between two runs of one seed.
        if self.packed:
            (folder / f"{day}.jsonl.gz").write_bytes(gzip.compress(content, 6, mtime=0))
        else:
            (folder / f"{day}.jsonl").write_bytes(content)
        self.counts["files"] += 1

    @staticmethod
    def _line(entry: Entry) -> bytes:
        time, offset = written(entry.moment)
        head = {
            "type": entry.act["type"],
            "eventID": entry.event_id,
            "eventTime": time,
            "eventTimeZoneOffset": offset,
            "recordTime": written(entry.recorded)[0],
        }
        return _encode(head | entry.act)


def _uuid(digest: bytes) -> str:
    """The digest as a UUID of version 8 (RFC 9562: the maker's own bits)."""
    text = digest.hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-8{text[13:16]}-a{text[17:20]}-{text[20:]}"
