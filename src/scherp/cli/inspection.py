"""scherp chain inspect: the nightly digital inspection of a chain's store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scherp.cli.speech import json_out, number, progress, table

if TYPE_CHECKING:
    from scherp.runs.inspection import Inspected

MOST_CASES = 100_000  # that one JSON document holds; beyond these it names their file


def inspect(
    store: Annotated[Path, typer.Argument(help="The store; with --inbox it is made where it does not exist.")],
    inbox: Annotated[Path | None, typer.Option(help="Take in the new documents of this folder first.")] = None,
    framework: Annotated[str, typer.Option(help="An id from the library, or a file.", metavar="FRAMEWORK")] = "nl/egc",
    as_of: Annotated[
        str | None, typer.Option(help="Judge as of this date or moment (default: the last in the data).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder of the night (default: runs/night-N).")] = None,
    most: Annotated[int, typer.Option(help="How many leads the list may hold; the rest is counted.")] = 40,
    mapping: Annotated[Path | None, typer.Option(help="How tables of the inbox are read (YAML).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Inspect a chain: take in what is new, judge it, and list the leads of the day."""
    from scherp.events.mapping import read_mapping
    from scherp.norms.library import find_framework
    from scherp.runs.inspection import Inspection
    from scherp.runs.inspection import inspect as inspect_store

    asked = Inspection(
        store=store,
        framework=find_framework(framework),
        out=out or _free_folder(),
        inbox=inbox,
        as_of=as_of,
        most=most,
        mapping=read_mapping(mapping) if mapping else None,
    )
    with progress("inspecting") as say:
        found = inspect_store(asked, say)
    if json:
        json_out(document(found))
    else:
        _speak(found)
    for fault in found.faults:
        typer.echo(str(fault), err=True)
    if found.faults:
        raise typer.Exit(1)


def document(found: Inspected) -> dict[str, Any]:
    """The document that --json prints: that of `scherp judge`, with the night and its cases."""
    from scherp.cli.judge import summary
    from scherp.runs.inspection import cases_of
    from scherp.runs.night_files import CASES

    night, folder = found.night, found.done.folder
    cases: Any = cases_of(folder) if night.cases <= MOST_CASES else str(folder / CASES)
    return summary(found.done.record) | {
        "run": str(folder),
        "seal": found.done.seal,
        "gate": night.gate,
        "board": night.board,
        "leads": night.leads,
        "rest": night.rest,
        "refused": night.refused,
        "cases": cases,
    }


def _free_folder() -> Path:
    """The first free `runs/night-N` in the working folder."""
    count = 1
    while (Path("runs") / f"night-{count}").exists():
        count += 1
    return Path("runs") / f"night-{count}"


def _speak(found: Inspected) -> None:
    from scherp.reports.night import gate_words

    record, night = found.done.record, found.night
    typer.echo(
        f"{record.framework.title['en']} ({record.framework.id} {record.framework.version}), as of {record.as_of}"
    )
    if found.intake is not None:
        taken, known = len(found.intake.taken), len(found.intake.known)
        typer.echo(
            f"Inbox: {number(taken)} taken in, {number(known)} known already, {number(len(found.faults))} refused."
        )
    typer.echo(gate_words(night.gate, "en"))
    if night.board.share is not None:
        typer.echo(f"Harvest accounted for: {float(night.board.share):.4%} of {night.board.harvested} g.")
    for title, risks in (("Deviations", False), ("Risk indications", True)):
        leads = [lead for lead in night.leads if (lead.class_ == "risk") == risks]
        rest = night.rest.risks if risks else night.rest.deviations
        typer.echo("")
        typer.echo(f"{title}: {number(len(leads))} on the list, {number(rest)} beyond it.")
        if leads:
            rows = [[str(e.number), e.name or e.party or "?", e.municipality or "-", e.says["en"]] for e in leads]
            table(["", "party", "municipality", "lead"], rows, right=(0,))
    typer.echo("")
    typer.echo(f"Night:  {found.done.folder}")
    typer.echo(f"Report: {found.done.folder / 'report.html'}")
    typer.echo(f"Seal:   {found.done.seal}")
