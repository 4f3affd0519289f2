"""scherp judge: read (or take a store), judge, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scherp.cli.speech import json_out, number, progress, table

if TYPE_CHECKING:
    from scherp.judging.record import RunRecord
    from scherp.runs.run import Done

FAIL_ON = 3


def judge(  # noqa: PLR0913, PLR0917 - each option of the command is one argument
    framework: Annotated[str, typer.Argument(help="An id from the library, such as nl/road-fines, or a file.")],
    sources: Annotated[list[Path], typer.Argument(help="Files, folders, or one store.", metavar="SOURCE...")],
    as_of: Annotated[
        str | None, typer.Option(help="Judge as of this date or moment (default: the last in the data).")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="Leave out what was registered after this moment.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="How a table is read (YAML).")] = None,
    contract: Annotated[
        Path | None, typer.Option(help="Which columns may come in, and what is pseudonymised (YAML).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder of the run (default: runs/FRAMEWORK-N).")] = None,
    keep_met: Annotated[bool, typer.Option("--keep-met", help="Keep the cases that are met as well.")] = False,
    sign: Annotated[Path | None, typer.Option(help="Sign the seal with this private key.")] = None,
    fail_on: Annotated[str | None, typer.Option(help="End with exit code 3 if any case has this verdict.")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL that ran.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Judge event data against a framework of norms; the run is a folder that anyone can retrace."""
    from scherp.events.contract import read_contract
    from scherp.events.mapping import read_mapping
    from scherp.judging.record import VERDICTS
    from scherp.norms.library import find_framework
    from scherp.runs.run import Asked, make_run

    if fail_on is not None and fail_on not in VERDICTS:
        raise typer.BadParameter(
            f"{fail_on!r} is no verdict; it is one of {', '.join(VERDICTS)}", param_hint="--fail-on"
        )
    path = find_framework(framework)
    with progress("judging") as say:
        done = make_run(
            Asked(
                framework=path,
                sources=tuple(sources),
                out=out or free_folder(framework),
                as_of=as_of,
                known_at=known_at,
                mapping=read_mapping(mapping) if mapping else None,
                contract=read_contract(contract) if contract else None,
                keep_met=keep_met,
                sign=sign,
                passphrase=passphrase(),
            ),
            say,
        )
    if json:
        json_out(summary(done.record))
    else:
        _speak(done, sql)
    if fail_on is not None and any(getattr(norm, fail_on) for norm in done.record.norms):
        raise typer.Exit(FAIL_ON)


def passphrase() -> str | None:
    """The passphrase of a private key comes from the environment, never from the command line."""
    import os

    return os.environ.get("SCHERP_KEY_PASSPHRASE")


def free_folder(framework: str) -> Path:
    """The first free `runs/FRAMEWORK-N` in the working folder."""
    stem = (
        Path(framework).stem.replace("/", "-") if framework.endswith((".yaml", ".yml")) else framework.replace("/", "-")
    )
    number_ = 1
    while (Path("runs") / f"{stem}-{number_}").exists():
        number_ += 1
    return Path("runs") / f"{stem}-{number_}"


def summary(record: RunRecord) -> dict[str, Any]:
    """The document that --json prints."""
    counts = ("population", "met", "breached", "pending", "unknown", "not_applicable")
    return {
        "framework": record.framework.id,
        "version": record.framework.version,
        "as_of": record.as_of,
        "data": record.data,
        "norms": [
            {"norm": n.norm, "class": n.class_}
            | {key: getattr(n, key) for key in counts}
            | {
                "share": n.share,
                "target": n.target,
                "reached": n.reached,
                "computed": n.computed,
                "warnings": n.warnings,
            }
            for n in record.norms
        ],
    }


def _speak(done: Done, sql: bool) -> None:
    record = done.record
    data = record.data
    typer.echo(
        f"{record.framework.title['en']} ({record.framework.id} {record.framework.version}), as of {record.as_of}"
    )
    typer.echo(
        f"Data: {number(data.events)} events from {data.first or '-'} to {data.last or '-'}; "
        f"{number(data.unknown_time)} without a time, {number(data.rejected)} rows refused, "
        f"{number(data.late_registrations)} registered late."
    )
    typer.echo("")
    head = ["norm", "population", "met", "breached", "pending", "unknown", "n/a", "share met"]
    body = []
    for norm in record.norms:
        share = "-" if norm.share is None else f"{100 * norm.share:.1f} %"
        counts = (norm.population, norm.met, norm.breached, norm.pending, norm.unknown, norm.not_applicable)
        body.append(
            [norm.norm, *(number(count) for count in counts), share]
            if norm.computed
            else [norm.norm, "for people" if norm.look_at else "no data", *[""] * 6]
        )
    table(head, body, right=tuple(range(1, 8)))
    for norm in record.norms:
        for warning in norm.warnings:
            typer.echo(f"{norm.norm}: {warning}.", err=True)
    if sql:
        for statement in [*record.shared_sql, *(s for norm in record.norms for s in norm.sql)]:
            typer.echo("")
            typer.echo(f"{statement};")
    typer.echo("")
    typer.echo(f"Run:    {done.folder}")
    typer.echo(f"Report: {done.folder / 'report.html'}")
    typer.echo(f"Seal:   {done.seal}")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(judge)
