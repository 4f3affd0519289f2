"""HTML as values: whatever is put into an element is escaped unless it already is markup.

Rule: data may hold markup, control characters or lone surrogates, and none of these may reach the page as such. There
is one way to build HTML, `element`, and it escapes; a plain `str` is never trusted. Source: OWASP's rule to encode
output where it is put in, and the HTML standard on what an attribute value may hold.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# Control characters are not allowed in HTML and lone surrogates cannot be written as UTF-8: a sign stands for them.
_SIGNS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_UNPRINTABLE = re.compile(f"[{_SIGNS}]")
_TO_ESCAPE = re.compile(f"[&<>\"'{_SIGNS}]")
_VOID = frozenset({"meta", "input", "br", "hr", "link"})


class Markup(str):
    """Text that is HTML already. Whoever makes it answers for every sign in it; data are never put in unescaped."""

    __slots__ = ()


def escape(value: object) -> Markup:
    """`value` as HTML text; markup stays as it is. Safe in an element and in a quoted attribute."""
    if isinstance(value, Markup):
        return value
    words = str(value)
    # Most texts hold nothing to escape, and one look is quicker than a copy for each sign.
    return Markup(html.escape(_UNPRINTABLE.sub("\ufffd", words)) if _TO_ESCAPE.search(words) else words)


def join(parts: Iterable[object]) -> Markup:
    """All parts in a row, each escaped unless it is markup."""
    return Markup("".join(map(escape, parts)))


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element with its children. `class_` gives class, `aria_label` gives aria-label; None and False leave out."""
    opening = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.rstrip("_").replace("_", "-")
        opening.append(written if value is True else f'{written}="{escape(value)}"')
    start = f"<{' '.join(opening)}>"
    return Markup(start) if name in _VOID else Markup(f"{start}{join(children)}</{name}>")


def identifier(value: str) -> Markup:
    """An identifier as its source wrote it: it may be broken anywhere, and cannot turn the text around it."""
    return Markup(f"<bdi>{escape(value)}</bdi>")


def web_link(url: str, words: object) -> Markup:
    """A link where `url` is a web address; plain words otherwise, so that no script address becomes a link."""
    if url.lower().startswith(("https://", "http://")):
        return element("a", words, href=url, rel="noreferrer")
    return join([words, " (", identifier(url), ")"])
