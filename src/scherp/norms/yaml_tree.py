"""A YAML document as plain values, with the line of each of them.

Rule: YAML 1.2 core schema, and only its data: `NO`, `on`, `1:30` and `2026-01-01` are text, `true` is a boolean, a
number is a whole number or an exact decimal. Refused: tags, a key that stands twice, keys that are no plain words,
merge keys, several documents, an alias of itself, more than a bounded number of values by aliases, deep nesting.
Source: YAML 1.2.2, chapter 10.3 (core schema); the bounds are ours, so that a small file cannot fill the memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as parsed
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from scherp.faults import Fault
from scherp.norms.spelling import shown

DEEPEST = 40
MOST_BY_ALIAS = 10_000

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_WHOLE = re.compile(r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,3})?")
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")


@dataclass
class Tree:
    """value: dict, list, str, int, Decimal, bool or None. lines: path (`$.norms[2].check`) -> line, from 1.

    faults: (line, fault) of what was refused; with any of them the value is only good for finding more.
    """

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)


def child_path(path: str, key: str) -> str:
    """The path of a mapping's value: `.key`, or in brackets and quotes where the key is not one plain word."""
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) and len(key) <= 60 else f"{path}[{shown(key)}]"


def parse_tree(text: str, name: str) -> Tree:
    """The one document in `text`; `name` is the file's in sentences. Never raises: see `Tree.faults`."""
    builder = _Builder(name)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if not builder.take(event):
                break
    except ReaderError as error:
        builder.refuse(_line_of(text, error.position), "holds a character that YAML does not allow", "Remove it")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.refuse((mark.line if mark else 0) + 1, *_syntax(error))
    except (YAMLError, ValueError, OverflowError, IndexError, TypeError, AttributeError, RecursionError):
        # the parser has no error of its own for some impossible escapes and directives
        builder.refuse(builder.line, "cannot be read as YAML", "Look for an escape or a directive that does not exist")
    if not builder.tree.faults and builder.tree.value is None:
        builder.refuse(1, "is empty")
    return builder.tree


def _syntax(error: MarkedYAMLError) -> tuple[str, str]:
    problem = (error.problem or "").replace("\x00", "\\0")
    if "'\\t'" in problem:
        return "has a tab where YAML wants spaces", "Indent with spaces"
    if "end of stream" in problem:
        return "ends in the middle of a quoted text or a bracket", "Close it"
    if "mapping values are not allowed" in problem:
        return "has a colon where no key can stand", "Put a text with ': ' in it in quotes, and check the indentation"
    return f"is not YAML: {problem.strip().rstrip('.') or 'it cannot be read'}", ""


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def scalar(text: str) -> Any:
    """The value of a plain scalar (one without quotes) in the YAML 1.2 core schema; decimals stay exact."""
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text[0] in "tT"
    if _WHOLE.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


@dataclass
class _Open:
    """A mapping or list being read. key: the key whose value comes next. size: values in it, aliases unrolled."""

    value: Any
    path: str
    anchor: str | None
    key: str | None = None
    dropped: bool = False
    size: int = 1


class _Builder:
    """Takes the parser's events one by one; no recursion, so that depth is a fault and never a crash."""

    def __init__(self, name: str) -> None:
        self.tree = Tree()
        self.line = 1
        self._name = name
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._documents = 0
        self._by_alias = 0

    def refuse(self, line: int, what: str, remedy: str = "") -> None:
        self.tree.faults.append((line, Fault(f"{self._name}: line {line}", what, remedy)))

    def take(self, event: Any) -> bool:
        """Take one event; False: the rest is not worth reading."""
        self.line = event.start_mark.line + 1
        if isinstance(event, parsed.DocumentStartEvent):
            return self._document()
        if isinstance(event, parsed.AliasEvent):
            return self._alias(event.anchor)
        if isinstance(event, parsed.NodeEvent):
            if getattr(event, "tag", None) is not None:
                self.refuse(self.line, "has a tag (a word after '!')", "Leave the tag out; for text, use quotes")
            if isinstance(event, parsed.ScalarEvent):
                return self._scalar(event)
            return self._start(event)
        if isinstance(event, parsed.CollectionEndEvent):
            closed = self._open.pop()
            if closed.anchor:
                self._anchors[closed.anchor] = (closed.value, closed.size)
            self._put(closed.value, closed.size)
        return True

    def _document(self) -> bool:
        self._documents += 1
        if self._documents > 1:
            self.refuse(self.line, "starts a second document", "Write one document in a file, without '---' inside it")
        return self._documents == 1

    def _alias(self, anchor: str) -> bool:
        known = self._anchors.get(anchor)
        if known is None:
            self.refuse(self.line, f"the alias '*{anchor}' stands for nothing that is complete before it")
            return False
        value, size = known
        self._by_alias += size
        if self._by_alias > MOST_BY_ALIAS:
            self.refuse(self.line, f"repeats more than {MOST_BY_ALIAS} values by aliases", "Write them out, or fewer")
            return False
        self._put(value, size)
        return True

    def _scalar(self, event: Any) -> bool:
        top = self._open[-1] if self._open else None
        text: str = event.value
        if "\x00" in text or not _encodes(text):
            self.refuse(self.line, "has an escape for a character that is no text", "Remove it")
            text = "?"
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, text, quoted=event.style is not None)
            return True
        value = scalar(text) if event.style is None and event.tag is None else text
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._mark()
        self._put(value, 1)
        return True

    def _key(self, top: _Open, key: str, quoted: bool) -> None:
        top.key, top.dropped = key, key in top.value
        if top.dropped:
            self.refuse(self.line, f"the key {shown(key)} stands twice in {top.path}", "Keep one of the two")
        elif key == "<<" and not quoted:
            top.dropped = True
            self.refuse(self.line, "the merge key '<<' is not part of YAML 1.2", "Write the keys out")
        else:
            self.tree.lines.setdefault(child_path(top.path, key), self.line)

    def _start(self, event: Any) -> bool:
        if len(self._open) >= DEEPEST:
            self.refuse(self.line, f"is nested deeper than {DEEPEST} levels", "Write it flatter")
            return False
        if event.anchor:
            self._anchors[event.anchor] = None
        path = self._mark()
        empty: Any = {} if isinstance(event, parsed.MappingStartEvent) else []
        self._open.append(_Open(empty, path, event.anchor))
        return True

    def _mark(self) -> str:
        """The path of the value that starts here, its line noted."""
        if not self._open:
            path = "$"
        else:
            top = self._open[-1]
            if isinstance(top.value, list):
                path = f"{top.path}[{len(top.value)}]"
            else:
                path = top.path if top.key is None else child_path(top.path, top.key)
        self.tree.lines.setdefault(path, self.line)
        return path

    def _put(self, value: Any, size: int) -> None:
        if not self._open:
            self.tree.value = value
            return
        top = self._open[-1]
        top.size += size
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            self.refuse(self.line, f"a key of {top.path} is not a plain word", "Write a word before the colon")
            top.key, top.dropped = "?", True
        else:
            if not top.dropped:
                top.value[top.key] = value
            top.key = None


def _encodes(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
