"""scherp simulate: chains with a known truth, for demonstration and for measuring what the checks find."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scherp.cli.speech import number, progress, table

app = typer.Typer(
    help="Write event data of invented parties, with a truth that is known.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    """Keep `chain` a command of its own, though it is the only one."""


@app.command()
def chain(  # noqa: PLR0913, PLR0917 - each is an option
    out: Annotated[Path, typer.Option(help="The folder to write to; an earlier simulation in it is replaced.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")],
    scale: Annotated[float, typer.Option(help="1.0 is 10 growers and 79 shops, 7.15 the whole country.")] = 1.0,
    weeks: Annotated[int, typer.Option(help="Weeks in which shops sell.")] = 12,
    volume: Annotated[int, typer.Option(help="Packages that a shop sells in a week.")] = 60,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day.")] = datetime(2025, 4, 14),
    violations: Annotated[
        str, typer.Option(help="Violations to plant, separated by commas; `all` plants each once.")
    ] = "",
    noise: Annotated[
        bool, typer.Option(help="Late, offline and repeated registration, and mistakes taken back.")
    ] = True,
    gzip: Annotated[bool, typer.Option("--gzip", help="Pack the documents.")] = False,
) -> None:
    """Simulate a closed chain from plant to sale: documents, a register, and the truth about what was planted."""
    from scherp.simulation.chain import simulate_chain

    names = [name.strip() for name in violations.split(",") if name.strip()] or None
    with progress("simulating") as say:
        done = simulate_chain(out, seed, weeks, scale, names, noise, start.date(), volume, gzip, say)
    counts = {
        "parties": done.parties,
        "plants": done.plants,
        "lots": done.lots,
        "packages": done.packages,
        "events": done.events,
        "repeated uploads": done.duplicates,
        "planted violations": len(done.planted),
        "files": done.files,
    }
    table(["simulated (fictief)", "count"], [[what, number(count)] for what, count in counts.items()], right=(1,))


def add_to(parent: typer.Typer) -> None:
    """Add the group to the command line."""
    parent.add_typer(app, name="simulate")
