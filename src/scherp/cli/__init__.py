"""The command line: one file for each group of commands.

Rule: commands only call the rooms below. Exit codes: 0 done, 1 refused input (a sentence for each fault on standard
error), 2 wrong usage, 3 what `--fail-on` names was found, 4 verify found a difference. Heavy parts are imported when a
command needs them, so that `scherp --help` answers at once. Source: the plan of the house, section 6.
"""

from __future__ import annotations

import sys

import typer

from scherp.cli import chain, demo, events, judge, keys, norms, simulate, verify

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it

app = typer.Typer(
    name="scherp",
    help="Judge event data against norms written as data, and prove the result.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
judge.add_to(app)
events.add_to(app)
norms.add_to(app)
verify.add_to(app)
keys.add_to(app)
chain.add_to(app)
simulate.add_to(app)
demo.add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        from scherp import __version__

        typer.echo(f"scherp {__version__}")
        raise typer.Exit


@app.callback()
def _scherp(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def main() -> None:
    """Run the command line; bad input ends in sentences, never in a traceback."""
    from scherp.faults import Refused

    try:
        app()
    except Refused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)  # noqa: T201 - this is the command line speaking
        raise SystemExit(1) from None
    except OSError as fault:
        # What no room foresaw; a reader who closed the pipe is no fault (typer ends that by itself).
        print(f"{fault.filename or 'scherp'}: {fault.strerror or type(fault).__name__}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(_stopped()) from None
    except SystemExit as end:
        # What typer makes of Ctrl-C inside a command.
        if end.code != _INTERRUPTED:
            raise
        raise SystemExit(_stopped()) from None


def _stopped() -> int:
    print("Stopped; nothing half was kept.", file=sys.stderr)  # noqa: T201
    return _INTERRUPTED
