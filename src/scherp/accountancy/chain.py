"""A store, opened to follow items through it in both directions.

Rule: `takes_part` is sorted by object, so what an object took part in is found in the store itself, without reading
more than a few row groups. The other way round (which objects took part in an event) each part has one derived copy,
sorted by event. A part never changes, so its copy is named after the part's hash and stays good for every later
snapshot; a night's intake only adds the copy of its own parts. Copies may be deleted at any time: they are made again.
Events that were taken back are left out of everything. Source: the engine's decisions 2 and 16; measured, see
`benchmarks/trace.py`.
"""

# ruff: noqa: S608 - names are this module's own or quoted; values are bound

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from scherp.accountancy.acts import BASKET, LOT, NOUNS, PACKAGE, PLANT, SHIPMENT, Act, acts_of
from scherp.events.database import Database, Row, connect, rows, text
from scherp.events.manifest import Manifest, Part, part_faults, read_manifest
from scherp.events.parts import TAKES_PART_COLUMNS, stored
from scherp.faults import Fault, Refused

# The name of the folder changes with the shape of what is in it, so that an older copy is never read as a newer one.
DERIVED = Path("derived") / "by-event-1"
# Small row groups, so that a lookup of one event unpacks little; larger ones pack a little better but search slower.
_ROW_GROUP = 24_576
_INVERSE_COLUMNS = "event_id VARCHAR, object_id VARCHAR, role VARCHAR, quantity DECIMAL(18,6), unit VARCHAR"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Chain:
    """A snapshot of a store. acts: number of a kind -> its act. For each object type there are two views, `taken(...)`
    sorted by object and `inverse(...)` sorted by event; a table `repacked(object_id)` holds the packages that went into
    a transformation."""

    database: Database
    store: Path
    manifest: Manifest
    sha256: str
    acts: dict[int, Act]

    @property
    def types(self) -> list[str]:
        """The object types of the store, the chain's own first."""
        order = {kind: n for n, kind in enumerate((PACKAGE, LOT, PLANT, SHIPMENT, BASKET))}
        return sorted((kind.name for kind in self.manifest.object_types), key=lambda kind: order.get(kind, len(order)))

    def cursor(self) -> Chain:
        """The same chain with a cursor of its own, for one request among several."""
        return Chain(self.database.cursor(), self.store, self.manifest, self.sha256, self.acts)


def open_chain(store: Path, progress: Progress = lambda _: None) -> Chain:
    """Open the current snapshot of a store; the first time this sorts its parts the other way round."""
    manifest, sha256 = read_manifest(store)
    if faults := part_faults(store, manifest, thorough=False):
        raise Refused(faults)
    database = connect()
    rows(database, "SET parquet_metadata_cache = true")
    folder = _folder(store)
    parts = [part for part in manifest.parts_of("takes_part") if part.rows]
    _sweep(folder, {part.sha256 for part in parts})
    for part in parts:
        if not _copy_of(folder, part).is_file():
            progress(part.path)
            _invert(database, store, folder, part)
    chain = Chain(database, store, manifest, sha256, acts_of(manifest.kinds))
    _views(chain, folder, parts)
    return chain


def taken(chain: Chain, object_type: str) -> str:
    """The name of the view of `takes_part` for an object type; an empty one where the store has no such type."""
    return f"taken_{_id(chain, object_type)}"


def inverse(chain: Chain, object_type: str) -> str:
    """The name of the view (event_id, object_id, role, quantity, unit) for an object type, quick to search by event."""
    return f"inverse_{_id(chain, object_type)}"


def find_type(chain: Chain, object_id: str) -> str:
    """The object type of an identifier; Refused where the store does not have it."""
    for object_type in chain.types:
        objects = stored(chain.store, chain.manifest, "objects", {"object_id": "VARCHAR"}, object_type)
        if rows(chain.database, f"SELECT 1 FROM {objects} WHERE object_id = ? LIMIT 1", [object_id]):
            return object_type
    what = f"the store does not have the object {object_id!r}"
    raise Refused(Fault(chain.store.name, what, "Write the identifier whole, exactly as the source writes it"))


def find_thing(chain: Chain, object_id: str) -> str:
    """The object type of a plant, lot, package, shipment or basket; Refused for a party, a place or the unknown."""
    object_type = find_type(chain, object_id)
    if object_type not in NOUNS and not _is_material(chain, object_type, object_id):
        what = f"{object_id!r} is of type {object_type}, and nothing can be made of it or from it"
        raise Refused(Fault(chain.store.name, what, "Name a plant, a lot, a package, a shipment or a sale basket"))
    return object_type


def takings_of(chain: Chain, object_type: str, objects: Iterable[str], columns: str, where: str = "true") -> list[Row]:
    """`columns` of the takings of objects of one type, in the order of object, time and registration."""
    return rows(
        chain.database,
        f"SELECT {columns} FROM {taken(chain, object_type)} WHERE object_id IN (SELECT unnest(?::VARCHAR[])) "
        f"AND {where} ORDER BY object_id, time, recorded, event_id",
        [list(objects)],
    )


