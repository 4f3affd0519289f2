"""What may follow on what in the custody of an item.

Rule: created, received and restored items are held at a place; dispatched ones are under way, refused ones are turned
back; sold, destroyed and lost ones have ended. What each act needs stands in `offence`, and nowhere else. Source: the
plan of the house, section 4 (custody).
"""

from __future__ import annotations

ACTS = ("creates", "undoes", "arrives", "refuses", "leaves", "ends", "lost", "seen")
"""The acts, in the order in which an event that several selectors pick is one of them."""
_RANK = ("creates", "leaves", "refuses", "arrives", "seen", "ends", "lost", "undoes")


def rank_of(act: str) -> str:
    """SQL: where an act stands among those of one instant in the first reading: the way of an item through a chain."""
    whens = " ".join(f"WHEN '{word}' THEN {number}" for number, word in enumerate(_RANK))
    return f"CASE {act} {whens} END"


def offence(state: str, held_at: str) -> str:
    """SQL: the reason why `act` at `place` cannot follow on `state` (an act, null at first); null where it can."""
    held = f"{state} IN ('creates', 'arrives', 'undoes')"
    ended = f"{state} IN ('ends', 'lost')"
    return (
        f"CASE WHEN act = 'creates' AND {state} IS NOT NULL THEN 'created-twice' "
        f"WHEN act = 'creates' THEN NULL "
        f"WHEN {state} IS NULL THEN 'not-created' "
        f"WHEN act = 'undoes' THEN CASE WHEN {ended} THEN NULL ELSE 'not-ended' END "
        f"WHEN {ended} THEN 'after-end' "
        f"WHEN act = 'arrives' AND {held} THEN 'not-sent' "
        f"WHEN act = 'refuses' AND {state} <> 'leaves' THEN 'not-sent' "
        f"WHEN act = 'leaves' AND {state} = 'leaves' THEN 'not-held' "
        f"WHEN act IN ('ends', 'seen') AND NOT {held} THEN 'not-held' "
        f"WHEN act IN ('leaves', 'ends', 'seen') AND {held} AND place <> {held_at} THEN 'other-place' END"
    )
