"""Putting texts on the page: values filled in, the right form for a number, both languages side by side.

Rule: a text is escaped, and so is every value put into it. A page holds both languages; the one that is not chosen is
not displayed at all, so that a screen reader does not read it either. Source: WCAG 2.2, success criterion 3.1.2
(language of parts).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from scherp.judging.outcomes import REASONS
from scherp.norms.model import Language
from scherp.reports.formats import number
from scherp.reports.markup import Markup, element, escape, join
from scherp.reports.texts import TEXTS

LANGUAGES: tuple[Language, ...] = ("nl", "en")


def say(key: str, lang: Language, **values: object) -> Markup:
    """The text `key` in a language with its values put in, all escaped. KeyError where there is no such text."""
    text = _text(key, lang)
    return Markup(text.format(**{name: escape(value) for name, value in values.items()})) if values else text


@cache
def _text(key: str, lang: Language) -> Markup:
    return escape(TEXTS[key][lang])


def say_number(key: str, lang: Language, n: int) -> Markup:
    """The form of the text `key` that goes with the number `n`."""
    one, _, more = TEXTS[key][lang].partition("|")
    return Markup(escape(one if n == 1 else more).format(n=number(n, lang)))


def say_both(key: str) -> Markup:
    """The text in both languages within a line; the page shows the one that is chosen."""
    return both(lambda lang: say(key, lang), within="span")


def both(render: Callable[[Language], object], within: str = "div") -> Markup:
    """What `render` makes, once for each language, each within an element that the language choice shows or hides."""
    return join(element(within, render(lang), lang=lang, class_=lang) for lang in LANGUAGES)


def pick(text: dict[str, str] | None, lang: Language) -> str:
    """A framework's own text in a language; the other language where it is missing there, empty where it has none."""
    if not text:
        return ""
    return text.get(lang) or next((other for other in text.values() if other), "")


def reason_words(reason: str, lang: Language) -> Markup:
    """A reason in words: the judge's own words for it, else the reason as it is written."""
    return escape(pick(REASONS.get(reason), lang) or reason)
