"""A SQLite file from a stranger, opened so that it can only be read.

Rule: read-only and immutable, no extension can be loaded, functions in the file's own schema are not trusted, and only
ordinary tables count: a view, a virtual table or a computed column runs what its maker wrote. Names from the file are
quoted. A file that is no database, cut off or damaged is refused; so is one that has unwritten work beside it. Source:
SQLite's advice on files of unknown origin.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scherp.events.files import open_bytes
from scherp.events.ocel.collected import CAP
from scherp.faults import Fault, Refused

_MAGIC = b"SQLite format 3\0"
_LONGEST = 64 * 2**20  # bytes of one value or row
_AGAIN = "Fetch the file again, or write it anew with SQLite"
_PRAGMAS = ("trusted_schema=off", "cell_size_check=on", "mmap_size=0")


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Database:
    """An open file. tables: names of its ordinary tables, in lower case -> as written; others: those of the rest."""

    connection: sqlite3.Connection
    tables: dict[str, str]
    others: dict[str, str]

    def run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self.connection.execute(statement, values)

    def unfit(self, table: str) -> str | None:
        """Why the table cannot be read, as a sentence; None where it can."""
        if table.lower() in self.others:
            return "it is not an ordinary table, and nothing else is read"
        if table.lower() not in self.tables:
            return "the table is missing"
        found = self.run(f"pragma main.quick_check({quoted(table)})").fetchone()
        return None if found and found[0] == "ok" else "the table is damaged"

    def columns(self, table: str) -> dict[str, str]:
        """name -> declared type of the stored columns; computed ones are not among them."""
        return {row[1]: row[2] or "" for row in self.run(f"pragma main.table_info({quoted(table)})")}

    def rows(self, table: str, *columns: str, order: str = "", texts: int | None = None) -> Iterator[Any]:
        """Rows as tuples, by a full scan. The first `texts` columns (None: all) come as text, null as empty text."""
        count = len(columns) if texts is None else texts
        chosen = [
            f"coalesce(cast({quoted(column)} as text), '')" if position < count else quoted(column)
            for position, column in enumerate(columns)
        ]
        tail = f" order by {order}" if order else ""
        return self.run(f"select {', '.join(chosen)} from main.{quoted(table)} not indexed{tail}")

    def types_used(self, family: str) -> Iterator[tuple[str]]:
        """The types that `family` names, each once."""
        return self.run(f"select distinct coalesce(cast(ocel_type as text), '') from main.{family} not indexed")

    def copy_links(self, table: str, source: str, target: str) -> None:
        """Copy the links in `table` aside, with an index on the side that they start from."""
        self.run(
            f"create temp table links_{table} as select cast({source} as text) as id, "
            f"coalesce(cast({target} as text), '') as other, coalesce(cast(ocel_qualifier as text), '') as role "
            f"from main.{table} not indexed"
        )
        self.run(f"create index temp.by_id_{table} on links_{table}(id)")

    def stray_links(self, table: str, family: str) -> Iterator[tuple[str]]:
        """Ids that links start from and `family` has not; no more than can be told."""
        return self.run(f"select id from temp.links_{table} except {_ids(family)} limit {CAP + 1}")

    def links(self, table: str, identifier: str) -> list[tuple[str, str]]:
        """(object id, role) of the links of one event or object, in the order of the file."""
        return self.run(
            f"select other, role from temp.links_{table} where id = ? order by rowid", identifier
        ).fetchall()

    def without_row(self, family: str, type_name: str, table: str) -> Iterator[tuple[str]]:
        """Ids that `family` has of the type and `table` has not."""
        return self.run(f"{_of_type(family)} except {_ids(table)}", type_name)

    def without_entry(self, family: str, type_name: str, table: str) -> Iterator[tuple[str]]:
        """Ids that `table` has and `family` has not of the type; no more than can be told."""
        return self.run(f"{_ids(table)} except {_of_type(family)} limit {CAP + 1}", type_name)


@contextmanager
def open_database(path: Path, shown: str) -> Iterator[Database]:
    """The database in `path`; a gzip is unpacked into a temporary file. Refused where SQLite finds fault with it."""
    with _plain(path, shown) as file:
        try:
            with closing(_connect(file)) as connection:
                yield _listed(connection)
        except sqlite3.Error as error:
            raise Refused(Fault(shown, f"not a sound SQLite database: {_said(error)}", _AGAIN)) from None


@contextmanager
def _plain(path: Path, shown: str) -> Iterator[Path]:
    with open_bytes(path, shown) as source:
        start = source.read(len(_MAGIC))
        if start != _MAGIC:
            raise Refused(Fault(shown, "it is not a SQLite database"))
        with path.open("rb") as file:
            packed = file.read(len(_MAGIC)) != _MAGIC
        if not packed:
            _check_nothing_beside(path, shown)
            yield path
            return
        with tempfile.NamedTemporaryFile(suffix=".sqlite") as unpacked:
            unpacked.write(start)
            shutil.copyfileobj(source, unpacked, 1 << 20)
            unpacked.flush()
            yield Path(unpacked.name)


def _check_nothing_beside(path: Path, shown: str) -> None:
    """An immutable database is read without its journal: what is only written there would go missing silently."""
    for ending in ("-wal", "-journal"):
        beside = path.with_name(path.name + ending)
        if beside.exists() and beside.stat().st_size:
            what = f"a file ending in {ending} stands beside it, with changes that are not in the database yet"
            raise Refused(
                Fault(shown, what, "Close the program that writes it, or run `pragma wal_checkpoint(truncate)`")
            )


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")
    return connection


def _listed(connection: sqlite3.Connection) -> Database:
    """What the file has. A virtual table calls itself a table but has no page of its own."""
    tables: dict[str, str] = {}
    others: dict[str, str] = {}
    for kind, name, page in connection.execute("select type, name, rootpage from main.sqlite_master"):
        if kind in ("table", "view"):
            (tables if kind == "table" and page else others)[name.lower()] = name
    return Database(connection, tables, others)


def _of_type(family: str) -> str:
    return f"select cast(ocel_id as text) from main.{family} not indexed where cast(ocel_type as text) = ?"


def _ids(table: str) -> str:
    return f"select cast(ocel_id as text) from main.{quoted(table)} not indexed"


def _said(error: Exception) -> str:
    """SQLite's own words, without the text of a value that cannot be decoded."""
    return str(error).partition(" with text ")[0]
