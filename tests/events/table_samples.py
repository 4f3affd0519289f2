"""Small tables, the mapping that reads them, and what a store then holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import msgspec

from scherp.events.contract import Contract
from scherp.events.intake import Outcome, take_in
from scherp.events.manifest import read_manifest
from scherp.events.mapping import Mapping, parse_mapping
from scherp.events.sources import find_sources
from scherp.faults import Refused

PLAIN = "case,activity,time\nA,start,2024-01-01\nA,stop,2024-01-05\nB,start,2024-02-01\n"
Row = tuple[Any, ...]


def mapping(**keys: Any) -> Mapping:
    """A mapping of the columns case, activity and time in UTC, changed by `keys`."""
    document = {"case": "case", "activity": "activity", "time": "time", "zone": "UTC"} | keys
    return parse_mapping({key: entry for key, entry in document.items() if entry is not None}, "mapping.yaml")


def write(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def take(store: Path, *sources: Path, how: Mapping | None = None, contract: Contract | None = None) -> Outcome:
    return take_in(store, find_sources(list(sources)), how or mapping(), contract)


def taken(folder: Path, content: str | bytes, name: str = "table.csv", **keys: Any) -> Path:
    """The store of one table that is taken in without a fault; read = kept + known + refused."""
    store = folder / f"store of {name}"
    outcome = take(store, write(folder, content, name), how=mapping(**keys))
    assert outcome.faults == []
    for one in outcome.taken:
        assert one.read == one.kept + one.known + one.refused
    return store


def refusal(folder: Path, content: str | bytes, name: str = "table.csv", **keys: Any) -> str:
    """Why one table is refused, which leaves no store behind."""
    store = folder / f"store of {name}"
    try:
        outcome = take(store, write(folder, content, name), how=mapping(**keys))
    except Refused as refused:
        return str(refused)
    assert outcome.faults, "the table was taken in"
    assert outcome.taken == []
    assert not (store / "current").exists()
    return "\n".join(map(str, outcome.faults))


def query(store: Path, table: str, columns: str, order: str = "ALL") -> list[Row]:
    """Columns of a table of the store, all its parts together, in order."""
    manifest, _ = read_manifest(store)
    paths = [str(store / part.path) for part in manifest.parts_of(table)]
    if not paths:
        return []
    with duckdb.connect() as database:
        found: list[Row] = database.execute(
            f"SELECT {columns} FROM read_parquet(?, union_by_name = true) ORDER BY {order}", [paths]
        ).fetchall()
    return found


def rejects(store: Path) -> list[dict[str, Any]]:
    """The refused rows of a store, each with its reason."""
    manifest, _ = read_manifest(store)
    paths = [str(store / one.rejects) for one in manifest.intake if one.rejects]
    if not paths:
        return []
    return [msgspec.json.decode(line) for path in paths for line in Path(path).read_bytes().splitlines()]


def reasons(store: Path) -> list[str]:
    return [row["reason"] for row in rejects(store)]
