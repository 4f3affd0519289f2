"""Files as readers open them: plain or gzip, told apart by their first bytes.

Rule: the ending of a name says nothing; the magic bytes 1F 8B do (RFC 1952). A gzip that is cut short or damaged is
refused with a sentence at whatever moment of reading it shows, so that no reader meets the errors of the unpacker.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from scherp.faults import Fault, Refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 20


@contextmanager
def open_bytes(path: Path, shown: str) -> Iterator[BinaryIO]:
    """The bytes of `path`, unpacked where it is a gzip. `shown` names it in sentences; Refused if unreadable."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise Refused(_unreadable(shown, error)) from None
    with file:
        packed = file.peek(2)[:2] == _GZIP
        raw = _Unpacked(file, shown) if packed else _Plain(file, shown)
        with io.BufferedReader(raw, _BUFFER) as reader:
            yield cast(BinaryIO, reader)


class _Plain(io.RawIOBase):
    """A raw stream whose errors of reading are refusals."""

    def __init__(self, source: BinaryIO, shown: str) -> None:
        self._source = source
        self._shown = shown

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._source.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Refused(_damaged(self._shown, error)) from None
        except OSError as error:
            raise Refused(_unreadable(self._shown, error)) from None
        view[: len(data)] = data
        return len(data)


class _Unpacked(_Plain):
    """The same, unpacking a gzip of one or more parts."""

    def __init__(self, source: BinaryIO, shown: str) -> None:
        super().__init__(cast(BinaryIO, gzip.GzipFile(fileobj=source, mode="rb")), shown)


def _damaged(shown: str, error: Exception) -> Fault:
    what = "is a gzip file that is cut short" if isinstance(error, EOFError) else "is a damaged gzip file"
    return Fault(shown, what, "Fetch the file again and compare its size with the sender's")


def _unreadable(shown: str, error: OSError) -> Fault:
    reason = (error.strerror or "it cannot be read").lower()
    return Fault(shown, f"cannot be opened: {reason}", "Check the name and the rights of the file")
