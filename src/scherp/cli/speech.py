"""How the commands speak: JSON documents, tables and progress.

Rule: results go to standard output, everything else to standard error; progress shows on a terminal and is silent in a
pipe; `--json` prints one document. Source: the plan of the house, section 6.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

Say = Callable[[str], None]


def json_out(document: Any) -> None:
    """Print one JSON document."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def table(head: list[str], body: list[list[str]], right: tuple[int, ...] = ()) -> None:
    """Print a plain table; `right` names the columns that are aligned right."""
    widths = [max(len(row[n]) for row in [head, *body]) for n in range(len(head))]
    for row in [head, *body]:
        cells = [c.rjust(w) if n in right else c.ljust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True))]
        typer.echo("  ".join(cells).rstrip())


def number(count: int) -> str:
    """A count with thousands separated."""
    return f"{count:,}"


def counted(count: int, thing: str) -> str:
    """A number with its noun: `1 norm`, `2 norms`."""
    return f"{number(count)} {thing}" if count == 1 else f"{number(count)} {thing}s"


@contextmanager
def progress(doing: str) -> Iterator[Say]:
    """A line on the terminal that says what is being worked on; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return

    def say(what: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{doing}: {what[:100]}")
        sys.stderr.flush()

    try:
        yield say
    finally:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
