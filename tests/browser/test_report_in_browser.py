"""The report in a real browser: no accessibility faults, no script, a language key, a phone, and paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sample import run_of, sample_run

from scherp.reports.judgement import report_html

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A4 in points, and what a browser's rounding to pixels may add or take.
A4, ROUNDING = (595.28, 841.89), 1.0


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_html(sample_run()), encoding="utf-8")
    return path


@pytest.fixture
def page(chromium: Browser, report: Path) -> Iterator[Page]:
    context = chromium.new_context(viewport=WIDE)
    opened = context.new_page()
    opened.goto(report.as_uri())
    yield opened
    context.close()


def _choose(page: Page, lang: str) -> None:
    page.locator(f"#in-{lang}").check()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_axe_finds_nothing_to_object_to(page: Page, lang: str, viewport: dict[str, int]) -> None:
    page.set_viewport_size(viewport)
    _choose(page, lang)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert len(found.response["passes"]) > 15
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []


def test_the_page_is_silent_it_asks_for_nothing_and_breaks_no_policy(chromium: Browser, report: Path) -> None:
    context = chromium.new_context()
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    assert asked == [report.as_uri()]
    assert said == []
    context.close()


def test_the_language_is_switched_with_the_keyboard_and_without_a_script(chromium: Browser, report: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    dutch, english = (page.get_by_role("heading", name=name, level=2) for name in ("Samenvatting", "Summary"))
    assert (dutch.count(), english.count()) == (1, 0)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert (dutch.count(), english.count()) == (0, 1)
    page.keyboard.press("ArrowLeft")
    assert (dutch.count(), english.count()) == (1, 0)
    context.close()


def test_the_language_that_is_not_chosen_is_not_displayed_at_all(page: Page) -> None:
    for chosen, other in (("nl", "en"), ("en", "nl")):
        _choose(page, chosen)
        shown = "all => all.filter(one => one.getClientRects().length).length"
        assert page.locator(f".{other}").evaluate_all(shown) == 0
        assert page.locator(f".{chosen}").evaluate_all(shown) > 20
        display = "all => [...new Set(all.map(one => getComputedStyle(one).display))]"
        assert page.locator(f".{other}").evaluate_all(display) == ["none"]


def test_the_first_key_leads_past_the_head_to_the_summary(page: Page) -> None:
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.innerText.trim()")
    assert focused == "Naar de samenvatting"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#summary")


def test_whoever_has_the_focus_can_be_seen(page: Page) -> None:
    for _ in range(6):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const at = document.activeElement
                const ringed = at.matches('.choice input') ? at.nextElementSibling : at
                const look = getComputedStyle(ringed)
                return [at.tagName, look.outlineStyle, parseFloat(look.outlineWidth)]
            }"""
        )
        assert seen[1] == "solid", seen
        assert seen[2] >= 2, seen


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_on_a_phone_only_tables_scroll_and_long_identifiers_break(page: Page, lang: str) -> None:
    page.set_viewport_size(PHONE)
    _choose(page, lang)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    outside = page.evaluate(
        """width => [...document.querySelectorAll('main *')]
            .filter(one => !one.closest('.scroll') && !one.closest('caption') && !one.closest('svg'))
            .filter(one => one.getBoundingClientRect().right > width + 1)
            .map(one => one.outerHTML.slice(0, 90))""",
        PHONE["width"],
    )
    assert outside == []
    frames = page.locator(".scroll").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).every(one => one.tabIndex === 0)"
    )
    assert frames is True


def test_the_sentence_of_a_norm_leads_to_its_section(page: Page) -> None:
    page.get_by_role("link", name="Ten minste 90% van de bezwaren").click()
    assert page.locator("article:target h4:visible").inner_text() == (
        "Ten minste 90% van de bezwaren wordt binnen 12 weken beantwoord."
    )


def test_each_verdict_is_painted_in_its_own_way(page: Page) -> None:
    fills = page.locator("#summary .meanings .swatch > rect").evaluate_all(
        "all => all.filter(one => one.getClientRects().length).map(one => getComputedStyle(one).fill)"
    )
    assert len(fills) == len(set(fills)) == 5
    assert sum("url(" in fill for fill in fills) == 4


@pytest.mark.parametrize(
    ("lang", "headline", "not_said"),
    [
        ("nl", "Verkeersboetes", ["Road traffic fines", "FICTITIOUS"]),
        ("en", "Road traffic fines", ["Samenvatting", "FICTIEF"]),
    ],
)
def test_the_chosen_language_is_printed_on_a4_and_invented_data_are_marked_on_every_sheet(
    page: Page, tmp_path: Path, lang: str, headline: str, not_said: list[str]
) -> None:
    _choose(page, lang)
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True, print_background=True)
    with pypdfium2.PdfDocument(tmp_path / "report.pdf") as document:
        sheets = [sheet.get_textpage().get_text_range() for sheet in document]
        sizes = [sheet.get_size() for sheet in document]
    assert headline in sheets[0]
    assert len(sheets) > 3
    assert [size for size in sizes if max(abs(a - b) for a, b in zip(size, A4, strict=True)) > ROUNDING] == []
    whole = "\n".join(sheets)
    assert [text for text in (*not_said, "SELECT") if text in whole] == []
    mark = {"nl": "FICTIEF", "en": "FICTITIOUS"}[lang]
    assert [at for at, text in enumerate(sheets, 1) if mark not in text] == []


def test_a_summary_of_40_norms_keeps_its_letters_and_bars_apart(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "forty.html").write_text(report_html(run_of(40)), encoding="utf-8")
    context = chromium.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto((tmp_path / "forty.html").as_uri())
    boxes = page.locator("table.norms:visible tbody tr:not(.theme)").evaluate_all(
        """all => all.map(row => {
            const link = row.querySelector('a').getBoundingClientRect()
            const bar = row.querySelector('.bar').getBoundingClientRect()
            return [link.bottom, bar.top, bar.height, parseFloat(getComputedStyle(row).fontSize)]
        })"""
    )
    assert len(boxes) == 40
    assert all(words_end <= bar_starts for words_end, bar_starts, _, _ in boxes)
    assert all(height >= 8 and letters >= 14 for _, _, height, letters in boxes)
    context.close()
