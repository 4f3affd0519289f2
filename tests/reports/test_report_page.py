"""The page as a document: it needs nothing else, runs nothing, and is built for everyone."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest
from msgspec.structs import replace
from reading import in_language, tree, words
from sample import CLEAN, HOSTILE, SENT, norm, run_of, sample_run

from scherp.judging.record import RunRecord, SourceRecord
from scherp.reports.judgement import report_html
from scherp.reports.page import look


def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing() -> None:
    document = tree(sample_run())
    assert not document.xpath("//script|//link|//img|//iframe|//object|//embed|//*[@src]|//*[@style]")
    assert not [name for element in document.iter() for name in element.attrib if name.lower().startswith("on")]
    assert not re.search(r"@import|url\((?!#)", look())
    assert {link.get("href")[:1] for link in document.xpath("//a")} == {"#", "h"}
    assert [link.get("href") for link in document.xpath("//a[not(starts-with(@href, '#'))]")] == [SENT.source.url] * 2


def test_a_policy_forbids_what_the_page_does_not_need() -> None:
    (policy,) = tree(sample_run()).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


@pytest.mark.parametrize("place", ["object", "event", "reason", "warning", "title", "says", "source", "type", "store"])
def test_markup_in_the_data_stays_text(place: str) -> None:
    harmless, hostile = (_run_with(place, value) for value in ("x", HOSTILE))
    shapes = [Counter(element.tag for element in tree(run).iter()) for run in (harmless, hostile)]
    assert shapes[0] == shapes[1]
    assert "alert('x')" in words(tree(hostile).find("body"))
    assert "\x00" not in report_html(hostile)


def test_ids_are_unique_and_every_link_within_the_page_arrives() -> None:
    document = tree(sample_run())
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in document.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def test_two_norms_of_one_name_have_their_own_places() -> None:
    document = tree(sample_run(norms=[norm("same", (1, 0, 0, 0, 0)), norm("same", (0, 1, 0, 0, 0))]))
    assert len(set(document.xpath("//article/@id"))) == 2


def test_each_part_has_its_language_and_both_languages_have_the_same_shape() -> None:
    document = tree(sample_run())
    assert document.get("lang") == "nl"
    for lang in ("nl", "en"):
        assert {element.get("lang") for element in document.find_class(lang)} == {lang}
    dutch, english = (
        Counter(element.tag for element in in_language(sample_run(), lang).iter()) for lang in ("nl", "en")
    )
    assert dutch == english


def test_the_language_is_chosen_without_a_script() -> None:
    first, second = tree(sample_run()).xpath("//input")
    assert (first.get("type"), first.get("id"), first.get("checked") is not None) == ("radio", "in-nl", True)
    assert (second.get("type"), second.get("id"), second.get("checked")) == ("radio", "in-en", None)
    assert first.get("name") == second.get("name")
    assert ":root:has(#in-en:checked) .nl { display: none; }" in look()
    assert ":root:not(:has(#in-en:checked)) .en { display: none; }" in look()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_headings_go_down_one_step_at_a_time(lang: str) -> None:
    document = in_language(sample_run(), lang)
    levels = [int(element.tag[1]) for element in document.iter("h1", "h2", "h3", "h4", "h5")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_table_has_a_caption_and_every_heading_a_scope() -> None:
    document = tree(sample_run())
    assert document.xpath("//table")
    assert not document.xpath("//table[not(normalize-space(caption))]")
    assert not document.xpath("//th[not(@scope)]")


def test_a_table_that_scrolls_can_be_reached_with_the_keyboard() -> None:
    frames = tree(sample_run()).find_class("scroll")
    assert frames
    assert all((frame.get("tabindex"), frame.get("role")) == ("0", "group") for frame in frames)
    assert all(frame.get("aria-label") for frame in frames)


def test_every_figure_has_words_or_stands_beside_them() -> None:
    for drawing in tree(sample_run()).iter("svg"):
        assert (drawing.get("role") == "img" and drawing.get("aria-label")) or drawing.get("aria-hidden") == "true"


@pytest.mark.parametrize("how", ["run", "one source", "neither"])
def test_invented_data_are_called_fictitious_at_the_head_in_the_title_and_on_each_sheet(how: str) -> None:
    run = sample_run(synthetic=how == "run")
    run = sample_run(synthetic=how == "run", data=run.data if how == "one source" else CLEAN)
    document = tree(run)
    marks = [
        "fictief" in document.find("head/title").text,
        bool(document.find_class("fictitious")),
        bool(document.find_class("on-each-sheet")),
        document.find("body").get("class") == "synthetic",
    ]
    assert marks == [how != "neither"] * 4
    assert ("fictief" in words(document.find("body")).lower()) == (how != "neither")


def test_a_page_of_200_norms_can_be_sent_by_mail() -> None:
    page = report_html(run_of(200))
    assert len(page.encode("utf-8")) < 3_200_000
    assert page.count("<article") == 200


def test_a_framework_without_norms_still_gives_a_report() -> None:
    assert "Het kader heeft 0 normen." in words(in_language(sample_run(norms=[]), "nl"))


def _run_with(place: str, value: str) -> RunRecord:
    """A run of one norm in which one place holds `value`."""
    two = {"nl": value, "en": value}
    case = replace(SENT.worst[0], **{place: value}) if place in ("object", "event", "reason") else SENT.worst[0]
    judged = norm("one", (3, 1, 0, 0, 0), reasons={"late": 1}, worst=[case])
    judged.warnings = [value if place == "warning" else "a warning"]
    if place == "says":
        judged.says = two
    if place == "source":
        judged.source = SourceRecord(value, "law", "read", article=value, url=value)
    run = sample_run(norms=[judged])
    if place == "title":
        run.framework.title = two
    if place == "type":
        run.data = replace(run.data, objects={value: 1})
    if place == "store":
        run.data = replace(run.data, store=value)
    return run
