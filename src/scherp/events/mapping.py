"""How a table is read: which column is what. A mapping file is a small YAML mapping that an inspector can write.

Rule: a mapping names the columns of the case, the activity and the time; it may name who acted and when it was
registered, other objects that take part, and the columns that belong to the case. A column that it does not name becomes
an attribute of the event, under its own spelling. Naive times need a `zone`. Source: the plan of the house, section 3,
and the rules of the field, 23 (several objects a row, several tables).
"""

from __future__ import annotations

import difflib
import fnmatch
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scherp.events.instants import time_zone
from scherp.faults import Fault, Refused


@dataclass(frozen=True)
class ObjectColumn:
    """A further object in each row: its column, its type, its role, and where its quantity stands (in `unit`)."""

    column: str
    type: str
    role: str = ""
    quantity: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Table:
    """How one table (or all tables whose file name matches `file`) is read."""

    activity: str
    time: str
    case: str | None = None
    resource: str | None = None
    recorded: str | None = None
    place: str | None = None
    event_id: str | None = None
    zone: str | None = None
    case_attributes: tuple[str, ...] = ()
    objects: tuple[ObjectColumn, ...] = ()
    time_format: str | None = None
    delimiter: str | None = None
    encoding: str = "utf-8"
    file: str = "*"

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Every column that the mapping names, in order, without repeats."""
        single = (self.case, self.activity, self.time, self.resource, self.recorded, self.place, self.event_id)
        columns = [c for c in single if c is not None] + list(self.case_attributes)
        for item in self.objects:
            columns += [item.column] + ([item.quantity] if item.quantity else [])
        return tuple(dict.fromkeys(columns))


@dataclass(frozen=True)
class Mapping:
    """One or more tables, tried in order by file name. zone: also for other formats whose times have no offset.
    synthetic: the data are invented, and everything made from them says so."""

    tables: tuple[Table, ...] = ()
    zone: str | None = None
    synthetic: bool = False

    def table_for(self, file_name: str) -> Table | None:
        return next((t for t in self.tables if fnmatch.fnmatch(file_name, t.file)), None)


_TEXT_KEYS = ("activity", "time", "case", "resource", "recorded", "place", "event_id", "time_format", "delimiter",
              "encoding", "file")  # fmt: skip
_KEYS = (*_TEXT_KEYS, "zone", "case_attributes", "objects")
_ENCODINGS = ("utf-8", "utf-16", "latin-1")


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; Refused with every mistake in it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    shown = path.name[:200]
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except OSError as fault:
        raise Refused(Fault(shown, f"the mapping file cannot be read ({fault.strerror})", "Check its path")) from None
    except (YAMLError, UnicodeDecodeError, ValueError, RecursionError) as fault:
        # The parser's own message may quote the file, which may be any file of the machine.
        mark = getattr(fault, "problem_mark", None)
        place = f"{shown}: line {mark.line + 1}" if mark is not None else shown
        raise Refused(Fault(place, "this is not a YAML mapping", "Write key: value lines")) from None
    return parse_mapping(document, shown)


def parse_mapping(document: Any, shown: str) -> Mapping:
    """A mapping from its YAML document; Refused with every mistake in it."""
    if not isinstance(document, dict):
        raise Refused(Fault(f"{shown}: $", "a mapping is a list of `key: value` lines", "Name case, activity and time"))
    faults: list[Fault] = []
    synthetic = document.get("synthetic", False)
    if not isinstance(synthetic, bool):
        faults.append(Fault(f"{shown}: $.synthetic", "this must be true or false"))
    document = {key: entry for key, entry in document.items() if key != "synthetic"}
    if "tables" in document:
        listed = document["tables"] if isinstance(document["tables"], list) else []
        if not listed:
            faults.append(Fault(f"{shown}: $.tables", "this must be a list of tables", "Write a mapping for each"))
        extra = [key for key in document if key not in ("tables", "zone")]
        faults += [Fault(f"{shown}: $.{key}", "beside `tables` only `zone` and `synthetic` may stand") for key in extra]
        found = [
            _table(entry, f"{shown}: $.tables[{number}]", document.get("zone"), faults)
            for number, entry in enumerate(listed)
        ]
    elif set(document) <= {"zone"}:
        found = []
    else:
        found = [_table(document, f"{shown}: $", None, faults)]
    zone = _zone(document.get("zone"), f"{shown}: $.zone", faults)
    if faults:
        raise Refused(faults)
    return Mapping(tuple(table for table in found if table), zone, synthetic)


def _table(entry: Any, path: str, zone: Any, faults: list[Fault]) -> Table | None:
    if not isinstance(entry, dict):
        faults.append(Fault(path, "a table is a list of `key: value` lines"))
        return None
    before = len(faults)
    for key in entry:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            faults.append(Fault(f"{path}.{key}", f"{str(key)!r} is not a key of a mapping", _meant(near)))
    for key in _TEXT_KEYS:
        if entry.get(key) is not None and not _is_text(entry[key]):
            faults.append(Fault(f"{path}.{key}", "this must be a text"))
    delimiter = entry.get("delimiter")
    if isinstance(delimiter, str) and (len(delimiter) != 1 or delimiter in '"\r\n\0' or not delimiter.isascii()):
        faults.append(Fault(f"{path}.delimiter", "the delimiter must be one sign, such as ';'"))
    for key in ("activity", "time"):
        if entry.get(key) is None:
            faults.append(Fault(f"{path}.{key}", f"`{key}` is missing", f"Name the column that holds the {key}"))
    if entry.get("case") is None and not entry.get("objects"):
        faults.append(Fault(f"{path}.case", "`case` is missing", "Name the column that holds the case, or `objects`"))
    if entry.get("encoding") not in (None, *_ENCODINGS):
        faults.append(Fault(f"{path}.encoding", f"the encoding must be one of {', '.join(_ENCODINGS)}"))
    attributes = _texts(entry.get("case_attributes"), f"{path}.case_attributes", faults)
    objects = _objects(entry.get("objects"), f"{path}.objects", faults)
    stated = _zone(entry.get("zone", zone), f"{path}.zone", faults)
    if len(faults) > before:
        return None
    chosen = {key: entry[key] for key in _TEXT_KEYS if entry.get(key) is not None}
    return Table(**chosen, zone=stated, case_attributes=attributes, objects=objects)


def _objects(entries: Any, path: str, faults: list[Fault]) -> tuple[ObjectColumn, ...]:
    if entries is None:
        return ()
    if not isinstance(entries, list):
        faults.append(Fault(path, "this must be a list of {column, type, role, quantity, unit}"))
        return ()
    found = []
    for number, entry in enumerate(entries):
        allowed = {"column", "type", "role", "quantity", "unit"}
        if not isinstance(entry, dict) or not {"column", "type"} <= set(entry) <= allowed:
            faults.append(
                Fault(f"{path}[{number}]", "an object needs column and type, and may have role, quantity, unit")
            )
        elif not all(map(_is_text, entry.values())):
            faults.append(Fault(f"{path}[{number}]", "every value of an object must be a text"))
        else:
            found.append(ObjectColumn(**entry))
    return tuple(found)


def _texts(entries: Any, path: str, faults: list[Fault]) -> tuple[str, ...]:
    if entries is None:
        return ()
    if not isinstance(entries, list) or not all(map(_is_text, entries)):
        faults.append(Fault(path, "this must be a list of column names"))
        return ()
    return tuple(entries)


def _zone(zone: Any, path: str, faults: list[Fault]) -> str | None:
    if zone is None:
        return None
    try:
        time_zone(str(zone))
    except ValueError as fault:
        faults.append(Fault(path, str(fault)))
        return None
    return str(zone)


def _is_text(word: Any) -> bool:
    return isinstance(word, str) and word != "" and "\0" not in word


def _meant(near: list[str]) -> str:
    return f"Did you mean {near[0]!r}?" if near else f"The keys are {', '.join(_KEYS)}"
