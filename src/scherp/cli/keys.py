"""scherp keys: make a pair of keys to sign runs with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scherp.cli.judge import passphrase

app = typer.Typer(help="Keys to sign runs with.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="Where the two files are written.")]) -> None:
    """Make an Ed25519 pair: scherp.key (private, encrypted if SCHERP_KEY_PASSPHRASE is set) and scherp.pub (public)."""
    from scherp.evidence.keys import new_keys

    pair = new_keys(folder, passphrase())
    typer.echo(f"Private key: {pair.private}")
    typer.echo(f"Public key:  {pair.public}")
    typer.echo(f"Fingerprint: {pair.fingerprint}")


@app.callback()
def _keys() -> None:
    pass


def add_to(parent: typer.Typer) -> None:
    """Add the group to the command line."""
    parent.add_typer(app, name="keys")
