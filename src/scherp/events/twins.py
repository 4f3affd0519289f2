"""Twins: one object under two spellings of its identifier.

Rule: the URN and the Digital Link form of an identifier are the same object. Identifiers stay as the source wrote them;
only where a store meets both forms of one object, the later form gives way to the one that the store holds, and within
one intake the link gives way to the URN. Source: the plan of the house, section 3; GS1 Digital Link (a link names the
same key as the EPC URN, but not how long its company prefix is, so that the URN cannot be computed from it).
"""

from __future__ import annotations

from scherp.events.database import fill, rows
from scherp.events.epcis.identifiers import canonical_link, urn_forms
from scherp.events.parts import Target


def find_twins(target: Target) -> bool:
    """Make the temporary table `twins` (written, held) for the identifiers in `fresh` and `facts`; False where none is.

    The manifest remembers the links that the store holds: there are few, and only they can have a twin.
    """
    database, manifest = target.database, target.manifest
    identifiers = (
        "SELECT taking[1] AS id FROM (SELECT unnest(takes) AS taking FROM fresh) UNION ALL SELECT id FROM facts "
        "UNION ALL SELECT to_id FROM facts"
    )
    links = rows(database, f"SELECT DISTINCT id FROM ({identifiers}) WHERE id LIKE 'http%' ORDER BY id")
    found = [link for (link,) in links]
    keys = {link: key for link in [*manifest.links, *found] if (key := canonical_link(link))}
    if not keys:
        return False
    rows(database, f"CREATE OR REPLACE TEMP TABLE arriving AS SELECT DISTINCT id FROM ({identifiers})")
    forms = sorted({(form, key) for link, key in keys.items() for form in (link, *urn_forms(link))})
    rows(database, "CREATE OR REPLACE TEMP TABLE forms(form VARCHAR, key VARCHAR)")
    fill(database, "forms", forms)
    arriving = _present(target, "arriving", "id")
    held = _held(keys, arriving, _present(target, target.held("objects", {"object_id": "VARCHAR"}), "object_id"))
    twins = [(form, held[key]) for form, key in forms if form in arriving and held[key] != form]
    manifest.links = sorted({*manifest.links, *(link for link in found if held.get(keys.get(link, "")) == link)})
    rows(database, "CREATE OR REPLACE TEMP TABLE twins(written VARCHAR, held VARCHAR)")
    fill(database, "twins", twins)
    return bool(twins)


def _present(target: Target, relation: str, column: str) -> set[str]:
    """The forms that occur in a column."""
    found = rows(target.database, f"SELECT DISTINCT form FROM forms JOIN {relation} r ON r.{column} = form")
    return {form for (form,) in found}


def _held(keys: dict[str, str], arriving: set[str], stored: set[str]) -> dict[str, str]:
    """For each key the spelling that stays: what the store has, else a URN that arrives, else the first link."""
    held: dict[str, str] = {}
    for link, key in sorted(keys.items()):
        forms = [*urn_forms(link), link]
        known = [form for form in forms if form in stored]
        urns = [form for form in forms[:-1] if form in arriving]
        held[key] = next(iter([*known, *([held[key]] if key in held else []), *urns]), link)
    return held
