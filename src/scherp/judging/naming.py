"""Naming: which event a row of the simple path is about.

Rule: the simple path judges an object from the pivot, where a trigger is known by its selector alone; only for the rows
that are kept, the base is read once more to find the event. Selectors over different types never meet in one event, so
that one reading serves them together. Source: the plan of the house, section 5.
"""

from __future__ import annotations

from scherp.judging.plan import Pass


def names(shared: Pass, selectors: list[int], several: set[int], offset: int) -> list[str]:
    """SQL that gives object_id, event_id, selector + offset for each of `selectors`.

    several: the selectors of which an object may have more than one event; the first of them is meant.
    """
    layers: list[list[int]] = []
    for number in selectors:
        types = shared.selectors.types[number]
        free = (m for m in layers if not any(types & shared.selectors.types[o] for o in m))
        layer = next(free, None) if number not in several else None
        if layer is not None:
            layer.append(number)
        elif number not in several:
            layers.append([number])
    base = shared.relation("base")
    found = []
    for layer in layers:
        picked = " ".join(f"WHEN s{number} THEN {number + offset}" for number in layer)
        any_selected = " OR ".join(f"s{number}" for number in layer)
        found.append(f"SELECT object_id, event_id, CASE {picked} END AS named FROM {base} WHERE {any_selected}")
    for number in sorted(several):
        first = "arg_min(event_id, (coalesce(time, TIMESTAMP '9999-12-31'), event_id))"
        found.append(
            f"SELECT object_id, {first} AS event_id, {number + offset} AS named FROM {base} WHERE s{number} "
            f"AND object_id IN (SELECT object_id FROM outcomes WHERE named = {number + offset}) GROUP BY object_id"
        )
    return found
