"""The few figures of the reports, drawn as SVG that follows the width of the page.

Rule: a figure says nothing that the table beside it does not say, and never by colour alone: each verdict has its own
pattern, and each figure a text alternative. Positions are percentages and letters keep their size, so that a figure
can be read on a phone. Colours and patterns are in `look.css`. Source: WCAG 2.2, success criteria 1.1.1, 1.4.1 and
1.4.11.
"""

from __future__ import annotations

from collections.abc import Sequence

from scherp.judging.record import VERDICTS, Verdict
from scherp.norms.model import Language
from scherp.reports.formats import target_percent
from scherp.reports.markup import Markup, element
from scherp.reports.wording import say

# A part that exists is at least this wide (percent of the bar), else three cases in a million would not be seen.
_NARROWEST = 0.7

_PATTERNS = """<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="p-breached" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p1" width="7" height="7"/><rect class="p2" width="2" height="7"/></pattern>
<pattern id="p-pending" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="p1" width="6" height="6"/><circle class="p2" cx="3" cy="3" r="1.3"/></pattern>
<pattern id="p-unknown" width="7" height="7" patternUnits="userSpaceOnUse"><rect class="p1" width="7" height="7"/><path class="p2" d="M0 0L7 7M7 0L0 7"/></pattern>
<pattern id="p-not_applicable" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="p1" width="5" height="5"/><rect class="p2" y="2" width="5" height="1"/></pattern>
</defs></svg>"""  # noqa: E501  (one pattern a line)


def patterns() -> Markup:
    """The fillings of the verdicts; once on each page that has figures."""
    return Markup(_PATTERNS)


def swatch(verdict: Verdict) -> Markup:
    """A small sample of a verdict's filling, to stand before its name."""
    return Markup(f'<svg class="swatch" aria-hidden="true"><rect class="v-{verdict}"/></svg>')


def widths(counts: Sequence[int]) -> list[float]:
    """The width of each part of a bar in percent: they add up to 100, keep the order of size, and no part that
    exists is too narrow to see. All zero where all counts are."""
    whole = sum(counts)
    if not whole:
        return [0.0] * len(counts)
    exact = [100 * count / whole for count in counts]
    lifted = [max(width, _NARROWEST) if width else 0.0 for width in exact]
    return [width * 100 / sum(lifted) for width in lifted]


def widened(counts: Sequence[int]) -> bool:
    """Is some part drawn wider than it is?"""
    whole = sum(counts)
    return any(0 < 100 * count / whole < _NARROWEST for count in counts) if whole else False


def verdict_bar(counts: dict[Verdict, int], description: object = None) -> Markup:
    """One bar divided over the five verdicts. Without a description it is decoration beside the numbers."""
    parts, at = [], 0.0
    for verdict, width in zip(VERDICTS, widths([counts[verdict] for verdict in VERDICTS]), strict=True):
        if width:
            parts.append(Markup(f'<rect class="v-{verdict}" x="{_places(at)}%" width="{_places(width)}%"/>'))
        at += width
    return _drawing("bar", description, *parts)


def share_line(
    interval: tuple[float, float, float], target: float | None, lang: Language, description: object = None
) -> Markup:
    """A share on a line from 0 to 100 %, with its interval as a band and the target as a mark.

    interval: (share, low, high), each from 0 to 1. Without a description it is a small one, without letters, beside
    the numbers.
    """
    share, low, high = interval
    small = description is None
    middle, reach = (7, 6) if small else (14, 9)
    parts: list[object] = [
        _line("axis", 0, 100, middle),
        *(_tick(at, middle) for at in (0, 50, 100)),
        Markup(
            f'<rect class="band" x="{_places(100 * low)}%" width="{_places(max(100 * (high - low), 0.4))}%" '
            f'y="{middle - reach}" height="{2 * reach}"/>'
        ),
        Markup(f'<circle class="dot" cx="{_places(100 * share)}%" cy="{middle}" r="{2.5 if small else 4}"/>'),
    ]
    if target is not None:
        at, below = _places(100 * target), middle + (6 if small else 12)
        parts.append(Markup(f'<line class="target" x1="{at}%" x2="{at}%" y1="{middle - reach}" y2="{below}"/>'))
    if not small:
        parts += _share_letters(target, lang)
    return _drawing("line small" if small else "line", description, *parts)


def lying_bar(part: float) -> Markup:
    """A bar of a histogram that is itself a table: it lies in the row of its label and its count. part: 0 to 1 of the
    longest bar."""
    return Markup(f'<svg class="lying" aria-hidden="true"><rect width="{_places(100 * part)}%"/></svg>')


def _share_letters(target: float | None, lang: Language) -> list[Markup]:
    marks = [_letters(0, 38, "0%", "start"), _letters(50, 38, "50%", "middle"), _letters(100, 38, "100%", "end")]
    if target is None:
        return marks
    # The mark's own words stand below the axis, on the side where there is room.
    side = "end" if target > 0.5 else "start"
    return [*marks, _letters(100 * target, 56, say("target_mark", lang, target=target_percent(target, lang)), side)]


def _drawing(kind: str, description: object, *children: object) -> Markup:
    if description is None:
        return element("svg", *children, class_=f"fig {kind}", aria_hidden="true")
    return element("svg", *children, class_=f"fig {kind}", role="img", aria_label=description)


def _line(kind: str, start: float, end: float, y: int) -> Markup:
    return Markup(f'<line class="{kind}" x1="{start}%" x2="{end}%" y1="{y}" y2="{y}"/>')


def _tick(at: int, middle: int) -> Markup:
    return Markup(f'<line class="axis" x1="{at}%" x2="{at}%" y1="{middle - 3}" y2="{middle + 3}"/>')


def _letters(x: float, y: int, words: object, anchor: str) -> Markup:
    return element("text", words, x=f"{_places(x)}%", y=y, text_anchor=anchor)


def _places(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
