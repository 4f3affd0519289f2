"""Synthetic documents to read in: EPCIS events, a table and an XES log, as large as asked.

Rule: made from numbers alone, so that every run reads the same bytes. An EPCIS event is an ObjectEvent of some 800
bytes with four serials, a transaction, a source and a destination; it has an id of its own, so that no hash stands in
for one. The XES log and the table hold the same events as the permit log, five attributes each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measuring.log import STEPS
from scherp.events.database import connect, rows, text

IN_A_DOCUMENT = 1000
_HEAD = (
    '{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument",'
    '"schemaVersion":"2.0","creationDate":"2025-07-01T00:00:00Z","epcisBody":{"eventList":['
)
_START = datetime(2025, 1, 1, tzinfo=UTC)


def epcis_lines(path: Path, count: int) -> None:
    """One event a line."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(f"{event}\n" for event in _events(count))


def epcis_documents(folder: Path, count: int) -> None:
    """The same events in documents of a thousand."""
    folder.mkdir(exist_ok=True)
    events = _events(count)
    for number in range(-(-count // IN_A_DOCUMENT)):
        held = [
            event for _, event in zip(range(min(IN_A_DOCUMENT, count - number * IN_A_DOCUMENT)), events, strict=False)
        ]
        (folder / f"{number:06d}.jsonld").write_text(f"{_HEAD}{','.join(held)}]}}}}\n", encoding="ascii")


def table(path: Path, log: Path) -> None:
    """The permit log as CSV."""
    rows(connect(), f"COPY (FROM read_parquet({text(str(log))})) TO {text(str(path))} (FORMAT csv, HEADER)")


def xes(path: Path, cases: int) -> None:
    """A log of `cases` traces of eight events with name, time, officer, cost and transition."""
    with path.open("w", encoding="ascii") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'
        )
        for case in range(cases):
            file.write(f'<trace>\n<string key="concept:name" value="Z-{case:08d}"/>\n')
            file.writelines(_xes_event(case, step) for step in range(8))
            file.write("</trace>\n")
        file.write("</log>\n")


def _xes_event(case: int, step: int) -> str:
    at = (_START + timedelta(minutes=case * 3 + step * 600)).isoformat(timespec="milliseconds")
    return (
        f'<event>\n<string key="concept:name" value="{STEPS[step][0]}"/>\n<date key="time:timestamp" value="{at}"/>\n'
        f'<string key="org:resource" value="officer {(case * 7 + step) % 400}"/>\n'
        f'<float key="cost" value="{(case + step) % 900}.5"/>\n<string key="lifecycle:transition" value="complete"/>\n'
        "</event>\n"
    )


def _events(count: int) -> Iterator[str]:
    for number in range(count):
        at = (_START + timedelta(seconds=number * 11)).strftime("%Y-%m-%dT%H:%M:%S")
        serials = ",".join(f'"urn:epc:id:sgtin:8712345.012345.{number * 4 + one}"' for one in range(4))
        place, other = number % 79, number * 7 % 79
        yield (
            f'{{"type":"ObjectEvent","eventID":"urn:uuid:{number:08x}-0000-4000-8000-{number * 31:012x}",'
            f'"eventTime":"{at}.000Z","recordTime":"{at}.500Z","eventTimeZoneOffset":"+02:00","epcList":[{serials}],'
            '"action":"OBSERVE","bizStep":"shipping","disposition":"in_transit",'
            f'"readPoint":{{"id":"urn:epc:id:sgln:8712345.{place:05d}.1"}},'
            f'"bizLocation":{{"id":"urn:epc:id:sgln:8712345.{place:05d}.0"}},'
            f'"bizTransactionList":[{{"type":"desadv","bizTransaction":"urn:epc:id:gdti:8712345.00001.{number // 20}"}}],'
            f'"sourceList":[{{"type":"possessing_party","source":"urn:epc:id:pgln:8712345.{place:05d}"}}],'
            f'"destinationList":[{{"type":"possessing_party","destination":"urn:epc:id:pgln:8712345.{other:05d}"}}]}}'
        )
