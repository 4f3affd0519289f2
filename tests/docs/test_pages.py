"""What the pages of the documentation say holds: their links lead somewhere and their frameworks are valid.

These checks are quick and part of `make check`; running the sessions of the pages is in `test_sessions`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from transcripts import Block, anchors, blocks, links, pages

from scherp.norms.read import parse_framework

TREE = Path(__file__).resolve().parents[2]
PAGES = pages(TREE)
NAMES = [str(page.relative_to(TREE)) for page in PAGES]
FRAMEWORKS = [
    pytest.param(block, id=f"{name}:{block.line}")
    for name, page in zip(NAMES, PAGES, strict=True)
    for block in blocks(page.read_text(encoding="utf-8"))
    if block.language == "yaml" and "framework" in block.words
]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_relative_link_resolves(page: Path) -> None:
    broken = []
    for target in links(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z][a-z0-9+.-]*:", target):  # an address, not a place in this tree
            continue
        there = (page.parent / path) if path else page
        inside = there.resolve().is_relative_to(TREE)
        if not (inside and there.exists()):
            broken.append(f"{target}: there is no such file in the repository")
        elif anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8")):
            broken.append(f"{target}: the page has no such heading")
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_session_that_is_not_run_says_why(page: Path) -> None:
    silent = [block.line for block in blocks(page.read_text(encoding="utf-8")) if block.reason_not_to_run == ""]
    assert silent == [], "write the reason after it: ```console no-run: REASON"


def test_every_page_of_docs_is_reached_from_the_index() -> None:
    docs = TREE / "docs"
    reached: set[Path] = set()
    waiting = [docs / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists() or not page.is_relative_to(docs):
            continue
        reached.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve() for target in links(page.read_text(encoding="utf-8"))
        ]
    assert set(docs.rglob("*.md")) - reached == set()


@pytest.mark.parametrize("block", FRAMEWORKS)
def test_every_framework_on_a_page_is_valid(block: Block) -> None:
    assert parse_framework(block.text, f"line {block.line} of the page").norms


def test_every_command_is_documented() -> None:
    program = Path(sys.executable).with_name("scherp")
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
    commands = commands_in(shown)
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert commands
    assert [name for name in commands if not re.search(rf"scherp {re.escape(name)}\b", told)] == []


def test_commands_are_read_from_the_help_text() -> None:
    boxed = "╭─ Options ─╮\n│ --help  Show. │\n╰───╯\n╭─ Commands ─╮\n│ judge   Judge. │\n│ norms   Norms. │\n╰───╯\n"
    plain = "Options:\n  --help  Show this.\n\nCommands:\n  judge  Judge.\n         More of it.\n  norms  Norms.\n"
    assert commands_in(boxed) == commands_in(plain) == ["judge", "norms"]


def commands_in(help_text: str) -> list[str]:
    """The names under the heading Commands of a help text, with or without a drawn box."""
    _, _, listed = help_text.partition("Commands")
    return re.findall(r"^(?:│ |  )([a-z][a-z-]*)  +\S", listed, re.MULTILINE)
