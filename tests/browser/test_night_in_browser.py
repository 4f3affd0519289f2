"""The night report in a real browser: no accessibility faults, wide and on a phone, and nothing wider than the page."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

sys.path.append(str(Path(__file__).parents[1] / "runs"))
from night_samples import night, whole_inbox

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("night")
    inbox = whole_inbox(folder)
    (inbox / "bad.jsonl").write_text('{"type": "ObjectEvent", "eventTime": "yesterday"}\n', "utf-8")
    return night(folder).done.folder / "report.html"


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_axe_finds_nothing_to_object_to(chromium: Browser, report: Path, lang: str, viewport: dict[str, int]) -> None:
    page = chromium.new_page(viewport=viewport)  # type: ignore[arg-type]
    page.goto(report.as_uri())
    page.locator(f"#in-{lang}").check()
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert len(found.response["passes"]) > 15
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert width == viewport["width"]
