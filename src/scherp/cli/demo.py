"""scherp demo: the main job on bundled sample data, ending with a report."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from scherp.cli.speech import number, progress, table

PORT = 8000


def demo(
    out: Annotated[Path, typer.Option(help="Where the demonstration is written; an earlier one is replaced.")] = Path(
        "demo"
    ),
    once: Annotated[bool, typer.Option("--once", help="Write the reports and stop; do not serve them.")] = False,
    weeks: Annotated[
        int, typer.Option(help="Weeks of an invented chain to simulate and inspect; 0 leaves it out.")
    ] = 4,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = PORT,
) -> None:
    """Judge bundled sample data and a night of a simulated chain, all invented, and show the reports on port 8000."""
    from scherp.runs.demonstration import demonstrate

    with progress("demonstrating") as say:
        shown = demonstrate(out, weeks, say)
    body = [
        [one.record.framework.id, number(one.record.data.events), number(sum(n.breached for n in one.record.norms)),
         str(one.folder / "report.html")]
        for one in shown
    ]  # fmt: skip
    table(["framework", "events", "deviations", "report"], body, right=(1, 2))
    if once:
        return
    handler = partial(_Quiet, directory=str(out))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        typer.echo(f"The reports are on http://127.0.0.1:{port}/ (Ctrl-C stops).")
        server.serve_forever()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line of log for each: a log would only hold addresses."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(demo)
