"""Room to work: what is said when the disk or the memory does not suffice.

Rule: a full disk or too little memory is no fault of the input and no bug; it ends in a sentence, and what was there
before is as it was. Source: the engine's decision 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from scherp.faults import Fault, Refused

_REASONS = ("No space left on device", "File too large", "Disk quota exceeded", "Read-only file system", "Permission denied",
            "Input/output error", "Too many open files")  # fmt: skip


@contextmanager
def within_room(shown: str) -> Iterator[None]:
    """Turn a lack of room while `shown` is written into Refused; other errors pass."""
    try:
        yield
    except OSError as fault:
        raise Refused(_fault(shown, fault.strerror or type(fault).__name__)) from None
    except duckdb.Error as fault:
        if not is_lack_of_room(fault):
            raise
        if isinstance(fault, duckdb.OutOfMemoryException) and _reason(fault) is None:
            what = "the memory that may be used does not suffice"
            raise Refused(
                Fault(shown, what, "Allow more with SCHERP_MEMORY, such as 8GB, or make room on the disk")
            ) from None
        raise Refused(_fault(shown, _reason(fault) or "it fails")) from None


def is_lack_of_room(fault: Exception) -> bool:
    """Did a statement fail for want of disk or memory, whatever it read?"""
    return isinstance(fault, duckdb.OutOfMemoryException) or _reason(fault) not in (None, "Permission denied")


def _reason(fault: Exception) -> str | None:
    return next((reason for reason in _REASONS if reason in str(fault)), None)


def _fault(shown: str, reason: str) -> Fault:
    return Fault(
        shown, f"it cannot be written ({reason})", "What was there before is as it was; make room and try again"
    )
