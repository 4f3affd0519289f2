"""The parts of a store: Parquet files of its tables, how they are written, and how they are read as one.

Rule: a part is written once, synced, and listed in the manifest with its hash, its columns and its number of rows; what
the manifest does not list is not there. Source: the engine's decisions 2 and 4.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scherp.events.database import Database, name, rows, text, value
from scherp.events.instants import iso
from scherp.events.manifest import Manifest, ObjectType, Part, sync_file

EVENT_COLUMNS = {
    "event_id": "VARCHAR", "type": "VARCHAR", "time": "TIMESTAMP", "offset": "SMALLINT", "date_only": "BOOLEAN",
    "recorded": "TIMESTAMP", "place": "VARCHAR", "actor": "VARCHAR", "source": "VARCHAR", "position": "BIGINT",
    "content": "VARCHAR",
}  # fmt: skip
TAKES_PART_COLUMNS = {
    "object_id": "VARCHAR", "event_id": "VARCHAR", "role": "VARCHAR", "quantity": "DECIMAL(18,6)", "unit": "VARCHAR",
    "event_type": "VARCHAR", "time": "TIMESTAMP", "offset": "SMALLINT", "date_only": "BOOLEAN",
    "recorded": "TIMESTAMP", "actor": "VARCHAR", "place": "VARCHAR", "kind": "INTEGER",
}  # fmt: skip
OBJECT_COLUMNS = {"object_id": "VARCHAR", "type": "VARCHAR"}
RELATION_COLUMNS = {"from_id": "VARCHAR", "to_id": "VARCHAR", "role": "VARCHAR"}
CHANGE_COLUMNS = {
    "object_id": "VARCHAR", "object_type": "VARCHAR", "attribute": "VARCHAR", "value": "VARCHAR", "time": "TIMESTAMP",
}  # fmt: skip
CORRECTION_COLUMNS = {
    "event_id": "VARCHAR", "corrected_by": "VARCHAR", "reason": "VARCHAR", "time": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Where parts are written: a store, the manifest of its next snapshot, and the database that does the work."""

    database: Database
    store: Path
    manifest: Manifest

    def held(self, table: str, columns: dict[str, str], object_type: str | None = None) -> str:
        """SQL for what the store holds of a table; see `stored`."""
        return stored(self.store, self.manifest, table, columns, object_type)

    def object_type(self, word: str) -> ObjectType:
        """The object type of that name, which is new in the manifest if nobody had it before."""
        found = self.manifest.object_type(word)
        if found is None:
            found = ObjectType(f"t{len(self.manifest.object_types) + 1}", word)
            self.manifest.object_types.append(found)
        return found


def stored(store: Path, manifest: Manifest, table: str, columns: dict[str, str], object_type: str | None = None) -> str:
    """SQL for a table of the store (of one object type), with the columns asked for, each in its asked type."""
    by_shape: dict[tuple[str, ...], list[str]] = {}
    for part in manifest.parts_of(table, object_type):
        has = tuple(column for column, _ in part.columns)
        by_shape.setdefault(has, []).append(str(store / part.path))
    selects = []
    for has, paths in by_shape.items():
        picked = ", ".join(
            f"CAST({name(c)} AS {kind}) AS {name(c)}" if c in has else f"CAST(NULL AS {kind}) AS {name(c)}"
            for c, kind in columns.items()
        )
        selects.append(f"SELECT {picked} FROM read_parquet([{', '.join(map(text, paths))}])")
    if not selects:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {name(column)}" for column, kind in columns.items())
        return f"(SELECT {empty} WHERE false)"
    return f"({' UNION ALL '.join(selects)})"


def write_part(
    target: Target,
    table: str,
    select: str,
    columns: dict[str, str],
    kind: ObjectType | None = None,
    single: bool = False,
) -> None:
    """Write what `select` gives as one more part of the table, synced; no part where it gives nothing."""
    folder = Path("parts") / table / (kind.id if kind else "")
    (target.store / folder).mkdir(parents=True, exist_ok=True)
    relative = folder / f"{target.manifest.number:06d}-{len(target.manifest.parts):04d}.parquet"
    path = target.store / relative
    copy = f"COPY ({select}) TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    number = value(target.database, copy)
    if not number:
        path.unlink()
        return
    sync_file(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    target.manifest.parts.append(
        Part(
            path=relative.as_posix(),
            table=table,
            sha256=sha256,
            bytes=path.stat().st_size,
            rows=number,
            columns=list(columns.items()),
            object_type=kind.name if kind else None,
            **(_taking_statistics(target.database, path, single) if table == "takes_part" else {}),
        )
    )


def _taking_statistics(database: Database, part: Path, single: bool) -> dict[str, Any]:
    """What judging wants to know of a part before it plans: see `Part`."""
    source = f"read_parquet({text(str(part))})"
    repeats = "false" if single else "count(*) > count(DISTINCT (object_id, event_id))"
    only, some, untimed, repeated, first, last = rows(
        database,
        f"SELECT bool_and(date_only) FILTER (time IS NOT NULL), bool_or(date_only), count(*) - count(time), {repeats}, "
        f"epoch_us(min(time)), epoch_us(max(time)) FROM {source}",
    )[0]
    dated = "date" if only else "mixed" if some else "instant"
    return {"dated": dated, "untimed": untimed, "repeats": repeated, "first": iso(first), "last": iso(last)}
