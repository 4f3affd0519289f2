"""scherp norms: list and show the library's frameworks, and check one with its examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scherp.cli.speech import counted, json_out, table

if TYPE_CHECKING:
    from scherp.norms.model import Norm

app = typer.Typer(help="The frameworks of norms: list, show, check.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the frameworks of the library."""
    from scherp.norms.library import list_frameworks
    from scherp.norms.read import read_framework

    found = [read_framework(path) for path in list_frameworks()]
    if json:
        json_out(
            [{"framework": f.framework, "version": f.version, "title": f.title, "norms": len(f.norms)} for f in found]
        )
        return
    table(
        ["framework", "version", "norms", "title"],
        [[f.framework, f.version, str(len(f.norms)), f.title["en"]] for f in found],
        right=(2,),
    )


@app.command()
def show(
    framework: Annotated[str, typer.Argument(help="An id from the library, or a file.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show a framework: its norms with their source, status and validity."""
    from scherp.norms.library import find_framework
    from scherp.norms.read import read_framework

    found = read_framework(find_framework(framework))
    if json:
        json_out({"framework": found.framework, "version": found.version, "title": found.title,
                  "norms": [_as_data(norm) for norm in found.norms]})  # fmt: skip
        return
    typer.echo(f"{found.title['en']} ({found.framework} {found.version})")
    for norm in found.norms:
        typer.echo("")
        typer.echo(f"{norm.norm}  [{norm.norm_class}, {norm.check.kind}]")
        typer.echo(f"  {norm.says['en']}")
        source = f"{norm.source.text}{', ' + norm.source.article if norm.source.article else ''}"
        typer.echo(f"  Source: {source} ({norm.source.status}, {norm.source.checked})")
        if norm.valid.start or norm.valid.end:
            typer.echo(f"  Valid: {norm.valid.start or '…'} to {norm.valid.end or '…'}")


@app.command()
def check(
    framework: Annotated[str, typer.Argument(help="A framework's file, or an id from the library.")],
) -> None:
    """Check a framework: its form, and its own examples. Exit code 1 with a sentence for each mistake."""
    from scherp.faults import Refused
    from scherp.judging.examples import check_examples, without_examples
    from scherp.norms.library import find_framework
    from scherp.norms.read import read_framework

    path = find_framework(framework)
    found = read_framework(path)
    faults = [*without_examples(found, Path(path).name), *check_examples(found, Path(path).name)]
    if faults:
        raise Refused(faults)
    examples = sum(len(norm.examples) for norm in found.norms)
    told = f"{counted(len(found.norms), 'norm')}, {counted(examples, 'example')}, all as they say."
    typer.echo(f"{found.framework} {found.version}: {told}")


def _as_data(norm: Norm) -> dict[str, object]:
    return {
        "norm": norm.norm,
        "class": norm.norm_class,
        "theme": norm.theme,
        "kind": norm.check.kind,
        "each": norm.check.each,
        "says": norm.says,
        "source": {"text": norm.source.text, "article": norm.source.article, "url": norm.source.url,
                   "status": norm.source.status, "checked": norm.source.checked},
        "valid": {"from": norm.valid.start, "to": norm.valid.end},
        "examples": len(norm.examples),
    }  # fmt: skip


def add_to(parent: typer.Typer) -> None:
    """Add the group to the command line."""
    parent.add_typer(app, name="norms")
