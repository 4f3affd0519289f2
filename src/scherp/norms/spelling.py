"""The word that was meant.

Rule: where a word is not known, the sentence names the known word it looks most like; where none is near, it lists the
known words, so that the author need not look them up elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LISTED = 20
_SHOWN = 60


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word most like `word`, whatever its capitals, or None. likeness: 0 (anything) to 1 (equal)."""
    by_fold = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold()[:_SHOWN], by_fold, n=1, cutoff=likeness)
    return by_fold[found[0]] if found else None


def advice(word: str, known: Iterable[str]) -> str:
    """What to write instead of `word`: one sentence, empty where nothing is known."""
    names = list(known)
    meant = nearest(word, names)
    if meant is not None:
        return f"Did you mean '{meant}'?"
    if not names:
        return ""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"Known are: {', '.join(names[:_LISTED])}{more}."


def shown(value: object) -> str:
    """A value as a sentence may show it: in quotes, at most 60 characters, on one line."""
    text = value if isinstance(value, str) else str(value)
    text = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return f"'{text if len(text) <= _SHOWN else text[: _SHOWN - 3] + '...'}'"
