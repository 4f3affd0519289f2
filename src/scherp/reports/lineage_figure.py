"""A trace as a drawing: plants to the left, shops and sales to the right, in one small SVG that stands by itself.

Rule: the drawing says nothing that the trace does not say in text; it has a title, a description in words, and a text
for every box. A level with many things is one box with their number, for six hundred plants side by side show nothing;
single things carry their identifier whole. Meaning is never in colour alone: a box says in words what it is. Source:
WCAG 2.2, success criteria 1.1.1 and 1.4.1; the issue on trace (text, JSON and a picture).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scherp.accountancy.tracing import Trace
from scherp.norms.model import Language
from scherp.reports.formats import number
from scherp.reports.markup import Markup, element, join

# Above this many things of one kind on one level the level is drawn as a count.
_ONE_BY_ONE = 6
_WIDTH, _HEIGHT, _GAP, _BETWEEN, _EDGE = 300, 46, 14, 70, 16
_LETTERS = 44  # an identifier longer than this goes on over a second line
_WORDS: dict[str, dict[Language, tuple[str, str]]] = {
    "giai": {"nl": ("plant", "planten"), "en": ("plant", "plants")},
    "lgtin": {"nl": ("partij", "partijen"), "en": ("lot", "lots")},
    "sgtin": {"nl": ("verpakking", "verpakkingen"), "en": ("package", "packages")},
    "in_stock": {"nl": ("op voorraad", "op voorraad"), "en": ("in stock", "in stock")},
    "in_transit": {"nl": ("onderweg", "onderweg"), "en": ("in transit", "in transit")},
    "refused": {"nl": ("geweigerd", "geweigerd"), "en": ("refused", "refused")},
    "sold": {"nl": ("verkocht", "verkocht"), "en": ("sold", "sold")},
    "destroyed": {"nl": ("vernietigd", "vernietigd"), "en": ("destroyed", "destroyed")},
    "missing": {"nl": ("vermist", "vermist"), "en": ("missing", "missing")},
    "removed": {"nl": ("afgeboekt", "afgeboekt"), "en": ("removed", "removed")},
    "used": {"nl": ("verwerkt", "verwerkt"), "en": ("used", "used")},
    "unknown": {"nl": ("onbekend waar", "onbekend waar"), "en": ("whereabouts unknown", "whereabouts unknown")},
}
_SAYS: dict[str, dict[Language, str]] = {
    "title": {"nl": "Herkomst en bestemming van {0}", "en": "Origin and destination of {0}"},
    "step": {"nl": "Stap {0}: {1}.", "en": "Step {0}: {1}."},
    "nowhere": {"nl": "plaats onbekend", "en": "place unknown"},
}
_STYLE = (
    "text{font:12px sans-serif;fill:#1b1b1b}.b{fill:#fff;stroke:#1b1b1b}.s{stroke-width:3}.e{fill:none;stroke:#595959}"
)


@dataclass(frozen=True)
class _Box:
    """column: from the left. label: what it is. detail: the identifier or the site, whole; empty for a count."""

    key: str
    column: int
    label: str
    detail: str
    start: bool = False


def draw_lineage(trace: Trace, lang: Language) -> str:
    """The SVG document of a trace. All data in it are escaped."""
    boxes, of_thing = _boxes(trace, lang)
    rows: dict[int, int] = {}
    places: dict[str, tuple[int, int]] = {}
    for box in boxes:
        row = rows.get(box.column, 0)
        rows[box.column] = row + 1
        places[box.key] = (_EDGE + box.column * (_WIDTH + _BETWEEN), _EDGE + row * (_HEIGHT + _GAP))
    width = 2 * _EDGE + (max(rows, default=0) + 1) * (_WIDTH + _BETWEEN) - _BETWEEN
    height = 2 * _EDGE + max(rows.values(), default=0) * (_HEIGHT + _GAP) - _GAP
    title = _SAYS["title"][lang].format(trace.object_id)
    drawn = element(
        "svg",
        element("title", title, id="t"),
        element("desc", " ".join(lineage_words(trace, lang)), id="d"),
        element("style", Markup(_STYLE)),
        *(_line(places[a], places[b]) for a, b in _lines(trace, of_thing)),
        *(_drawn(box, places[box.key]) for box in boxes),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        lang=lang,
        aria_labelledby="t d",
    )
    return drawn + "\n"


def lineage_words(trace: Trace, lang: Language) -> list[str]:
    """The drawing in sentences, one for each column from left to right."""
    by_column: dict[int, list[str]] = {}
    for box in _boxes(trace, lang)[0]:
        by_column.setdefault(box.column, []).append(f"{box.label} {box.detail}".strip())
    return [
        _SAYS["step"][lang].format(n + 1, ", ".join(by_column[column])) for n, column in enumerate(sorted(by_column))
    ]


def _boxes(trace: Trace, lang: Language) -> tuple[list[_Box], dict[str, str]]:
    """The boxes, column by column, and for each thing the key of its box."""
    groups: dict[tuple[int, str], list[str]] = {}
    for thing in trace.things:
        groups.setdefault((thing.level, thing.object_type), []).append(thing.object_id)
    columns = {level: n for n, level in enumerate(sorted({level for level, _ in groups}))}
    boxes: list[_Box] = []
    of_thing: dict[str, str] = {}
    for (level, object_type), identifiers in sorted(groups.items()):
        if len(identifiers) > _ONE_BY_ONE:
            key = f"{level} {object_type}"
            boxes.append(_Box(key, columns[level], _counted(object_type, len(identifiers), lang), "", level == 0))
            of_thing |= dict.fromkeys(identifiers, key)
            continue
        for identifier in identifiers:
            label = _WORDS.get(object_type, {}).get(lang, (object_type, object_type))[0]
            boxes.append(_Box(identifier, columns[level], label, identifier, level == 0))
            of_thing[identifier] = identifier
    held = _held(trace)
    for (state, site), count in sorted(held.items()):
        words = f"{number(count, lang)} {_counted(state, 0, lang).split(' ', 1)[1]}"
        boxes.append(_Box(f"{state} {site}", len(columns), words, site or _SAYS["nowhere"][lang]))
    return boxes, of_thing


def _held(trace: Trace) -> dict[tuple[str, str], int]:
    held: dict[tuple[str, str], int] = {}
    for holding in trace.holdings:
        key = (holding.state, holding.site or "")
        held[key] = held.get(key, 0) + 1
    return held


def _lines(trace: Trace, of_thing: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The pairs of boxes that something flowed between, each once."""
    inputs: dict[str, dict[str, None]] = {}
    outputs: dict[str, dict[str, None]] = {}
    for edge in trace.edges:
        side = inputs if edge.role == "input" else outputs
        side.setdefault(edge.event_id, {})[of_thing[edge.object_id]] = None
    found = {(a, b): None for event, froms in inputs.items() for a in froms for b in outputs.get(event, ()) if a != b}
    for holding in trace.holdings:
        found[of_thing[holding.object_id], f"{holding.state} {holding.site or ''}"] = None
    return found


def _counted(word: str, count: int, lang: Language) -> str:
    one, more = _WORDS.get(word, {}).get(lang, (word, word))
    return f"{number(count, lang)} {one if count == 1 else more}"


def _drawn(box: _Box, place: tuple[int, int]) -> Markup:
    x, y = place
    lines = [box.detail[n : n + _LETTERS] for n in range(0, len(box.detail), _LETTERS)][:2]
    if len(box.detail) > 2 * _LETTERS:
        lines[1] = lines[1][:-1] + "…"  # the whole of it is in the box's title
    letters = [element("text", box.label, x=x + 8, y=y + 15, font_weight="bold")]
    letters += [element("text", line, x=x + 8, y=y + 28 + 13 * n) for n, line in enumerate(lines)]
    kind = "b s" if box.start else "b"
    return element(
        "g",
        element("title", f"{box.label} {box.detail}".strip()),
        Markup(f'<rect class="{kind}" x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="3"/>'),
        join(letters),
    )


def _line(a: tuple[int, int], b: tuple[int, int]) -> Markup:
    x1, y1, x2, y2 = a[0] + _WIDTH, a[1] + _HEIGHT // 2, b[0], b[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2
    return Markup(f'<path class="e" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"/>')
