"""What the documentation shows is what the program prints: every session of every page is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from transcripts import Block, blocks, pages, shows, steps

TREE = Path(__file__).resolve().parents[2]


def sessions(page: Path) -> list[Block]:
    """The blocks of a page that are run or written to a file, in its order."""
    found = blocks(page.read_text(encoding="utf-8"))
    return [b for b in found if b.file or (b.language == "console" and b.reason_not_to_run is None)]


RUN = [page for page in pages(TREE) if any(block.language == "console" for block in sessions(page))]


def environment(home: Path) -> dict[str, str]:
    """A plain environment: this Python's programs first, no colours, no personal settings, one width and time zone."""
    programs = Path(sys.executable).parent
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


def run(page: str, block: Block, folder: Path, home: Path) -> None:
    """Run one session in `folder`; fails with what was shown and what was printed where they differ."""
    told = steps(block.text)
    for step in told:
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=folder,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        place = f"{page}, the session at line {block.line}: $ {step.command}"
        expected = block.exit_code if step is told[-1] else 0
        if done.returncode != expected:
            pytest.fail(f"{place}\nended with {done.returncode}, not {expected}:\n{done.stdout}", pytrace=False)
        if not shows(step.output, done.stdout):
            shown = "\n".join(step.output)
            pytest.fail(f"{place}\n--- the page shows\n{shown}\n--- it prints\n{done.stdout}", pytrace=False)


@pytest.mark.parametrize("page", RUN, ids=[str(page.relative_to(TREE)) for page in RUN])
def test_a_page_shows_what_the_program_prints(page: Path, tmp_path: Path) -> None:
    folder, home = tmp_path / "page", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    for block in sessions(page):
        if block.file:
            target = folder / block.file
            assert target.resolve().is_relative_to(folder), f"{block.file} lies outside the page's folder"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        else:
            run(page.name, block, folder, home)


def test_a_page_whose_output_differs_is_seen(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="it prints\ntwo"):
        run("page", Block("console", "$ echo two\none\n", 1), tmp_path, tmp_path)


def test_a_command_that_fails_is_seen(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="ended with 1, not 0"):
        run("page", Block("console", "$ false\n", 1), tmp_path, tmp_path)


def test_a_session_may_end_with_the_exit_code_that_it_names(tmp_path: Path) -> None:
    run("page", Block("console exit=3", "$ echo kept > file\n$ cat file; exit 3\nkept\n", 1), tmp_path, tmp_path)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept\n"
