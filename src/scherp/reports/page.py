"""The shell of every report: one file that needs nothing else.

Rule: no script, no picture, no font and no style from elsewhere, and a policy in the page that forbids them; Dutch
first, English one key press away, and without scripts: a pair of radio buttons that the style sheet listens to. A
browser that cannot listen shows both languages. A page with invented data says so at its head, and on each sheet of
paper. Source: WCAG 2.2 level AA; the W3C's Content Security Policy level 3; the rules of the field, point 24.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from scherp.norms.model import Language
from scherp.reports.figures import patterns
from scherp.reports.markup import Markup, element, join
from scherp.reports.wording import both, say, say_both

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_NAMES: dict[Language, str] = {"nl": "Nederlands", "en": "English"}


@cache
def look() -> Markup:
    """The style sheet of every report and page, as it is put into a page."""
    return Markup(files("scherp.reports").joinpath("look.css").read_text("utf-8"))


def page(title: object, skip_to: str, body: object, synthetic: bool) -> str:
    """A whole HTML document. title: plain words; skip_to: the id of the place where the skip link leads."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", look()),
    )
    parts = [
        element("a", say_both("skip"), href=f"#{skip_to}", class_="skip"),
        patterns(),
        _top(synthetic),
        element("main", body),
    ]
    if synthetic:
        parts.append(element("p", say_both("fictitious_page"), class_="on-each-sheet", aria_hidden="true"))
    document = element("html", head, element("body", *parts, class_="synthetic" if synthetic else None), lang="nl")
    return f"<!doctype html>\n{document}\n"


def _top(synthetic: bool) -> Markup:
    banner = element("p", both(lambda lang: say("fictitious_says", lang), "span"), class_="fictitious")
    return element(
        "header",
        element("div", element("span", "Scherp", class_="wordmark"), _choice(), class_="top"),
        banner if synthetic else "",
    )


def _choice() -> Markup:
    """The choice of language. Each name is in its own language; the style sheet listens to the checked one."""
    choices = (
        element(
            "label",
            element("input", type="radio", name="language", id=f"in-{lang}", value=lang, checked=lang == "nl"),
            element("span", name),
            lang=lang,
        )
        for lang, name in _NAMES.items()
    )
    legend = element("legend", say_both("language"), class_="unseen")
    return element("fieldset", legend, join(choices), class_="choice")
