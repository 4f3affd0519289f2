"""The seal of a run's folder: one small file that names every other file and its SHA-256.

Rule: `seal.json` is `{"files": {path: sha256}, "format": 1}` in canonical JSON (RFC 8785), with a line for every other
regular file at any depth, paths relative and with `/`. Only `seal.json` itself and, beside it, `seal.sig` and
`seal.pub` are left out. The seal follows from the folder, so that one changed byte anywhere shows; who could also write
the seal anew is caught by the seal's own hash (`expect`, printed when the run was made) or by its signature. Symbolic
links and other special files are refused, for what they hold can change from outside. Empty folders hold nothing and
are not sealed. Source: the engine's decision 9.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from scherp.evidence.durable import part_name, sync, write_whole
from scherp.evidence.hashes import canonical_json, sha256_bytes, sha256_file
from scherp.faults import Fault, Refused

SEAL, SIGNATURE, PUBLIC_KEY = "seal.json", "seal.sig", "seal.pub"
FORMAT = 1

_HASH = re.compile(r"[0-9a-f]{64}\Z")


def write_seal(folder: Path) -> str:
    """Seal `folder` as it now is and return the SHA-256 of `seal.json`.

    A seal that was there is replaced; a signature under it stays and is then no longer good. Everything is synced to
    the disk before the seal exists. Refused: a folder that is not there, links and special files, names that are not
    UTF-8, files that cannot be read; nothing is then written.
    """
    faults: list[Fault] = []
    hashes = _hashes(folder, faults, durable=True)
    if faults:
        raise Refused(faults)
    hashes.pop(part_name(SEAL), None)  # left behind by a crash; it gives way to the new seal
    content = _seal_bytes(hashes)
    write_whole(folder, SEAL, content)
    return sha256_bytes(content)


def check_seal(folder: Path, expect: str | None = None) -> list[Fault]:
    """What differs between `folder` and its seal: each file that was changed, is missing or was added; empty if none.

    expect: the SHA-256 that the seal itself has to have, as it was printed when the run was made. A file that is not
    the seal of some folder gives one fault, and the files are then not compared.
    """
    if not folder.is_dir():
        return [_no_folder(folder)]
    faults = _check_hash(folder, expect)
    hashes = _hashes(folder, faults)
    try:
        sealed: dict[str, str] = json.loads(read_seal(folder))["files"]
    except Refused as refused:
        return [*faults, *refused.faults]
    unreadable = {fault.where for fault in faults}
    for path in sorted(sealed.keys() | hashes.keys()):
        if shown_path(path) in unreadable:
            continue
        if path not in hashes:
            faults.append(Fault(shown_path(path), "is missing; it is in the seal"))
        elif path not in sealed:
            faults.append(Fault(shown_path(path), "was added; it is not in the seal"))
        elif hashes[path] != sealed[path]:
            faults.append(Fault(shown_path(path), "was changed; its SHA-256 is not that of the seal"))
    return faults


def read_seal(folder: Path) -> bytes:
    """The bytes of a well-formed `seal.json`. Refused where there is none or where it is not exactly a seal."""
    path = folder / SEAL
    if path.is_symlink() or not path.is_file():
        raise Refused(Fault(SEAL, "there is no seal", "Name the folder of a run that was sealed."))
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise Refused(Fault(SEAL, f"cannot be read: {wrong.strerror or 'it fails'}")) from None
    try:
        seal = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(Fault(SEAL, "the seal is not valid JSON")) from None
    newer = isinstance(seal, dict) and type(seal.get("format")) is int and seal["format"] > FORMAT
    if newer:
        raise Refused(Fault(SEAL, f"the seal has format {seal['format']}", "Check it with a newer version of Scherp."))
    if not _is_seal(seal) or _seal_bytes(seal["files"]) != content:
        raise Refused(Fault(SEAL, "the file is not a seal, or was written by hand"))
    return content


def shown_path(path: str) -> str:
    """A path as it may stand in a sentence: characters that would steer a terminal are written as escapes."""
    return path if path.isprintable() else ascii(path)


def _is_seal(seal: Any) -> bool:
    return (
        isinstance(seal, dict)
        and seal.keys() == {"format", "files"}
        and type(seal["format"]) is int
        and seal["format"] == FORMAT
        and isinstance(seal["files"], dict)
        and all(isinstance(digest, str) and _HASH.match(digest) for digest in seal["files"].values())
        and all(_is_text(path) for path in seal["files"])
    )


def _seal_bytes(hashes: dict[str, str]) -> bytes:
    return canonical_json({"format": FORMAT, "files": hashes})


def _check_hash(folder: Path, expect: str | None) -> list[Fault]:
    if expect is None:
        return []
    if not _HASH.match(expect.lower()):
        return [Fault("the expected hash", "is not a SHA-256", "Give all of its 64 hexadecimal digits.")]
    path = folder / SEAL
    if path.is_symlink() or not path.is_file():
        return []  # that there is no seal is a fault of its own
    try:
        found = sha256_file(path)
    except Refused:
        return []
    if found != expect.lower():
        return [Fault(SEAL, f"the seal's SHA-256 is {found}, not the expected {expect.lower()}")]
    return []


def _hashes(folder: Path, faults: list[Fault], durable: bool = False) -> dict[str, str]:
    """Each sealed file's hash by its relative path, in order; what cannot be sealed is added to `faults`."""
    if not folder.is_dir():
        faults.append(_no_folder(folder))
        return {}
    found: dict[str, str] = {}
    for path in sorted(_files(folder, "", faults, durable)):
        file = folder / path
        try:
            if durable:
                sync(file)
            found[path] = sha256_file(file)
        except OSError as wrong:
            faults.append(_unreadable(path, wrong))
        except Refused as refused:
            faults.extend(Fault(shown_path(path), fault.what) for fault in refused.faults)
    return found


def _files(folder: Path, under: str, faults: list[Fault], durable: bool) -> list[str]:
    try:
        entries = list(os.scandir(folder / under))
        if durable:
            sync(folder / under)
    except OSError as wrong:
        faults.append(_unreadable(under or folder.name, wrong))
        return []
    paths: list[str] = []
    for entry in entries:
        path = f"{under}/{entry.name}" if under else entry.name
        if path in (SEAL, SIGNATURE, PUBLIC_KEY) and entry.is_file(follow_symlinks=False):
            continue
        if not _is_text(path):
            faults.append(Fault(ascii(path), "has a name that is not UTF-8", "Rename it."))
        elif entry.is_symlink():
            faults.append(Fault(shown_path(path), "is a symbolic link", "Put the file itself in its place."))
        elif entry.is_dir(follow_symlinks=False):
            paths += _files(folder, path, faults, durable)
        elif entry.is_file(follow_symlinks=False):
            paths.append(path)
        else:
            faults.append(Fault(shown_path(path), "is not a regular file", "Take it out of the folder."))
    return paths


def _is_text(path: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in path)


def _no_folder(folder: Path) -> Fault:
    return Fault(folder.name, "is not a folder", "Name the folder of a run.")


def _unreadable(path: str, wrong: OSError) -> Fault:
    return Fault(shown_path(path), f"cannot be read: {wrong.strerror or 'it fails'}")
