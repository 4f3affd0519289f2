"""How quick is intake, and does its memory grow with the size of what is read?

Compared: Scherp reads documents into a new store: each event is checked, mapped, deduplicated against the store, written
sorted, synced and hashed; the peer reads the same bytes (for EPCIS documents: the same events as JSON lines) with
explicit columns and writes them to Parquet, and does nothing else. DuckDB's read_json and read_csv are the peers of
EPCIS and of a table; it reads no XES, where the bound is a walk through the file by lxml that looks at four attributes
and writes nothing.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Side, clock, folder, heading, in_turn, options, side_of, verdict
from measuring.documents import epcis_documents, epcis_lines, table, xes
from measuring.log import write_log
from measuring.permits import MAPPING

from scherp.events.database import connect, rows, text
from scherp.events.intake import take_in
from scherp.events.mapping import parse_mapping
from scherp.events.sources import find_sources
from scherp.faults import Refused

PAIR = "STRUCT(type VARCHAR, {0} VARCHAR)[]"
EPCIS_COLUMNS = {
    "type": "VARCHAR", "eventID": "VARCHAR", "eventTime": "VARCHAR", "recordTime": "VARCHAR",
    "eventTimeZoneOffset": "VARCHAR", "epcList": "VARCHAR[]", "action": "VARCHAR", "bizStep": "VARCHAR",
    "disposition": "VARCHAR", "readPoint": "STRUCT(id VARCHAR)", "bizLocation": "STRUCT(id VARCHAR)",
    "bizTransactionList": PAIR.format("bizTransaction"), "sourceList": PAIR.format("source"),
    "destinationList": PAIR.format("destination"),
}  # fmt: skip
CSV_COLUMNS = {
    "event_id": "VARCHAR",
    "case_id": "VARCHAR",
    "activity": "VARCHAR",
    "time": "TIMESTAMP",
    "officer": "VARCHAR",
}


def scherp_side(source: str, same: str, kind: str) -> dict[str, Any]:
    store = Path(source).parent / f"taken-{kind}"
    shutil.rmtree(store, ignore_errors=True)
    mapping = parse_mapping(MAPPING, "mapping") if kind == "CSV" else None
    with clock() as measured:
        outcome = take_in(store, find_sources([Path(source)]), mapping)
    if outcome.faults:
        raise Refused(outcome.faults)
    shutil.rmtree(store)
    events = sum(taken.kept for taken in outcome.taken)
    return {"seconds": measured.seconds, "processor": measured.processor, "events": events}


def duckdb_side(source: str, same: str, kind: str) -> dict[str, Any]:
    columns = CSV_COLUMNS if kind == "CSV" else EPCIS_COLUMNS
    spelled = ", ".join(f"{name}: {text(sql)}" for name, sql in columns.items())
    read = "read_csv({0}, columns = {{{1}}}, header = true)" if kind == "CSV" else (
        "read_json({0}, columns = {{{1}}}, format = 'newline_delimited')"
    )  # fmt: skip
    target = Path(same).parent / f"plain-{kind}.parquet"
    with clock() as measured:
        database = connect()
        copy = (
            f"COPY (FROM {read.format(text(same), spelled)}) TO {text(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
        events = rows(database, copy)[0][0]
    return {"seconds": measured.seconds, "processor": measured.processor, "events": events}


def lxml_side(source: str, same: str, kind: str) -> dict[str, Any]:
    from lxml import etree

    events = 0
    with clock() as measured:
        for _, event in etree.iterparse(source, tag="{*}event"):
            found = {child.get("key"): child.get("value") for child in event[:4]}
            events += "time:timestamp" in found
            event.clear()
            while event.getprevious() is not None:
                del event.getparent()[0]
    return {"seconds": measured.seconds, "processor": measured.processor, "events": events}


SIDES = {"Scherp": scherp_side, "DuckDB": duckdb_side, "lxml": lxml_side}


def main() -> None:
    parser = options(__doc__, rounds=3, events=180_000)
    parser.add_argument("--kinds", nargs="+", default=["lines", "documents", "CSV", "XES"])
    arguments = parser.parse_args()
    if side_of(arguments, SIDES):
        return
    sizes = [arguments.events // 9, arguments.events // 3, arguments.events]
    heading("Intake against plain reading into Parquet", f"{', '.join(f'{size:,}' for size in sizes)} events")
    with folder(arguments.data) as place:
        for kind in arguments.kinds:
            peaks = [
                _kind(place, kind, size, arguments.rounds if size < sizes[-1] else 1 + arguments.rounds // 2)
                for size in sizes
            ]
            flat = f"{peaks[0]:.0f}, {peaks[1]:.0f}, {peaks[2]:.0f} MiB"
            print(
                f"{kind}: peak memory of Scherp over the three sizes {flat}; {peaks[2] / peaks[0]:.1f} times for 9 times as much"
            )


def _kind(place: Path, kind: str, size: int, rounds: int) -> float:
    source, same = _sources(place, kind, size)
    held = sum(path.stat().st_size for path in ([source] if source.is_file() else source.iterdir())) / 1e6
    peer = "lxml" if kind == "XES" else "DuckDB"
    scherp, other = in_turn(__file__, ["Scherp", peer], {"source": source, "same": same, "kind": kind}, rounds)
    if scherp.told["events"] != other.told["events"]:
        raise SystemExit(f"Scherp read {scherp.told['events']} events, the peer {other.told['events']}")
    print(f"{kind}, {scherp.told['events']:,} events, {held:.0f} MB")
    for side in (scherp, other):
        print(side, _rate(side, held), sep="\n")
    goal = 0.25
    ratio = (
        verdict(other.seconds / scherp.seconds, goal, at_most=False)
        if kind != "XES"
        else f"{other.seconds / scherp.seconds:.2f}"
    )
    print(f"speed of Scherp / speed of {peer}: {ratio}; by processor {other.processor / scherp.processor:.2f}")
    return scherp.peak


def _rate(side: Side, held: float) -> str:
    return (
        f"    {held / side.seconds:.1f} MB/s, {side.told['events'] / side.seconds / 1000:.1f} thousand events a second"
    )


def _sources(place: Path, kind: str, size: int) -> tuple[Path, Path]:
    """What Scherp reads and what its peer reads, made where they are not there yet."""
    lines, log = place / f"events-{size}.jsonl", place / f"permits-{size}.parquet"
    if kind in ("lines", "documents") and not lines.exists():
        epcis_lines(lines, size)
    if kind == "lines":
        return lines, lines
    if kind == "documents":
        documents = place / f"documents-{size}"
        if not documents.exists():
            epcis_documents(documents, size)
        return documents, lines
    made = place / f"permits-{size}.{kind.lower()}"
    if not made.exists():
        if kind == "CSV":
            write_log(log, size // 8)
            table(made, log)
        else:
            xes(made, size // 8)
    return made, made


if __name__ == "__main__":
    main()
