"""scherp events: read sources into a store, and show what a store holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scherp.cli.speech import json_out, number, progress, table

if TYPE_CHECKING:
    from scherp.events.intake import Outcome

app = typer.Typer(
    help="Read event data into a store, and show what is in it.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def read(
    sources: Annotated[list[Path], typer.Argument(help="Files or folders.", metavar="SOURCE...")],
    into: Annotated[Path, typer.Option(help="The store; it is made where it does not exist.")],
    mapping: Annotated[Path | None, typer.Option(help="How a table is read (YAML).")] = None,
    contract: Annotated[
        Path | None, typer.Option(help="Which columns may come in, and what is pseudonymised (YAML).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read sources into a store. A document is taken in whole or refused whole; the same document twice changes nothing."""
    from scherp.events.contract import read_contract
    from scherp.events.intake import take_in
    from scherp.events.mapping import read_mapping
    from scherp.events.sources import find_sources

    found = find_sources(sources)
    with progress("reading") as say:
        outcome = take_in(
            into, found, read_mapping(mapping) if mapping else None, read_contract(contract) if contract else None, say
        )
    if json:
        json_out(
            {
                "store": into.name,
                "snapshot": outcome.snapshot,
                "taken": outcome.taken,
                "known": outcome.known,
                "refused": [str(fault) for fault in outcome.faults],
            }
        )
    else:
        _speak(outcome)
    for fault in outcome.faults:
        typer.echo(str(fault), err=True)
    if outcome.faults:
        raise typer.Exit(1)


@app.command()
def show(
    store: Annotated[Path, typer.Argument(help="The store.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show a store: counts by type, time span, late registrations, unknown timestamps, rejects."""
    from scherp.events.manifest import read_manifest
    from scherp.runs.data import show_store

    record = show_store(store, *read_manifest(store))
    if json:
        json_out(record)
        return
    typer.echo(
        f"{store.name}, snapshot {record.snapshot}: {number(record.events)} events from {record.first} to {record.last}"
    )
    typer.echo("")
    table(["event type", "events"], [[kind.type, number(kind.events)] for kind in record.types], right=(1,))
    typer.echo("")
    table(["object type", "objects"], [[kind, number(count)] for kind, count in record.objects.items()], right=(1,))
    typer.echo("")
    quality = {
        "without a time": record.unknown_time,
        "registered more than a day late": record.late_registrations,
        "registered before they happened": record.registered_before,
        "without a time of registration": record.without_recorded,
        "later than the intake": record.after_clock,
        "at an ambiguous clock time": record.ambiguous_time,
        "taken back": record.corrected,
        "rows refused": record.rejected,
    }
    table(["quality", "count"], [[what, number(count)] for what, count in quality.items()], right=(1,))
    for sentence in record.attribute_conflicts:
        typer.echo(sentence)
    typer.echo("")
    columns = ["source", "read", "kept", "known", "refused"]
    table(
        columns,
        [[s.name, number(s.read), number(s.kept), number(s.known), number(s.refused)] for s in record.sources],
        right=(1, 2, 3, 4),
    )


def _speak(outcome: Outcome) -> None:
    head = ["source", "format", "read", "kept", "known", "refused"]
    body = [
        [t.name, t.format, number(t.read), number(t.kept), number(t.known), number(t.refused)] for t in outcome.taken
    ]
    if body:
        table(head, body, right=(2, 3, 4, 5))
    for name in outcome.known:
        typer.echo(f"{name}: known already, nothing to add.")
    typer.echo(f"Snapshot {outcome.snapshot}.")


def add_to(parent: typer.Typer) -> None:
    """Add the group to the command line."""
    parent.add_typer(app, name="events")
