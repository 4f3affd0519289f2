"""Reading the pages of the documentation: which blocks they have, and whether what a command prints is what they show.

Rule: a page is run from top to bottom in an empty folder of its own.

- A block `console` is a session. A line `$ command` is run by bash; lines `> more` right after it continue it; the
  lines up to the next command are its output, standard output and standard error together. The command must end with
  exit code 0, or with N where the block says `console exit=N`.
- A line of output that is only `…` or `...` stands for any number of lines, an `…` within a line for any characters.
- `console no-run: REASON` is shown and not run.
- A block whose heading says `file=NAME` is written to the page's folder under that name.
- `yaml framework` is a whole framework and must be a valid one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ANY_LINES = ("…", "...")


@dataclass(frozen=True)
class Block:
    """A fenced block. info: the words after the fence. text: its lines. line: where it begins in the page, from 1."""

    info: str
    text: str
    line: int

    @property
    def language(self) -> str:
        return self.info.split(" ", 1)[0] if self.info else ""

    @property
    def words(self) -> list[str]:
        return self.info.split()[1:]

    @property
    def file(self) -> str | None:
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)

    @property
    def exit_code(self) -> int:
        return next((int(word.removeprefix("exit=")) for word in self.words if word.startswith("exit=")), 0)

    @property
    def reason_not_to_run(self) -> str | None:
        """Why a session is not run: None if it is run, empty if the page forgot to say why."""
        _, marked, reason = self.info.partition("no-run")
        return reason.lstrip(":").strip() if marked else None


@dataclass(frozen=True)
class Step:
    """One command of a session with the lines that the page shows as its output."""

    command: str
    output: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in its order, also those within a list or a quotation."""
    tokens = MarkdownIt().parse(page)
    return [Block(t.info.strip(), t.content, (t.map or [0])[0] + 1) for t in tokens if t.type == "fence"]


def links(page: str) -> list[str]:
    """The targets of all links and images of a page, in its order."""
    found: list[str] = []
    for token in MarkdownIt().parse(page):
        for child in token.children or []:
            target = child.attrGet("href") if child.type == "link_open" else child.attrGet("src")
            if child.type in {"link_open", "image"} and target:
                found.append(str(target))
    return found


def anchors(page: str) -> set[str]:
    """The names by which a page's headings can be linked to: lower case, hyphens for spaces, no other signs."""
    tokens = MarkdownIt().parse(page)
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def steps(session: str) -> list[Step]:
    """The commands of a session. ValueError if it shows output before its first command."""
    commands: list[list[str]] = []
    outputs: list[list[str]] = []
    for line in session.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:]])
            outputs.append([])
        elif not commands:
            raise ValueError(f"a session begins with '$ ', not with {line!r}")
        elif not outputs[-1] and (line == ">" or line.startswith("> ")):
            commands[-1].append(line[2:])
        else:
            outputs[-1].append(line)
    return [Step("\n".join(one), tuple(shown)) for one, shown in zip(commands, outputs, strict=True)]


def shows(shown: tuple[str, ...], printed: str) -> bool:
    """Whether the lines on the page stand for the text that was printed. Blanks at the ends do not count."""
    parts = [
        r"(?:.*\n)*" if line.strip() in ANY_LINES else ".*".join(map(re.escape, line.rstrip().split("…"))) + r"\n"
        for line in _without_blank_ends(list(shown))
    ]
    said = _without_blank_ends([line.rstrip() for line in printed.splitlines()])
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in said)) is not None


def pages(tree: Path) -> list[Path]:
    """Every page of the documentation, in a fixed order."""
    rooted = [tree / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "THIRD_PARTY.md")]
    return [page for page in [*rooted, *sorted((tree / "docs").rglob("*.md"))] if page.exists()]


def _without_blank_ends(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return lines
