"""The harness that runs the documentation is itself held to its rules, or a page could be wrong unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcripts import Block, Step, anchors, blocks, links, shows, steps

SIGNS = st.characters(codec="ascii", categories=["L", "N", "P", "S"])
LINES = st.lists(st.text(SIGNS, max_size=8), max_size=6)
FULL_LINES = st.lists(st.text(SIGNS, min_size=1, max_size=8), max_size=6)


def test_a_session_is_cut_into_commands_with_their_output() -> None:
    session = "$ one\nfirst\n\nsecond\n$ two\n$ three <<'E'\n> a line\n>\n> E\n> is shown\n"
    assert steps(session) == [
        Step("one", ("first", "", "second")),
        Step("two", ()),
        Step("three <<'E'\na line\n\nE\nis shown", ()),
    ]


def test_a_quoted_line_after_output_is_output() -> None:
    assert steps("$ one\nfirst\n> second") == [Step("one", ("first", "> second"))]


def test_a_session_that_begins_with_output_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with"):
        steps("Done.\n$ one\n")


@given(LINES)
def test_a_text_shows_itself(lines: list[str]) -> None:
    assert shows(tuple(lines), "\n".join(lines))


@given(FULL_LINES, FULL_LINES, FULL_LINES)
def test_dots_on_a_line_stand_for_any_lines(before: list[str], hidden: list[str], after: list[str]) -> None:
    assert shows((*before, "…", *after), "\n".join([*before, *hidden, *after]))


@given(LINES, st.integers(0, 6))
def test_a_line_too_many_is_seen(lines: list[str], at: int) -> None:
    more = [*lines[:at], "this line is not on the page", *lines[at:]]
    if not any(line in ("...", "…") for line in lines):
        assert not shows(tuple(lines), "\n".join(more))
        assert not shows(tuple(more), "\n".join(lines))


@pytest.mark.parametrize(
    ("shown", "printed", "agrees"),
    [
        ("met 3", "met 4", False),
        ("met 3", "met 3  ", True),
        ("sealed: …", "sealed: 8d0c", True),
        ("sealed: …", "signed: 8d0c", False),
        ("a … z", "a\nz", False),
        ("a.c", "abc", False),
        ("…", "", True),
        ("", "anything", False),
    ],
)
def test_what_a_page_shows_is_compared_to_the_letter(shown: str, printed: str, agrees: bool) -> None:
    assert shows(tuple(shown.splitlines()), printed) is agrees


def test_a_block_says_what_is_done_with_it() -> None:
    page = "# Page\n\n```console exit=3\n$ false\n```\n\n- item\n\n  ```yaml framework file=norms.yaml\n  a: 1\n  ```\n"
    session, framework = blocks(page)
    assert (session.language, session.exit_code, session.reason_not_to_run, session.line) == ("console", 3, None, 3)
    assert (framework.words, framework.file, framework.text) == (
        ["framework", "file=norms.yaml"],
        "norms.yaml",
        "a: 1\n",
    )


@pytest.mark.parametrize(
    ("info", "reason"), [("console no-run: it installs packages", "it installs packages"), ("console no-run", "")]
)
def test_a_session_that_is_not_run_tells_its_reason(info: str, reason: str) -> None:
    assert Block(info, "$ true\n", 1).reason_not_to_run == reason


def test_links_and_headings_of_a_page_are_found() -> None:
    page = "# What `met` means, and *why*\n\n    [no](e.md)\n\n[one](a.md#b), ![two](c.svg), [three][t].\n\n[t]: d.md\n"
    assert links(page) == ["a.md#b", "c.svg", "d.md"]
    assert anchors(page) == {"what-met-means-and-why"}
