"""One way to open DuckDB: in memory, in UTC, bounded, and without reach beyond what is asked of it.

Rule: results are always fetched to the end (DuckDB 2 streams and holds the connection otherwise), times are UTC
timestamps without a zone, no extension is loaded or downloaded, and whatever judges user-written norms is locked: only
named folders are readable and the configuration cannot be changed back. Source: the engine's decisions 4 and 10.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from scherp.settings import read_settings

Database = duckdb.DuckDBPyConnection
Row = tuple[Any, ...]

_CHUNK = 50_000  # rows that are handed over at once
_MEMORY_SHARE = 0.4  # of the machine's memory, where nobody says otherwise


def connect(spill: Path | None = None, memory: str | None = None, threads: int | None = None) -> Database:
    """A fresh in-memory database. spill: the folder for what does not fit in `memory` (such as `4GB`)."""
    settings = read_settings()
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "memory_limit": memory or settings.memory or f"{int(_machine_memory() * _MEMORY_SHARE)}B",
        "threads": threads or settings.threads or (os.cpu_count() or 2),
    }
    if spill is not None:
        config["temp_directory"] = str(spill)
    database = duckdb.connect(":memory:", config=config)
    rows(database, "SET TimeZone = 'UTC'")
    return database


def rows(database: Database, sql: str, values: Sequence[object] | None = None) -> list[Row]:
    """Run one statement and fetch all that it gives."""
    try:
        found: list[Row] = database.execute(sql, values).fetchall() if values else database.execute(sql).fetchall()
    except RuntimeError as fault:
        # Ctrl-C during a statement comes out of the database as this.
        if "interrupted" in str(fault).lower() and not isinstance(fault, duckdb.Error):
            raise KeyboardInterrupt from None
        raise
    return found


def value(database: Database, sql: str, values: Sequence[object] | None = None) -> Any:
    """The single value of a statement that gives one row with one column."""
    return rows(database, sql, values)[0][0]


def fill(database: Database, table: str, content: Sequence[Row]) -> None:
    """Add rows to a table, in bulk: a statement for each row would take a millisecond each."""
    for start in range(0, len(content), _CHUNK):
        columns = [list(column) for column in zip(*content[start : start + _CHUNK], strict=True)]
        rows(database, f"INSERT INTO {name(table)} SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)


def lock(database: Database, readable: Iterable[Path]) -> None:
    """From here on only files below the `readable` folders can be read, nothing else of the machine."""
    folders = ", ".join(text(str(folder.resolve())) for folder in readable)
    rows(database, f"SET allowed_directories = [{folders}]")
    rows(database, "SET enable_external_access = false")
    rows(database, "SET lock_configuration = true")


def text(word: str) -> str:
    """`word` as an SQL string literal (a statement ends at a NUL, so that one is spelled out)."""
    literal = "'" + word.replace("'", "''") + "'"
    return literal if "\0" not in word else "('" + "' || chr(0) || '".join(literal[1:-1].split("\0")) + "')"


def name(word: str) -> str:
    """`word` as a quoted SQL identifier."""
    return '"' + word.replace('"', '""') + '"'


def _machine_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
