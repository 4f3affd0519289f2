"""Whatever the data hold, it reaches the page as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from scherp.reports.markup import Markup, element, escape, identifier, web_link

# Any code point, lone surrogates and controls too.
ANYTHING = st.text(st.characters(exclude_categories=()))


@settings(deadline=None)
@given(ANYTHING)
def test_any_text_is_read_back_as_that_text(said: str) -> None:
    wrapped = element("p", said, title=said)
    wrapped.encode("utf-8")
    read = html.fragment_fromstring(wrapped)
    # The parser of the test reads a carriage return as a line feed; signs that HTML forbids are shown as one sign.
    shown = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", said)
    lines = shown.replace("\r\n", "\n").replace("\r", "\n")
    assert len(read) == 0
    assert (read.text or "").replace("\r\n", "\n").replace("\r", "\n") == lines
    assert list(read.attrib) == ["title"]


def test_markup_is_not_escaped_twice() -> None:
    assert escape(escape("a < b")) == "a &lt; b"
    assert element("p", element("b", "a & b")) == "<p><b>a &amp; b</b></p>"


def test_plain_text_that_looks_like_markup_is_not_trusted() -> None:
    assert element("p", str(Markup("<b>").replace("b", "script"))) == "<p>&lt;script&gt;</p>"


def test_attributes_that_are_none_or_false_are_left_out() -> None:
    assert element("input", type="radio", checked=True, disabled=False, id=None) == '<input type="radio" checked>'


def test_an_identifier_keeps_its_direction_to_itself() -> None:
    assert identifier("a\u202eb") == "<bdi>a\u202eb</bdi>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org", " https://example.org"])
def test_only_a_web_address_becomes_a_link(url: str) -> None:
    assert "<a" not in web_link(url, "law")
    assert escape(url) in web_link(url, "law")


def test_a_web_address_tells_the_other_side_nothing() -> None:
    assert web_link("https://example.org/?a=1&b=2", "law") == (
        '<a href="https://example.org/?a=1&amp;b=2" rel="noreferrer">law</a>'
    )
