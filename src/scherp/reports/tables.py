"""Tables that work on a phone, on paper and for a screen reader.

Rule: a table has a caption and marked headings, scrolls within its own frame where it is wider than the page, and
that frame can be reached with the keyboard. Source: WCAG 2.2, success criteria 1.3.1, 1.4.10 and 2.1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scherp.reports.markup import Markup, element, escape, join


def data_table(
    caption: object,
    heads: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    numeric: Iterable[int] = (),
    foot: Sequence[object] | None = None,
    kind: str = "",
    wide: bool = False,
) -> Markup:
    """A table whose first column names its rows. numeric: the columns (from 0) whose cells stand to the right.
    wide: it may be wider than a phone, and then scrolls within its own frame.
    """
    right = frozenset(numeric)
    body = Markup("".join(_row(row, right) for row in rows))
    parts = [element("thead", heading(heads, right)), element("tbody", body)]
    if foot is not None:
        parts.append(element("tfoot", _row(foot, right)))
    table = element("table", element("caption", caption), *parts, class_=kind or None)
    return framed(caption, table) if wide else table


def framed(name: object, table: Markup) -> Markup:
    """The frame in which a wide table scrolls."""
    return element("div", table, class_="scroll", role="group", tabindex="0", aria_label=name)


def heading(heads: Sequence[object], right: frozenset[int]) -> Markup:
    """The row of column headings. A column of drawings has none: what they say is in the columns beside them."""
    cells = (
        element("th", head, scope="col", class_="n" if at in right else None) if head else element("td")
        for at, head in enumerate(heads)
    )
    return element("tr", *cells)


def _row(cells: Sequence[object], right: frozenset[int]) -> Markup:
    first, *others = cells
    written = [f'<tr><th scope="row">{escape(first)}</th>']
    for at, cell in enumerate(others, start=1):
        written.append(f'<td class="n">{escape(cell)}</td>' if at in right else f"<td>{escape(cell)}</td>")
    return Markup("".join(written) + "</tr>")


def facts(pairs: Iterable[tuple[object, object]]) -> Markup:
    """Names with their values, one pair a line."""
    return element(
        "dl", *(element("div", element("dt", name), element("dd", value)) for name, value in pairs), class_="facts"
    )


def folded(summary: object, *inside: object, kind: str = "") -> Markup:
    """Something that is closed until the reader opens it."""
    return element("details", element("summary", summary), *inside, class_=kind or None)


def code_blocks(statements: Iterable[str]) -> Markup:
    """Statements of SQL, to be read and copied; long lines wrap."""
    return join(element("pre", element("code", statement.strip("\n"))) for statement in statements)
