"""The brackets and commas of a JSON text that stand outside its strings, found chunk by chunk.

Rule: a quote counts unless an odd run of backslashes precedes it; what stands after an odd number of counting quotes is
inside a string. Both run on over the border of chunks. Source: RFC 8259 section 7 (strings). Everything is done on
whole arrays, since this is the innermost loop of every JSON reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

QUOTE, BACKSLASH, OPEN_MAP, OPEN_LIST, CLOSE, COMMA = 1, 2, 3, 4, 5, 6


def _table() -> bytes:
    table = bytearray(256)
    for characters, code in ((b'"', QUOTE), (b"\\", BACKSLASH), (b"{", OPEN_MAP), (b"[", OPEN_LIST), (b"}]", CLOSE)):
        for character in characters:
            table[character] = code
    table[ord(",")] = COMMA
    return bytes(table)


_CODES = _table()
_STEPS = np.array([0, 0, 0, 1, 1, -1, 0], dtype=np.int64)


class Marks(NamedTuple):
    """positions: byte in the chunk (int64). codes: which mark (uint8). depths: brackets open after it (int64)."""

    positions: npt.NDArray[np.int64]
    codes: npt.NDArray[np.uint8]
    depths: npt.NDArray[np.int64]


@dataclass
class MarkState:
    """What one chunk leaves to the next: inside a string, next byte escaped, brackets open."""

    inside: bool = False
    escaped: bool = False
    depth: int = 0


def marks(chunk: bytes, state: MarkState) -> Marks:
    """The brackets and commas of `chunk` outside strings; `state` is carried on to its end. Chunks are not empty."""
    classes = np.frombuffer(chunk.translate(_CODES), dtype=np.uint8)
    positions = np.flatnonzero(classes)
    codes = classes[positions]
    if state.escaped or b"\\" in chunk:
        positions, codes = _without_escaped(positions, codes, len(chunk), state)
    quotes = codes == QUOTE
    parity = np.cumsum(quotes, dtype=np.int32) & 1
    outside = (parity == int(state.inside)) & ~quotes
    if parity.size:
        state.inside ^= bool(parity[-1])
    positions, codes = positions[outside], codes[outside]
    depths = np.cumsum(_STEPS[codes]) + state.depth
    if depths.size:
        state.depth = int(depths[-1])
    return Marks(positions, codes, depths)


def _without_escaped(
    positions: npt.NDArray[np.int64], codes: npt.NDArray[np.uint8], length: int, state: MarkState
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Without the backslashes and what they escape."""
    if state.escaped and positions.size and positions[0] == 0:
        positions, codes = positions[1:], codes[1:]
    state.escaped = False
    slashes = positions[codes == BACKSLASH]
    keep = codes != BACKSLASH
    if slashes.size:
        starts = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
        ends = np.append(starts[1:], slashes.size) - 1
        escaped = slashes[ends[(ends - starts) % 2 == 0]] + 1
        state.escaped = bool(escaped.size) and int(escaped[-1]) == length
        places = np.searchsorted(positions, escaped)
        inside = places < positions.size
        places, escaped = places[inside], escaped[inside]
        keep[places[positions[places] == escaped]] = False
    return positions[keep], codes[keep]
