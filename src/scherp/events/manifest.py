"""The manifest: what a store is. A store is the Parquet parts that its current manifest lists, and nothing else.

Rule: parts never change. An intake writes its parts aside, syncs them, writes `manifest-N.json`, and then renames
`current` to point at it, in one step; a crash leaves the store as it was. The manifest carries the version of the
format: a newer one is refused, an older one is migrated by command. Each manifest holds the hash of the one before it.
Source: the engine's decision 2.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import msgspec

from scherp.events.attributes import BOOLEAN, DATE, DECIMAL, INTEGER, LONG_DECIMAL, TEXT, TIMESTAMP, Attribute
from scherp.faults import Fault, Refused

FORMAT = 1
_PART = re.compile(r"parts/[a-z_]+/(t\d+/)?\d+-\d+\.parquet\Z")
_REJECTS = re.compile(r"rejects/\d+-\d+\.jsonl\Z")
_TYPES = {TEXT, INTEGER, BOOLEAN, TIMESTAMP, DATE, DECIMAL, LONG_DECIMAL, "SMALLINT", "INTEGER"}


class Part(msgspec.Struct, frozen=True):
    """One Parquet file. path: relative to the store. table: events, takes_part, objects, relations, changes,
    corrections. object_type: for takes_part and objects. columns: name and SQL type, in order. rows: their number.
    For takes_part also: dated, how precise its times are (`instant`, `date` or `mixed`); untimed, rows without a time;
    repeats, whether an object may take part in one event more than once; first, last: its times (ISO, UTC)."""

    path: str
    table: str
    sha256: str
    bytes: int
    rows: int
    columns: list[tuple[str, str]]
    object_type: str | None = None
    dated: str = "instant"
    untimed: int = 0
    repeats: bool = False
    first: str | None = None
    last: str | None = None


class Kind(msgspec.Struct, frozen=True):
    """What takes_part's small integer `kind` stands for: its position in the list. Null where a source has none."""

    type: str | None
    action: str | None = None
    biz_step: str | None = msgspec.field(default=None, name="bizStep")
    disposition: str | None = None


class Intaken(msgspec.Struct, omit_defaults=True):
    """One source document or table that is in the store. read = kept + known + refused, in events (or rows).

    options: the hash of mapping and contract it was read with. rejects: the file of refused rows, relative to the store,
    and its hash.
    """

    name: str
    format: str
    sha256: str
    bytes: int
    taken_in: str
    options: str = ""
    read: int = 0
    kept: int = 0
    known: int = 0
    refused: int = 0
    corrections: int = 0
    unknown_time: int = 0
    ambiguous_time: int = 0
    synthetic: bool = False
    rejects: str | None = None
    rejects_sha256: str | None = None


class ObjectType(msgspec.Struct):
    """A type of object: `id` names its partition folder (types hold `:` and `/`)."""

    id: str
    name: str
    attributes: list[Attribute] = []


class Manifest(msgspec.Struct):
    format: int = FORMAT
    number: int = 0
    previous: str | None = None
    parts: list[Part] = []
    event_attributes: list[Attribute] = []
    object_types: list[ObjectType] = []
    kinds: list[Kind] = []
    intake: list[Intaken] = []
    conflicts: list[str] = []
    contracts: dict[str, str] = {}
    registers: dict[str, str] = {}
    zones: list[str] = []
    links: list[str] = []

    def parts_of(self, table: str, object_type: str | None = None) -> list[Part]:
        """The parts of a table (of one object type)."""
        return [p for p in self.parts if p.table == table and (object_type is None or p.object_type == object_type)]

    def object_type(self, name: str) -> ObjectType | None:
        return next((found for found in self.object_types if found.name == name), None)


def manifest_path(store: Path, number: int) -> Path:
    return store / f"manifest-{number:06d}.json"


def read_manifest(store: Path, number: int | None = None) -> tuple[Manifest, str]:
    """The current manifest (or snapshot `number`) and its SHA-256; Refused where there is none or it is damaged."""
    shown = store.name[:200]
    try:
        if number is None:
            number = int((store / "current").read_text("ascii").strip())
        written = manifest_path(store, number).read_bytes()
    except (OSError, ValueError):
        what = "this is no store: its current manifest cannot be read"
        raise Refused(Fault(shown, what, "Make a store with `scherp events read SOURCE --into STORE`")) from None
    try:
        version = msgspec.json.decode(written, type=dict[str, msgspec.Raw]).get("format")
        if version is not None and int(bytes(version)) > FORMAT:
            what = f"the store has format {int(bytes(version))}; this version of Scherp reads up to {FORMAT}"
            raise Refused(Fault(shown, what, "Use a newer Scherp"))
        manifest = msgspec.json.decode(written, type=Manifest)
        _check(manifest, number)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        what = f"{manifest_path(store, number).name} is damaged"
        raise Refused(Fault(shown, what, "Restore it from a copy; nothing else of the store was read")) from None
    return manifest, hashlib.sha256(written).hexdigest()


def is_store(path: Path) -> bool:
    """Does this folder look like a store?"""
    try:
        return (path / "current").is_file()
    except (OSError, ValueError):  # a name that nothing can have
        return False


def _check(manifest: Manifest, number: int) -> None:
    """ValueError where a manifest says what no intake writes: its paths and types become part of statements."""
    types = [a.type for a in manifest.event_attributes] + [a.type for o in manifest.object_types for a in o.attributes]
    types += [kind for part in manifest.parts for _, kind in part.columns]
    paths = [part.path for part in manifest.parts if not _PART.match(part.path)]
    rejects = [i.rejects for i in manifest.intake if i.rejects is not None and not _REJECTS.match(i.rejects)]
    if manifest.number != number or paths or rejects or not set(types) <= _TYPES:
        raise ValueError


def part_faults(store: Path, manifest: Manifest, thorough: bool) -> list[Fault]:
    """A fault for each file that the manifest lists and that is missing, has another size or (thorough) another hash."""
    listed: list[tuple[str, str, int | None]] = [(part.path, part.sha256, part.bytes) for part in manifest.parts]
    listed += [(i.rejects, i.rejects_sha256, None) for i in manifest.intake if i.rejects and i.rejects_sha256]
    faults = []
    for relative, sha256, size in listed:
        path = store / relative
        try:
            altered = path.is_symlink() or (size is not None and path.stat().st_size != size)
            if thorough and not altered:
                with path.open("rb") as file:
                    altered = hashlib.file_digest(file, "sha256").hexdigest() != sha256
        except OSError:
            faults.append(Fault(relative, "this part of the store is missing", "Restore it from a copy"))
            continue
        if altered:
            faults.append(Fault(relative, "this part of the store was altered", "Restore it from a copy"))
    return faults


def commit(store: Path, manifest: Manifest) -> None:
    """Make `manifest` the store's current one: sync it, then rename `current`; before the rename nothing has changed."""
    path = manifest_path(store, manifest.number)
    _write_synced(path, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    aside = store / "current.new"
    _write_synced(aside, f"{manifest.number}\n".encode("ascii"))
    aside.rename(store / "current")
    sync_folder(store)


def sync_file(path: Path) -> None:
    """Push a file's content to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


sync_folder = sync_file


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