def members_of(chain: Chain, events: Iterable[str], types: Iterable[str], where: str = "true") -> list[Row]:
    """(event_id, object_id, role, quantity, unit, object type) of what took part in events, of the types asked for."""
    listed = list(events)
    if not listed:
        return []
    found: list[Row] = []
    for object_type in types:
        found += rows(
            chain.database,
            f"SELECT event_id, object_id, role, quantity, unit, {text(object_type)} FROM {inverse(chain, object_type)} "
            f"WHERE event_id IN (SELECT unnest(?::VARCHAR[])) AND {where} ORDER BY event_id, object_id",
            [listed],
        )
    return found


def material_types(chain: Chain) -> list[str]:
    """The object types that are made or used in some transformation of the store, packages last."""
    listed = [row[0] for row in rows(chain.database, "SELECT object_type FROM material ORDER BY object_type")]
    return sorted(listed, key=lambda object_type: object_type == PACKAGE)


def _is_material(chain: Chain, object_type: str, object_id: str) -> bool:
    if object_type not in material_types(chain):
        return False
    return bool(takings_of(chain, object_type, [object_id], "1", "role IN ('input', 'output')"))


def _views(chain: Chain, folder: Path, parts: list[Part]) -> None:
    database = chain.database
    corrections = stored(chain.store, chain.manifest, "corrections", {"event_id": "VARCHAR"})
    rows(database, f"CREATE TEMP TABLE taken_back AS SELECT DISTINCT event_id FROM {corrections}")
    some = rows(database, "SELECT count(*) FROM taken_back")[0][0]
    valid = "event_id NOT IN (SELECT event_id FROM taken_back)" if some else "true"
    rows(database, "CREATE TEMP TABLE material (object_type VARCHAR)")
    for kind in chain.manifest.object_types:
        source = stored(chain.store, chain.manifest, "takes_part", TAKES_PART_COLUMNS, kind.name)
        rows(database, f"CREATE TEMP VIEW taken_{kind.id} AS SELECT * FROM {source} WHERE {valid}")
        paths = [str(_copy_of(folder, part)) for part in parts if part.object_type == kind.name]
        copies = f"read_parquet([{', '.join(map(text, paths))}])" if paths else _nothing(_INVERSE_COLUMNS)
        rows(database, f"CREATE TEMP VIEW inverse_{kind.id} AS SELECT * FROM {copies} WHERE {valid}")
        flows = f"SELECT 1 FROM inverse_{kind.id} WHERE role = 'input' OR role = 'output' LIMIT 1"
        rows(database, f"INSERT INTO material SELECT {text(kind.name)} WHERE EXISTS ({flows})")
    rows(database, f"CREATE TEMP VIEW inverse_none AS SELECT * FROM {_nothing(_INVERSE_COLUMNS)}")
    empty = stored(chain.store, Manifest(), "takes_part", TAKES_PART_COLUMNS)
    rows(database, f"CREATE TEMP VIEW taken_none AS SELECT * FROM {empty}")
    rows(
        database,
        f"CREATE TEMP TABLE repacked AS SELECT DISTINCT object_id FROM {taken(chain, PACKAGE)} WHERE role = 'input'",
    )


def _nothing(columns: str) -> str:
    picked = ", ".join("CAST(NULL AS {1}) AS {0}".format(*column.split(" ", 1)) for column in columns.split(", "))
    return f"(SELECT {picked} WHERE false)"


def _id(chain: Chain, object_type: str) -> str:
    kind = chain.manifest.object_type(object_type)
    return kind.id if kind else "none"


def _folder(store: Path) -> Path:
    """Where the copies are: in the store, or in a folder of this process where the store may not be written."""
    folder = store / DERIVED
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="scherp-by-event-"))
    return folder if os.access(folder, os.W_OK) else Path(tempfile.mkdtemp(prefix="scherp-by-event-"))


def _copy_of(folder: Path, part: Part) -> Path:
    return folder / f"{part.sha256}.parquet"


def _sweep(folder: Path, current: set[str]) -> None:
    """Remove the copies of parts that are no longer in the store: what retention took away must not live on here."""
    for path in folder.glob("*.parquet"):
        if path.stem not in current:
            path.unlink(missing_ok=True)


def _invert(database: Database, store: Path, folder: Path, part: Part) -> None:
    """Write the part's rows sorted by event. Places are left out: an event's own place says them."""
    aside = folder / f"{part.sha256}.{os.getpid()}.new"
    columns = {
        name: kind for name, kind in part.columns if name in ("event_id", "object_id", "role", "quantity", "unit")
    }
    picked = ", ".join(columns)
    source = f"read_parquet({text(str(store / part.path))})"
    try:
        rows(
            database,
            f"COPY (SELECT {picked} FROM {source} WHERE coalesce(role, '') NOT IN ('read_point', 'location') "
            f"ORDER BY event_id, object_id) TO {text(str(aside))} "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})",
        )
    except duckdb.IOException:
        aside.unlink(missing_ok=True)
        what = f"{part.path} cannot be read or its copy not written"
        raise Refused(
            Fault(store.name, what, "Check the store with `scherp verify` and the space on the disk")
        ) from None
    aside.rename(_copy_of(folder, part))
