"""scherp verify: recompute a run and say what, if anything, differs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scherp.cli.speech import counted

DIFFERS = 4


def verify(
    run: Annotated[Path, typer.Argument(help="The folder of the run.")],
    store: Annotated[Path | None, typer.Option(help="Where the data lie now, if they were moved.")] = None,
    expect: Annotated[str | None, typer.Option(help="The seal's hash, as it was printed or published.")] = None,
    key: Annotated[Path | None, typer.Option(help="The public key of the signature.")] = None,
) -> None:
    """Recompute a run: framework, data, verdicts and counts. Exit code 4 with a sentence for each difference."""
    from scherp.runs.verify import verify_run

    found = verify_run(run, store, expect, key)
    for note in found.notes:
        typer.echo(f"Note: {note}.")
    for difference in found.differences:
        typer.echo(str(difference), err=True)
    if found.differences:
        typer.echo(f"{counted(len(found.differences), 'difference')}.", err=True)
        raise typer.Exit(DIFFERS)
    typer.echo("The run is what it was: framework, data, verdicts, counts and report were derived again and are equal.")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(verify)
