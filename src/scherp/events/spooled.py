"""Documents of formats other than tables, spooled together and then merged in one go.

Rule: each document is read as a stream through the contract's door into the spool, and is cut out again when it proves
bad; what was accepted is then read in bulk. Source: the plan of the house, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scherp.events.contract import Contract, Door
from scherp.events.database import Database, rows, text
from scherp.events.manifest import Intaken
from scherp.events.mapping import Mapping
from scherp.events.merge import Unit
from scherp.events.model import Reader, Reading
from scherp.events.sources import Format, SourceFile
from scherp.events.spool import Spool
from scherp.faults import Fault, Refused

_EVENT_COLUMNS = {
    "d": "INTEGER", "p": "BIGINT", "type": "VARCHAR", "time": "BIGINT", "offset": "SMALLINT", "date_only": "BOOLEAN",
    "recorded": "BIGINT", "place": "VARCHAR", "actor": "VARCHAR", "takes": "VARCHAR[][]", "own": "BOOLEAN",
    "event_id": "VARCHAR", "content": "VARCHAR", "taken_back": "BOOLEAN", "corrected_by": "VARCHAR[]",
    "correction_reason": "VARCHAR", "correction_time": "BIGINT",
}  # fmt: skip
_FACT_COLUMNS = {
    "d": "INTEGER", "id": "VARCHAR", "type": "VARCHAR", "held": "VARCHAR[][]", "time": "BIGINT", "n": "BIGINT",
    "to": "VARCHAR", "role": "VARCHAR",
}  # fmt: skip
_LARGEST_RECORD = 1 << 27  # bytes of one line of the spool


@dataclass
class Spooled:
    """unit: what was accepted, ready to merge (None: nothing). accepted: document number -> its intake record."""

    unit: Unit | None = None
    accepted: dict[int, Intaken] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def spool_documents(
    database: Database,
    aside: Path,
    documents: list[tuple[Intaken, SourceFile]],
    mapping: Mapping,
    contract: Contract | None,
    progress: Callable[[str], None],
) -> Spooled:
    """Read the documents into a spool in `aside`; their facts are then in the temporary table `facts`."""
    spooled = Spooled()
    with Spool(aside) as spool:
        for number, (intaken, source) in enumerate(documents):
            progress(source.shown)
            spool.begin(number)
            try:
                _spool_document(spool, source, mapping, contract)
            except Refused as refused:
                spool.cut_back()
                spooled.faults += refused.faults
                continue
            spool.accept()
            intaken.read = spool.counts["read"]
            intaken.corrections = spool.counts["corrections"]
            intaken.unknown_time, intaken.ambiguous_time = spool.counts["unknown_time"], spool.counts["ambiguous_time"]
            spooled.accepted[number] = intaken
        spool.flush()
        if spooled.accepted:
            spooled.unit = _unit(database, spool, aside, spooled.accepted)
    return spooled


def _spool_document(spool: Spool, source: SourceFile, mapping: Mapping, contract: Contract | None) -> None:
    table = mapping.table_for(source.path.name)
    reading = Reading(source.shown, (table.zone if table else None) or mapping.zone)
    door = Door(contract, source.shown) if contract else None
    for record in reader_of(source.format)(source.path, reading):
        admitted = door.let_in(record) if door else record
        if admitted is not None:
            spool.write(admitted)
    if door and door.unlisted:
        raise Refused(door.faults())


def reader_of(format_: Format) -> Reader:
    """The reader of a format; imported only when it is needed, for each brings its own parser."""
    if format_ == "xes":
        from scherp.events.xes import read_xes

        return read_xes
    if format_ == "register":
        from scherp.events.register import read_register

        return read_register
    if format_ == "ocel-json":
        from scherp.events.ocel.json import read_ocel_json

        return read_ocel_json
    if format_ == "ocel-xml":
        from scherp.events.ocel.xml import read_ocel_xml

        return read_ocel_xml
    if format_ == "ocel-sqlite":
        from scherp.events.ocel.sqlite import read_ocel_sqlite

        return read_ocel_sqlite
    from scherp.events import epcis

    return epcis.read_epcis_json if format_ == "epcis-json" else epcis.read_epcis_xml


def _unit(database: Database, spool: Spool, aside: Path, accepted: dict[int, Intaken]) -> Unit:
    types = spool.event_types()
    columns = {attribute: spool.columns[attribute] for attribute in types}
    typed = "".join(f", CAST({columns[a]} AS {kind}) AS {columns[a]}" for a, kind in types.items())
    lines = _read_lines(spool.events_path, _EVENT_COLUMNS | dict.fromkeys(columns.values(), "VARCHAR"))
    events = aside / "spooled.parquet"
    rows(
        database,
        f'COPY (SELECT d AS doc, p AS position, type, make_timestamp(time) AS time, "offset" AS offset_minutes, date_only, '
        f"make_timestamp(recorded) AS recorded, place, actor, NULL::VARCHAR AS case_id, takes, own, event_id, content, "
        f"taken_back, corrected_by, correction_reason, make_timestamp(correction_time) AS correction_time{typed} "
        f"FROM {lines}) TO {text(str(events))} (FORMAT parquet)",
    )
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE facts AS SELECT d AS doc, id, type, one[1] AS attribute, one[2] AS value, one[3] AS kind, "
        'make_timestamp(time) AS time, NULL::TIMESTAMP AS since, n, "to" AS to_id, role FROM '
        "(SELECT *, unnest(CASE WHEN len(held) > 0 THEN held ELSE [NULL] END) AS one "
        f"FROM {_read_lines(spool.facts_path, _FACT_COLUMNS)})",
    )
    documents = {number: intaken.sha256 for number, intaken in accepted.items()}
    names = {number: intaken.name for number, intaken in accepted.items()}
    source = f"SELECT * FROM read_parquet({text(str(events))})"
    return Unit(source, types, columns, documents, names, single=False, has_own_ids=True)


def _read_lines(path: Path, columns: dict[str, str]) -> str:
    listed = ", ".join(f"{text(column)}: {text(kind)}" for column, kind in columns.items())
    return (
        f"read_json({text(str(path))}, format = 'newline_delimited', columns = {{{listed}}}, "
        f"maximum_object_size = {_LARGEST_RECORD})"
    )
