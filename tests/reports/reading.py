"""Reading a report as a person does: one language at a time."""

from __future__ import annotations

from lxml import html
from lxml.html import HtmlElement

from scherp.judging.record import RunRecord
from scherp.reports.judgement import report_html


def tree(run: RunRecord) -> HtmlElement:
    """The report as a parsed document."""
    return html.document_fromstring(report_html(run))


def in_language(run: RunRecord, lang: str) -> HtmlElement:
    """The report without what the other language holds."""
    document = tree(run)
    other = "en" if lang == "nl" else "nl"
    for element in document.xpath(f"//*[@class='{other}']"):
        element.drop_tree()
    return document


def words(element: HtmlElement) -> str:
    """The text of an element, with single blanks between its parts and none before a full stop."""
    return " ".join(" ".join(element.itertext()).split()).replace(" .", ".")


def section_of(document: HtmlElement, sentence: str) -> HtmlElement:
    """The article of the norm with this sentence."""
    (found,) = [article for article in document.xpath("//article") if sentence in words(article.find(".//h4"))]
    return found


def rows(table: HtmlElement) -> list[list[str]]:
    """The cells of a table's rows, as words."""
    return [[words(cell) for cell in row.xpath("./th|./td")] for row in table.iter("tr")]
