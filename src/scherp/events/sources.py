"""Sources: which files are read, and in which format each is written.

Rule: a folder is read whole, in the order of its names; hidden files are passed over. The format is told by content,
not by the file's ending alone; what is no known format is refused with the formats that are known. `parties.csv` in a
folder is the register of parties, not a table of events. Source: the plan of the house, section 3, and the engine's
decision 3.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scherp.faults import Fault, Refused

Format = Literal["epcis-json", "epcis-xml", "ocel-json", "ocel-xml", "ocel-sqlite", "xes", "table", "register"]

_HEAD = 1 << 16
_PASSED_OVER = (".md", ".txt", ".yaml", ".yml", ".toml", ".json.schema")
_KNOWN = "EPCIS 2.0 (JSON-LD, XML), OCEL 2.0 (JSON, XML, SQLite), XES, CSV and Parquet, each also as .gz"


@dataclass(frozen=True)
class SourceFile:
    """path: where it is. shown: its name in sentences and in the intake record, relative to what was asked for."""

    path: Path
    shown: str
    format: Format


def find_sources(asked: list[Path]) -> list[SourceFile]:
    """The files of all sources asked for, in order; Refused with a sentence for each that cannot be read."""
    found: list[SourceFile] = []
    faults: list[Fault] = []
    for source in asked:
        if not source.exists():
            faults.append(Fault(str(source), "there is no such file or folder", "Check the path"))
            continue
        for path, shown, in_folder in _files(source):
            try:
                found.append(SourceFile(path, shown, _format(path, shown, in_folder)))
            except Refused as refused:
                faults += refused.faults
    if faults:
        raise Refused(faults)
    return found


def _files(source: Path) -> Iterator[tuple[Path, str, bool]]:
    if source.is_file():
        yield source, source.name, False
        return
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and path.suffix.lower() not in _PASSED_OVER:
            yield path, (Path(source.name) / relative).as_posix(), True


def _format(path: Path, shown: str, in_folder: bool) -> Format:
    head = _head(path, shown)
    if path.name == "parties.csv" and in_folder:
        return "register"
    if head.startswith(b"SQLite format 3\0") or path.suffix.lower() in (".sqlite", ".sqlite3", ".db"):
        return "ocel-sqlite"
    if head.startswith(b"PAR1"):
        return "table"
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    name = path.name.lower().removesuffix(".gz")
    if plain.startswith(b"<"):
        return _xml_format(plain, shown)
    if plain.startswith((b"{", b"[")) or name.endswith((".json", ".jsonld", ".jsonl", ".ndjson", ".jsonocel")):
        return _json_format(plain, path, name)
    if name.endswith((".csv", ".tsv", ".parquet")):
        return "table"
    if name.endswith((".xes", ".xml", ".xmlocel")):
        return "xes" if name.endswith(".xes") else "ocel-xml" if name.endswith(".xmlocel") else "epcis-xml"
    raise Refused(Fault(shown, "this is no format that Scherp reads", f"It reads {_KNOWN}"))


def _json_format(plain: bytes, path: Path, name: str) -> Format:
    if name.endswith(".jsonocel") or re.search(rb'"(objectTypes|eventTypes|objects)"\s*:', plain):
        return "ocel-json"
    if re.search(rb'"(type|isA|eventList|epcisBody|@context|eventID|eventTime)"\s*:', plain):
        return "epcis-json"
    # A long list of events may push OCEL's other keys beyond the first bytes.
    return "ocel-json" if re.search(rb'"events"\s*:', plain) and path.suffix != ".jsonld" else "epcis-json"


def _xml_format(plain: bytes, shown: str) -> Format:
    without = re.sub(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", b"", plain, flags=re.S).lstrip()
    root = re.match(rb"<\s*([\w.-]+:)?([\w.-]+)([^>]*)", without)
    local = root.group(2).lower() if root else b""
    if local == b"log":
        rest = root.group(3) if root else b""
        return "ocel-xml" if re.search(rb"<\s*(object-types|event-types)", plain) and b"xes" not in rest else "xes"
    if local.startswith(b"epcis") or not root:
        return "epcis-xml"
    raise Refused(Fault(shown, "this XML is neither EPCIS, OCEL nor XES", f"Scherp reads {_KNOWN}"))


def _head(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        opened = gzip.open(path, "rb") if packed else path.open("rb")
        with opened as file:
            return file.read(_HEAD)
    except (OSError, EOFError) as fault:
        raise Refused(Fault(shown, f"the file cannot be read ({type(fault).__name__})", "Deliver it again")) from None
