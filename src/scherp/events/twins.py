"""Twins: one object under two spellings of its identifier.

Rule: the URN and the Digital Link form of an identifier are the same object. Identifiers stay as the source wrote them;
only where a store meets both forms of one object, the later form gives way to the one that the store holds, and within
one intake the link gives way to the URN. Source: the plan of the house, section 3; GS1 Digital Link (a link names the
same key as the EPC URN, but not how long its company prefix is, so that the URN cannot be computed from it).
"""

from __future__ import annotations

from scherp.events.database import Database, rows
from scherp.events.epcis.identifiers import canonical_link, urn_forms
from scherp.events.manifest import Manifest


def find_twins(database: Database, manifest: Manifest) -> bool:
    """Make the temporary table `twins` (written, held) for the identifiers in `fresh` and `facts`; False where none is.

    The manifest remembers the links that the store holds: there are few, and only they can have a twin.
    """
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE arriving AS SELECT DISTINCT unnest(takes)[1] AS id FROM fresh "
        "UNION SELECT DISTINCT id FROM facts WHERE id IS NOT NULL UNION SELECT DISTINCT to_id FROM facts WHERE to_id IS NOT NULL",
    )
    links = [row[0] for row in rows(database, "SELECT id FROM arriving WHERE id LIKE 'http%' ORDER BY id")]
    links = [link for link in links if canonical_link(link)]
    if not links and not manifest.links:
        return False
    keys = {link: canonical_link(link) or link for link in [*manifest.links, *links]}
    forms = {(form, key) for link, key in keys.items() for form in (link, *urn_forms(link))}
    rows(database, "CREATE OR REPLACE TEMP TABLE forms(form VARCHAR, key VARCHAR)")
    database.executemany("INSERT INTO forms VALUES (?, ?)", sorted(forms)).fetchall()
    present = {form for (form,) in rows(database, "SELECT DISTINCT form FROM forms JOIN arriving ON id = form")}
    held = _held(database, keys, present, set(manifest.links))
    twins = sorted((form, held[key]) for form, key in forms if form in present and held[key] != form)
    manifest.links = sorted({*manifest.links, *(link for link in links if held[keys[link]] == link)})
    rows(database, "CREATE OR REPLACE TEMP TABLE twins(written VARCHAR, held VARCHAR)")
    if twins:
        database.executemany("INSERT INTO twins VALUES (?, ?)", twins).fetchall()
    return bool(twins)


def _held(database: Database, keys: dict[str, str], present: set[str], stored_links: set[str]) -> dict[str, str]:
    """For each key the spelling that stays: the store's link, else a URN that is there, else the first link."""
    stored_urns = {form for (form,) in rows(database, "SELECT DISTINCT form FROM forms JOIN known_objects ON object_id = form")}
    held: dict[str, str] = {}
    for link, key in sorted(keys.items(), key=lambda pair: (pair[0] not in stored_links, pair[0])):
        urns = [form for form in urn_forms(link) if form in stored_urns or form in present]
        known = [urn for urn in urns if urn in stored_urns]
        choice = known[0] if known else link if link in stored_links else urns[0] if urns else link
        held.setdefault(key, choice)
    return held


