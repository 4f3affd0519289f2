"""Long lists out of a JSON document, member by member, in memory that does not grow with the document.

Rule: whoever reads a document of any size names the lists that may be long; their members come out one at a time as raw
text, and what remains (the skeleton, the document with those lists empty) comes last. Every byte of the document is
either in a member or in the skeleton or is a separator that is checked here. The skeleton is checked here too; the
inside of a member is checked by whoever decodes it, who refuses with `malformed`. Source: RFC 8259, save that a control
character inside a text is let through; the limits on depth and size are those of the house, against documents made to
exhaust a reader.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

import msgspec
import numpy as np

from scherp.events.json_marks import CLOSE, COMMA, OPEN_LIST, OPEN_MAP, Marks, MarkState, marks
from scherp.faults import Fault, Refused

MAX_DEPTH = 200
MAX_MEMBER = 64 * 2**20
_CHUNK = 1 << 20
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_KEY = re.compile(rb'[ \t\r\n]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:', re.DOTALL)
_BYTE = re.compile(r"\(byte (\d+)\)\Z")

Path = tuple[str, ...]


class Member(NamedTuple):
    """list: the name of the list, "" for the skeleton. raw: the member's JSON text. offset: its first byte in the
    document (after unpacking)."""

    list: str
    raw: bytes
    offset: int


@dataclass
class _Walk:
    """Where in the document the walk stands."""

    shown: str
    targets: dict[Path, str]
    prefixes: frozenset[Path]
    base: int = 0  # bytes before this chunk
    line: int = 1  # line on which this chunk begins
    skeleton: bytearray = field(default_factory=bytearray)
    cuts: list[tuple[int, int]] = field(default_factory=list)  # (end in the skeleton, bytes left out there in total)
    mark: int = 0  # end in the skeleton of the last bracket or comma
    frames: list[tuple[Path, set[str]]] = field(default_factory=list)  # the open maps on the way to a list
    ended: bool = False
    skip_to: int = -1  # depth at which the value that is of no interest ends; -1: no such value
    open_list: str | None = None
    open_depth: int = 0
    count: int = 0  # members of the open list so far
    pieces: list[bytes] = field(default_factory=list)  # the member that earlier chunks began
    piece_start: int = 0
    size: int = 0


def stream_members(source: BinaryIO, lists: Mapping[str, Path], shown: str) -> Iterator[Member]:
    """The members of `lists` (name: path of keys; () is the document itself) in their order, then the skeleton.

    The skeleton comes as `Member("", text, 0)`; a list that is absent yields nothing, and where another value than a
    list stands at the path, the skeleton holds it. Refused, with byte and line: text that is malformed outside members,
    cut off, not UTF-8, deeper than 200, with a member or a skeleton over 64 MiB, or with a key on the way to a list
    that occurs twice.
    """
    targets = {tuple(path): name for name, path in lists.items()}
    prefixes = frozenset(path[:end] for path in targets for end in range(len(path)))
    walk, state = _Walk(shown, targets, prefixes), MarkState()
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = True
    while chunk := source.read(_CHUNK):
        if first and chunk.startswith(_BOM):
            walk.base, chunk = len(_BOM), chunk[len(_BOM) :]
            walk.cuts.append((0, len(_BOM)))
        first = False
        _check_utf8(decoder, chunk, walk)
        found = marks(chunk, state)
        _check_depth(found, walk, chunk)
        yield from _feed(walk, chunk, found)
        walk.base += len(chunk)
        walk.line += chunk.count(b"\n")
    _check_end(walk, state, decoder)
    yield Member("", bytes(walk.skeleton), 0)


def malformed(member: Member, error: Exception, shown: str) -> Fault:
    """The fault of a member that cannot be decoded, with the byte in the document where the decoder says one."""
    what = str(error).rstrip(".")
    if at := _BYTE.search(what):
        what = f"{what[: at.start()].rstrip()} (byte {member.offset + int(at[1])})"
    return Fault(f"{shown}: byte {member.offset}", what[:1].lower() + what[1:] if not what.startswith("JSON") else what)


def _feed(walk: _Walk, chunk: bytes, found: Marks) -> Iterator[Member]:
    """Take one chunk: turn by turn in a list, past a value of no interest, or step by step on the way to a list."""
    at, start, end = 0, 0, len(found.positions)  # next mark; first byte not yet taken; number of marks
    while at < end:
        if walk.open_list is not None:
            hits = _hits(found, at, walk.open_depth)
            for member, taken in _members(walk, chunk, found, hits, start):
                start = taken
                if member is not None:
                    yield member
            at = int(hits[-1]) + 1 if walk.open_list is None else end
        elif walk.skip_to >= 0:
            at, start = _skip(walk, chunk, found, at, start)
        else:
            start = _step(walk, chunk, found, at, start)
            at += 1
    rest = chunk[start:]
    if walk.open_list is None:
        _keep(walk, rest)
    else:
        _hold(walk, rest, start)


def _hits(found: Marks, at: int, depth: int) -> np.ndarray:
    """The marks from `at` on that separate members of the list at `depth`, up to the one that closes it."""
    depths = found.depths[at:]
    closed = np.flatnonzero(depths < depth)
    if closed.size:
        depths = depths[: int(closed[0])]
    commas = np.flatnonzero((depths == depth) & (found.codes[at : at + len(depths)] == COMMA))
    return np.append(commas, closed[:1]) + at


def _members(
    walk: _Walk, chunk: bytes, found: Marks, hits: np.ndarray, start: int
) -> Iterator[tuple[Member | None, int]]:
    """(member, first byte after it) for every separator; the member is None in a list that closes empty."""
    name = walk.open_list or ""
    for place, code in zip(found.positions[hits].tolist(), found.codes[hits].tolist(), strict=True):
        raw, offset = chunk[start:place], walk.base + start
        if walk.pieces:
            raw, offset = b"".join([*walk.pieces, raw]), walk.piece_start
            walk.pieces, walk.size = [], 0
        if len(raw) > MAX_MEMBER:
            raise _refused(walk, offset - walk.base, chunk, _too_long(name))
        text = raw.strip(_BLANK)
        offset += len(raw) - len(raw.lstrip(_BLANK))
        start = place + 1
        if code != COMMA:
            _close_list(walk, chunk, place)
        if text:
            walk.count += 1
            yield Member(name, text, offset), start
        elif code == COMMA or walk.count:
            raise _refused(walk, place, chunk, f"a member is missing in the list {name!r}")
        else:
            yield None, start


def _close_list(walk: _Walk, chunk: bytes, place: int) -> None:
    if chunk[place] != ord("]"):
        raise _refused(walk, place, chunk, f"the list {walk.open_list!r} is closed by a brace")
    walk.cuts.append((len(walk.skeleton), walk.base + place - len(walk.skeleton)))
    walk.skeleton += b"]"
    walk.mark = len(walk.skeleton)
    walk.open_list = None
    walk.ended = not walk.frames


def _skip(walk: _Walk, chunk: bytes, found: Marks, at: int, start: int) -> tuple[int, int]:
    """Past a value of no interest: it goes to the skeleton. (next mark, first byte not yet taken)."""
    window, end = 64, len(found.positions)
    while at < end:
        closed = np.flatnonzero(found.depths[at : at + window] <= walk.skip_to)
        if closed.size:
            at += int(closed[0])
            place = int(found.positions[at]) + 1
            _keep(walk, chunk[start:place])
            walk.mark = len(walk.skeleton)
            walk.skip_to = -1
            walk.ended = not walk.frames
            return at + 1, place
        at, window = at + window, window * 8
    return end, start


def _step(walk: _Walk, chunk: bytes, found: Marks, at: int, start: int) -> int:
    """One bracket or comma in a map on the way to a list, or outside everything. Returns the first byte after it."""
    place, code = int(found.positions[at]), int(found.codes[at])
    if walk.ended:
        raise _refused(walk, place, chunk, "text follows after the end of the document")
    _keep(walk, chunk[start : place + 1])
    path = _path(walk, place, chunk)
    walk.mark = len(walk.skeleton)
    if code in (OPEN_MAP, OPEN_LIST):
        _open(walk, path, code, int(found.depths[at]), place + 1)
    elif code == CLOSE and walk.frames:
        walk.frames.pop()
        walk.ended = not walk.frames
    elif not walk.frames:
        raise _refused(walk, place, chunk, "a comma or a closing bracket stands outside everything")
    return place + 1


def _open(walk: _Walk, path: Path | None, code: int, depth: int, place: int) -> None:
    if path is not None and code == OPEN_LIST and path in walk.targets:
        walk.open_list, walk.open_depth, walk.count = walk.targets[path], depth, 0
        walk.piece_start = walk.base + place
    elif path is not None and code == OPEN_MAP and path in walk.prefixes:
        walk.frames.append((path, set()))
    else:
        walk.skip_to = depth - 1


def _path(walk: _Walk, place: int, chunk: bytes) -> Path | None:
    """The path of the value before the last mark, None where it is of no interest; a key that counts comes once."""
    if not walk.frames:
        return ()
    key = _KEY.match(walk.skeleton, walk.mark)
    if key is None:
        return None
    parent, seen = walk.frames[-1]
    try:
        name = msgspec.json.decode(key[1], type=str)
    except msgspec.DecodeError:
        return None  # the check of the skeleton says what is wrong
    path = (*parent, name)
    if path not in walk.targets and path not in walk.prefixes:
        return None
    if name in seen:
        raise _refused(walk, place, chunk, f"the key {name!r} occurs twice in one map")
    seen.add(name)
    return path


def _keep(walk: _Walk, text: bytes) -> None:
    walk.skeleton += text
    if len(walk.skeleton) > MAX_MEMBER:
        raise Refused(Fault(f"{walk.shown}: byte {walk.base}", "what stands outside its lists is larger than 64 MiB"))


def _hold(walk: _Walk, text: bytes, start: int) -> None:
    """Keep the begun member until the next chunk."""
    if not walk.pieces:
        walk.piece_start, walk.size = walk.base + start, 0
    walk.pieces.append(text)
    walk.size += len(text)
    if walk.size > MAX_MEMBER:
        raise Refused(Fault(f"{walk.shown}: byte {walk.piece_start}", _too_long(walk.open_list or "")))


def _too_long(name: str) -> str:
    return f"one member of the list {name!r} is larger than 64 MiB"


def _check_utf8(decoder: codecs.IncrementalDecoder, chunk: bytes, walk: _Walk) -> None:
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        place = error.start - pending
        raise _refused(walk, place, chunk, "the text is not UTF-8") from None


def _check_depth(found: Marks, walk: _Walk, chunk: bytes) -> None:
    if found.depths.size and int(found.depths.max()) > MAX_DEPTH:
        place = int(found.positions[int(np.argmax(found.depths > MAX_DEPTH))])
        raise _refused(walk, place, chunk, f"brackets are nested more than {MAX_DEPTH} deep")


def _check_end(walk: _Walk, state: MarkState, decoder: codecs.IncrementalDecoder) -> None:
    """The document is whole and its skeleton is JSON."""
    if decoder.getstate()[0]:
        raise _refused(walk, 0, b"", "the document ends inside a character")
    if state.inside or state.depth > 0:
        where = "inside a text" if state.inside else f"before {state.depth} brackets are closed"
        begun = f"; its last member begins at byte {walk.piece_start}" if walk.open_list is not None else ""
        raise _refused(walk, 0, b"", f"the document ends {where}{begun}", "It is cut off; fetch it again.")
    try:
        msgspec.json.decode(walk.skeleton)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(_skeleton_fault(walk, str(error))) from None


def _skeleton_fault(walk: _Walk, what: str) -> Fault:
    """The decoder counts bytes of the skeleton; the fault tells the byte of the document."""
    at = _BYTE.search(what)
    if at is None:
        return Fault(walk.shown, "the document is empty" if not walk.skeleton.strip() else what)
    place = int(at[1])
    left_out = next((bytes_ for end, bytes_ in reversed(walk.cuts) if end <= place), 0)
    return Fault(f"{walk.shown}: byte {place + left_out}", what[: at.start()].rstrip())


def _refused(walk: _Walk, place: int, chunk: bytes, what: str, remedy: str = "") -> Refused:
    line = walk.line + chunk.count(b"\n", 0, max(place, 0))
    return Refused(Fault(f"{walk.shown}: byte {walk.base + place}, line {line}", what, remedy))
