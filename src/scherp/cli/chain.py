"""scherp chain: inspect a closed chain, trace an item, list a recall, and draw up the material balance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scherp.cli.inspection import inspect
from scherp.cli.speech import json_out, number, progress, table

if TYPE_CHECKING:
    from scherp.accountancy.chain import Chain
    from scherp.accountancy.recall import Holding
    from scherp.accountancy.tracing import Trace

app = typer.Typer(
    help="Follow items through a closed chain, and balance its books.", no_args_is_help=True, rich_markup_mode=None
)
Store = Annotated[Path, typer.Argument(help="The store.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
app.command()(inspect)


@app.command()
def trace(
    store: Store,
    identifier: Annotated[
        str, typer.Argument(metavar="OBJECT", help="A plant, a lot, a package, a shipment or a sale basket.")
    ],
    json: AsJson = False,
    svg: Annotated[Path | None, typer.Option(help="Draw the trace into this SVG file.")] = None,
    lang: Annotated[str, typer.Option(help="The language of the drawing: nl or en.")] = "nl",
) -> None:
    """Trace an object back to its plants and forward to every shop and sale."""
    from scherp.accountancy.tracing import trace as trace_object

    _check_language(lang)
    found = trace_object(_opened(store), identifier)
    if svg is not None:
        _draw(found, svg, lang)
    if json:
        json_out(found)
    else:
        _speak(found)


@app.command()
def recall(
    store: Store,
    lot: Annotated[str, typer.Argument(metavar="LOT", help="A lot; a plant or a package that was used again will do.")],
    json: AsJson = False,
) -> None:
    """List everything that was made from a lot: who holds it now, and what was sold when."""
    from scherp.accountancy.recall import recall as recall_lot

    found = recall_lot(_opened(store), lot)
    if json:
        json_out(found)
        return
    typer.echo(f"{found.object_id}: {number(len(found.packages))} packages; {_counts(found.counts)}.")
    typer.echo("")
    if found.lots:
        table(
            ["lot", "site", "made (g)", "left (g)"],
            [[lot.object_id, lot.site or "?", _grams(lot.made), _grams(lot.left)] for lot in found.lots],
            right=(2, 3),
        )
        typer.echo("")
    _list_holdings(found.packages)


@app.command()
def balance(
    store: Store,
    period: Annotated[str, typer.Option(help="month or week.")] = "month",
    json: AsJson = False,
) -> None:
    """The material balance in grams: per party, product and period, from opening to closing book and count."""
    from scherp.accountancy.balance import COLUMNS
    from scherp.accountancy.balance import balance as balance_of

    found = balance_of(_opened(store), period)
    if json:
        json_out(found)
        return
    head = ["party", "site", "product", found.period, "opening", *COLUMNS, "closing", "counted", "difference"]
    body = [
        [line.party or "?", line.site or "?", line.product, line.period.isoformat()]
        + [_grams(amount) for amount in line.amounts]
        for line in found.lines
    ]
    table(head, body, right=tuple(range(4, len(head))))
    unweighed = sum(line.unweighed for line in found.lines)
    typer.echo("")
    typer.echo(
        f"In grams. {number(unweighed)} movements without a stated weight, {number(found.untimed)} without a time."
    )


def _opened(store: Path) -> Chain:
    from scherp.accountancy.chain import open_chain

    with progress("sorting by event, once") as say:
        return open_chain(store, say)


def _check_language(lang: str) -> None:
    if lang not in ("nl", "en"):
        raise typer.BadParameter("write nl or en", param_hint="--lang")


def _draw(found: Trace, svg: Path, lang: str) -> None:
    from scherp.faults import Fault, Refused
    from scherp.reports.lineage_figure import draw_lineage

    try:
        svg.write_text(draw_lineage(found, "en" if lang == "en" else "nl"), "utf-8")
    except OSError as error:
        what = f"the drawing cannot be written: {(error.strerror or 'unknown reason').lower()}"
        raise Refused(Fault(svg.name, what, "Name a file in a folder that may be written")) from None


def _speak(found: Trace) -> None:
    from scherp.accountancy.acts import NOUNS

    typer.echo(f"{found.object_id}: {NOUNS.get(found.object_type, found.object_type)}, snapshot {found.snapshot}")
    typer.echo("")
    table(
        ["level", "what", "identifier", "made by", "time (UTC)", "site", "amount"],
        [
            [
                f"{thing.level:+d}" if thing.level else "0",
                NOUNS.get(thing.object_type, thing.object_type),
                thing.object_id,
                thing.made or "?",
                _moment(thing.time),
                thing.place or "?",
                "" if thing.amount is None else f"{_grams(thing.amount)} {thing.unit or ''}".strip(),
            ]
            for thing in found.things
        ],
        right=(0, 6),
    )
    if found.holdings:
        typer.echo("")
        _list_holdings(found.holdings)
    for identifier in found.open_ends:
        typer.echo(f"Nothing in the store made {identifier}.")


def _list_holdings(holdings: list[Holding]) -> None:
    if not holdings:
        return
    table(
        ["package", "is", "site", "since (UTC)", "shipment or basket", "to"],
        [
            [h.object_id, h.state, h.site or "?", _moment(h.since), h.shipment or h.basket or "", h.to or ""]
            for h in holdings
        ],
    )


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number(count)} {state}" for state, count in sorted(counts.items())) or "none"


def _moment(time: Any) -> str:
    return time.isoformat(" ") if time else "?"


def _grams(amount: Any) -> str:
    """A decimal without needless zeros."""
    if amount is None:
        return ""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def add_to(parent: typer.Typer) -> None:
    """Add the group to the command line."""
    parent.add_typer(app, name="chain")
