"""What a night adds to a run: `night.json`, the file of cases, and the report of the night in place of the run's own.

Rule: all three follow from the run (its record and its verdicts), the snapshot that was judged and two things that were
asked: how long the list may be, and which documents the inbox had refused. So they are written before the seal, and
`verify` derives them again and compares every byte. Source: the engine's decisions 9, 12 and 14; the rules of the
field, points 5 to 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec

from scherp.accountancy.accounted import accounted
from scherp.accountancy.chain import open_chain
from scherp.events.database import connect
from scherp.events.manifest import read_manifest
from scherp.faults import Fault, Refused
from scherp.judging.record import RunRecord
from scherp.reports.night import night_html
from scherp.reports.night_record import FORMAT, Night, NightCase
from scherp.runs.data import as_sql
from scherp.runs.leads import MOST, board_of, cut, leads_of, party_lines
from scherp.runs.night_cases import night_cases, read_register
from scherp.runs.night_gate import gate_of, silent_parties

NIGHT, CASES = "night.json", "cases.jsonl"


@dataclass(frozen=True)
class NightAsked:
    """What is asked of a night besides the run. most: leads on the list. refused: sentences about refused documents."""

    most: int = MOST
    refused: tuple[str, ...] = ()


def night_of(record: RunRecord, verdicts: Path, store: Path, asked: NightAsked) -> tuple[Night, list[NightCase]]:
    """The night and its cases. verdicts: the run's folder of verdicts. store: the store that was judged."""
    manifest, _ = read_manifest(store, record.data.snapshot)
    as_of = as_sql(record.as_of)
    database = connect()
    try:
        register = read_register(database, store, manifest, as_of)
        cases = night_cases(database, record, verdicts, store, manifest, register)
        silent = silent_parties(database, store, manifest, register, as_of)
    finally:
        database.close()
    chain = open_chain(store, snapshot=record.data.snapshot)
    try:
        board = board_of(accounted(chain, as_of), register)
    finally:
        chain.database.close()
    leads = leads_of(cases, record.norms, register)
    listed, rest = cut(leads, asked.most)
    night = Night(
        format=FORMAT,
        as_of=record.as_of,
        most=asked.most,
        refused=list(asked.refused),
        gate=gate_of(record.data, asked.refused, silent),
        board=board,
        leads=listed,
        rest=rest,
        parties=party_lines(leads, asked.most),
        cases=len(cases),
        cases_file=CASES,
        synthetic=record.synthetic,
    )
    return night, cases


def written(record: RunRecord, night: Night, cases: Sequence[NightCase]) -> dict[str, bytes]:
    """The files of a night, by name."""
    lines = b"".join(msgspec.json.encode(case) + b"\n" for case in cases)
    return {
        NIGHT: msgspec.json.format(msgspec.json.encode(night), indent=2) + b"\n",
        CASES: lines,
        "report.html": night_html(record, night).encode(),
    }


def add_night(folder: Path, record: RunRecord, store: Path, asked: NightAsked) -> Night:
    """Write a night's files into the folder of a run that is not sealed yet."""
    night, cases = night_of(record, folder / "verdicts", store, asked)
    for name, content in written(record, night, cases).items():
        (folder / name).write_bytes(content)
    return night


def read_night(folder: Path) -> Night:
    """The night in a run's folder. Refused where it cannot be read as one."""
    try:
        night = msgspec.json.decode((folder / NIGHT).read_bytes(), type=Night)
    except (OSError, ValueError, RecursionError):
        raise Refused(Fault(NIGHT, "it cannot be read as the record of a night")) from None
    if night.format > FORMAT:
        raise Refused(Fault(NIGHT, f"it has format {night.format}", "Use a newer Scherp"))
    return night


def night_differences(folder: Path, again: RunRecord, store: Path) -> list[Fault]:
    """What differs between a night's files and those that follow from the run as judged again."""
    try:
        asked = read_night(folder)
        night, cases = night_of(again, folder / "verdicts", store, NightAsked(asked.most, tuple(asked.refused)))
    except Refused as refused:
        return list(refused.faults)
    except duckdb.Error as fault:
        return [Fault(NIGHT, f"it cannot be derived again ({type(fault).__name__})", "See which part was altered")]
    differences = []
    for name, content in written(again, night, cases).items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != content:
            differences.append(Fault(name, "it does not say what judging gives"))
    return differences
