"""A store, opened to follow items through it in both directions.

Rule: `takes_part` is sorted by object, so what an object took part in is found in the store itself, without reading
more than a row group a part. For the rest each part has three derived copies: `flow`, what went into and came out of
transformations, by event; `others`, what else took part in an event, by event; and `makers`, who made an object, by
object, since a row group of all acts is large for the one row that says it. A part never changes, so its copies are
named after the part's hash and stay good for every later snapshot; a night's intake only adds the copies of its own
parts. Copies may be deleted at any time: they are made again. Events that were taken back are left out of everything.
Source: the engine's decisions 2 and 16; measured, see `benchmarks/trace.py`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scherp.accountancy.acts import BASKET, LOT, NOUNS, PACKAGE, PLANT, SHIPMENT, Act, acts_of
from scherp.events.database import Database, Row, connect, rows, text
from scherp.events.manifest import Manifest, ObjectType, Part, part_faults, read_manifest
from scherp.events.parts import TAKES_PART_COLUMNS, stored
from scherp.events.room import within_room
from scherp.faults import Fault, Refused

# The name of the folder changes with the shape of what is in it, so that an older copy is never read as a newer one.
DERIVED = Path("derived") / "lineage-1"
_BY_EVENT = "event_id, object_id, role, quantity, unit FROM {0} WHERE"
# Copy -> (what is in it, rows in a row group). A small row group unpacks quickly and a large number of them is slow to
# choose from; these sizes were measured. Places are in no copy, for an event's own place says them.
_COPIES = {
    "flow": (f"{_BY_EVENT} role IN ('input', 'output') ORDER BY role, event_id, object_id", 16_384),
    "others": (
        f"{_BY_EVENT} coalesce(role, '') NOT IN ('input', 'output', 'read_point', 'location') "
        "ORDER BY event_id, object_id",
        65_536,
    ),
    "makers": (
        "object_id, event_id, quantity, unit, time, recorded, kind, place, actor FROM {0} WHERE role = 'output' "
        "ORDER BY object_id, time",
        16_384,
    ),
}
Progress = Callable[[str], None]
View = Literal["taken", "makers", "flow", "others"]


@dataclass(frozen=True)
class Chain:
    """A snapshot of a store. acts: number of a kind -> its act. For each object type there are views: `taken` and
    `makers` sorted by object, `flow` and `others` sorted by event, see `view`; a table `repacked(object_id)` holds the
    packages that went into a transformation."""

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
        """The same chain with a cursor of its own, for one request among several: they see the same views."""
        return Chain(self.database.cursor(), self.store, self.manifest, self.sha256, self.acts)


def open_chain(store: Path, progress: Progress = lambda _: None, snapshot: int | None = None) -> Chain:
    """Open the current snapshot of a store (or an earlier one, by its number); the first time this sorts its parts the
    other way round."""
    manifest, sha256 = read_manifest(store, snapshot)
    if faults := part_faults(store, manifest, thorough=False):
        raise Refused(faults)
    database = connect()
    rows(database, "SET parquet_metadata_cache = true")
    folder = _folder(store)
    parts = [part for part in manifest.parts_of("takes_part") if part.rows]
    if snapshot is None:
        _sweep(folder, {part.sha256 for part in parts})
    for part in parts:
        for copy in _COPIES:
            if not _copy_of(folder, part, copy).is_file():
                progress(part.path)
                _write_copy(database, store, _copy_of(folder, part, copy), copy, part)
    chain = Chain(database, store, manifest, sha256, acts_of(manifest.kinds))
    _views(chain, folder, parts)
    return chain


def view(chain: Chain, name: View, object_type: str) -> str:
    """The name of a view of the takings of an object type; an empty one where the store has no such type.

    `taken`: the columns of `takes_part`. `makers`: object_id, event_id, quantity, unit, time, recorded, kind, place,
    actor of the events that an object came out of. `flow`, `others`: event_id, object_id, role, quantity, unit.
    """
    kind = chain.manifest.object_type(object_type)
    return f"{name}_{kind.id if kind else 'none'}"


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
    return _of_objects(chain, view(chain, "taken", object_type), objects, columns, where)


def makers_of(chain: Chain, object_type: str, objects: Iterable[str], columns: str) -> list[Row]:
    """The same of the events that the objects came out of."""
    return _of_objects(chain, view(chain, "makers", object_type), objects, columns, "true")


def members_of(
    chain: Chain, name: Literal["flow", "others"], events: Iterable[str], types: Iterable[str], where: str = "true"
) -> list[Row]:
    """(event_id, object_id, role, quantity, unit, object type) of what took part in events, of the types asked for."""
    listed = list(events)
    if not listed:
        return []
    found: list[Row] = []
    for object_type in types:
        found += rows(
            chain.database,
            f"SELECT event_id, object_id, role, quantity, unit, {text(object_type)} "
            f"FROM {view(chain, name, object_type)} "
            f"WHERE event_id IN (SELECT unnest(?::VARCHAR[])) AND {where} ORDER BY event_id, object_id",
            [listed],
        )
    return found


def material_types(chain: Chain) -> list[str]:
    """The object types that are made or used in some transformation of the store, packages last."""
    listed = [row[0] for row in rows(chain.database, "SELECT object_type FROM material ORDER BY object_type")]
    return sorted(listed, key=lambda object_type: object_type == PACKAGE)


def _of_objects(chain: Chain, source: str, objects: Iterable[str], columns: str, where: str) -> list[Row]:
    return rows(
        chain.database,
        f"SELECT {columns} FROM {source} WHERE object_id IN (SELECT unnest(?::VARCHAR[])) AND {where} "
        "ORDER BY object_id, time, recorded, event_id",
        [list(objects)],
    )


def _is_material(chain: Chain, object_type: str, object_id: str) -> bool:
    if object_type not in material_types(chain):
        return False
    return bool(takings_of(chain, object_type, [object_id], "1", "role IN ('input', 'output')"))


def _views(chain: Chain, folder: Path, parts: list[Part]) -> None:
    database = chain.database
    corrections = stored(chain.store, chain.manifest, "corrections", {"event_id": "VARCHAR"})
    rows(database, f"CREATE TABLE taken_back AS SELECT DISTINCT event_id FROM {corrections}")
    some = rows(database, "SELECT count(*) FROM taken_back")[0][0]
    valid = "event_id NOT IN (SELECT event_id FROM taken_back)" if some else "true"
    rows(database, "CREATE TABLE material (object_type VARCHAR)")
    empty = stored(chain.store, Manifest(), "takes_part", TAKES_PART_COLUMNS)
    for kind in [*chain.manifest.object_types, ObjectType("none", "")]:
        mine = [part for part in parts if part.object_type == kind.name]
        source = stored(chain.store, chain.manifest, "takes_part", TAKES_PART_COLUMNS, kind.name)
        sources = {"taken": source if mine else empty} | dict.fromkeys(_COPIES, empty)
        for copy in _COPIES if mine else ():
            sources[copy] = f"read_parquet([{', '.join(text(str(_copy_of(folder, part, copy))) for part in mine)}])"
        for copy, of in sources.items():
            rows(database, f"CREATE VIEW {copy}_{kind.id} AS SELECT * FROM {of} WHERE {valid}")
        made = f"SELECT 1 FROM flow_{kind.id} LIMIT 1"
        rows(database, f"INSERT INTO material SELECT {text(kind.name)} WHERE EXISTS ({made})")
    used = f"SELECT DISTINCT object_id FROM {view(chain, 'flow', PACKAGE)} WHERE role = 'input'"
    rows(database, f"CREATE TABLE repacked AS {used}")


def _folder(store: Path) -> Path:
    """Where the copies are: in the store, or in a folder of this process where the store may not be written."""
    folder = store / DERIVED
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="scherp-by-event-"))
    return folder if os.access(folder, os.W_OK) else Path(tempfile.mkdtemp(prefix="scherp-by-event-"))


def _copy_of(folder: Path, part: Part, copy: str) -> Path:
    return folder / f"{part.sha256}-{copy}.parquet"


def _sweep(folder: Path, current: set[str]) -> None:
    """Remove the copies of parts that are no longer in the store: what retention took away must not live on here."""
    for path in folder.glob("*.parquet"):
        if path.name.partition("-")[0] not in current:
            path.unlink(missing_ok=True)


def _write_copy(database: Database, store: Path, target: Path, copy: str, part: Part) -> None:
    """Write a copy of a part under another name, then give it its own, so that nobody reads a half one."""
    aside = target.with_suffix(f".{os.getpid()}.new")
    select, row_group = _COPIES[copy]
    selected = select.format(f"read_parquet({text(str(store / part.path))})")
    with within_room(store.name):
        rows(
            database,
            f"COPY (SELECT {selected}) TO {text(str(aside))} "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {row_group})",
        )
        aside.rename(target)
