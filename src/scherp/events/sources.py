"""Sources: which files are read, and in which format each is written.

Rule: a folder is read whole, in the order of its names; hidden files and notes (.md, .txt, .yaml, .toml) are passed
over, links are refused, for what they point at may lie outside the delivery. The format is told by content, not by the
file's ending alone; what is no known format is refused with the formats that are known. `parties.csv` in a
folder is the register of parties, not a table of events. Source: the plan of the house, section 3, and the engine's
decision 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scherp.events.files import open_bytes
from scherp.events.manifest import is_store
from scherp.faults import Fault, Refused

Format = Literal["epcis-json", "epcis-xml", "ocel-json", "ocel-xml", "ocel-sqlite", "xes", "table", "register"]

_HEAD = 1 << 16
_PASSED_OVER = (".md", ".txt", ".yaml", ".yml", ".toml")
_KNOWN = "EPCIS 2.0 (JSON-LD, XML), OCEL 2.0 (JSON, XML, SQLite), XES, CSV and Parquet, each also as .gz"


@dataclass(frozen=True)
class SourceFile:
    """path: where it is. shown: its name in sentences and in the intake record, relative to what was asked for."""

    path: Path
    shown: str
    format: Format


def find_sources(asked: list[Path], told: list[Fault] | None = None) -> list[SourceFile]:
    """The files of all sources asked for, in order; Refused with a sentence for each that cannot be read. told: where
    these sentences go instead, so that the other files can be read all the same."""
    found: list[SourceFile] = []
    faults: list[Fault] = [] if told is None else told
    for source in asked:
        try:
            for path, shown, in_folder in _files(source, faults):
                try:
                    found.append(SourceFile(path, shown, _format(path, shown, in_folder)))
                except Refused as refused:
                    faults += refused.faults
        except OSError as fault:
            faults.append(
                Fault(str(source)[:200], f"it cannot be read ({fault.strerror})", "Check the path and its rights")
            )
    if faults and told is None:
        raise Refused(faults)
    return found


def _files(source: Path, faults: list[Fault]) -> Iterator[tuple[Path, str, bool]]:
    """Each file of a source with its shown name, and whether it was found in a folder."""
    if source.is_file():
        yield source, source.name, False
    elif not source.is_dir():
        what = "this is no file and no folder" if source.exists() else "there is no such file or folder"
        faults.append(Fault(str(source)[:200], what, "Check the path"))
    elif is_store(source):
        what = "this is a store, not a source"
        faults.append(Fault(source.name, what, "Judge a store on its own, or read the documents it was made from"))
    else:
        for path in sorted(source.rglob("*")):
            relative = path.relative_to(source)
            if any(part.startswith(".") for part in relative.parts) or path.suffix.lower() in _PASSED_OVER:
                continue
            shown = (Path(source.name) / relative).as_posix()
            if path.is_symlink():
                faults.append(Fault(shown, "this is a symbolic link", "Put the file itself in its place"))
            elif path.is_file():
                yield path, shown, True
            elif not path.is_dir():
                faults.append(Fault(shown, "this is no regular file", "Take it out of the folder"))


def _format(path: Path, shown: str, in_folder: bool) -> Format:  # noqa: PLR0911 - one line for each sign of a format
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
    with open_bytes(path, shown) as file:
        return file.read(_HEAD)
