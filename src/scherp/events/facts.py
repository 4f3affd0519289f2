"""Facts about objects on their way into a store: which objects are new, what of them changed, how they are related.

Rule: an object keeps the values with which it arrived; a value that differs later is a change with its moment, never an
overwritten cell. Source: OCEL 2.0 (dated object attributes); the plan of the house, section 3.
"""

from __future__ import annotations

from scherp.events.attributes import Attribute, common_type, register
from scherp.events.database import name, rows, text, value
from scherp.events.manifest import ObjectType
from scherp.events.parts import CHANGE_COLUMNS, OBJECT_COLUMNS, RELATION_COLUMNS, Target, write_part


def write_facts(target: Target, refused: str, twinned: bool) -> None:
    """Write objects, changes and relations of the accepted documents. refused: SQL list of the others' numbers.
    twinned: whether some identifiers give way to their other form, as the table `twins` says.

    The temporary tables or views `facts` (of all documents) and `takings` (of accepted ones) are read.
    """
    database = target.database
    outside = f" WHERE doc NOT IN ({refused})" if refused else ""
    accepted = f"SELECT * FROM facts{outside}"
    if twinned:
        accepted = (
            f"SELECT f.* REPLACE (coalesce(a.held, f.id) AS id, coalesce(b.held, f.to_id) AS to_id) FROM ({accepted}) f "
            "LEFT JOIN twins a ON a.written = f.id LEFT JOIN twins b ON b.written = f.to_id"
        )
    rows(database, f"CREATE OR REPLACE TEMP VIEW accepted AS {accepted}")
    if value(database, "SELECT count(*) FROM accepted WHERE to_id IS NOT NULL"):
        known = target.held("relations", RELATION_COLUMNS)
        select = (
            "SELECT DISTINCT id AS from_id, to_id, role FROM accepted WHERE to_id IS NOT NULL "
            f"EXCEPT SELECT * FROM {known}"
        )
        write_part(target, "relations", select, RELATION_COLUMNS)
    types = {row[0] for row in rows(database, "SELECT DISTINCT type FROM accepted WHERE to_id IS NULL")}
    types |= {row[0] for row in rows(database, "SELECT DISTINCT object_type FROM takings")}
    for object_type in sorted(types):
        _write_type(target, target.object_type(object_type))


def _write_type(target: Target, kind: ObjectType) -> None:
    """The objects of one type that are new, each with its first values, and the changes of all."""
    database = target.database
    mine = f"type = {text(kind.name)} AND to_id IS NULL"
    found = rows(
        database,
        f"SELECT attribute, list(DISTINCT kind) FROM accepted WHERE {mine} AND attribute IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    types = {attribute: common_type(kinds) for attribute, kinds in found}
    kind.attributes, widened = register(kind.attributes, types, OBJECT_COLUMNS)
    target.manifest.conflicts += [f"{kind.name}: {sentence}" for sentence in widened]
    by_name = {attribute.name: attribute for attribute in kind.attributes}
    held = target.held("objects", {"object_id": "VARCHAR"}, kind.name)
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE arrivals AS SELECT DISTINCT object_id FROM (
        SELECT object_id FROM takings WHERE object_type = {text(kind.name)}
        UNION ALL SELECT id FROM accepted WHERE {mine}) WHERE object_id NOT IN (SELECT object_id FROM {held})""",
    )
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE firsts AS SELECT id, attribute, arg_min(value, (doc, n)) AS value
        FROM accepted WHERE {mine} AND attribute IS NOT NULL AND time IS NULL GROUP BY id, attribute""",
    )
    if found:
        _write_changes(target, kind, by_name)
    picked = "".join(
        f", CAST(max(value) FILTER (attribute = {text(a)}) AS {types[a]}) AS {name(by_name[a].column)}" for a in types
    )
    select = (
        f"SELECT object_id, {text(kind.name)} AS type{picked} FROM arrivals LEFT JOIN firsts ON id = object_id "
        "GROUP BY object_id ORDER BY object_id"
    )
    columns = dict(OBJECT_COLUMNS) | {by_name[a].column: t for a, t in types.items()}
    write_part(target, "objects", select, columns, kind)


def _write_changes(target: Target, kind: ObjectType, by_name: dict[str, Attribute]) -> None:
    """Values that differ from the one an object arrived with, each with its moment (null: the source gives none)."""
    columns = {a.column: "VARCHAR" for a in by_name.values()}
    held = target.held("objects", {"object_id": "VARCHAR", **columns}, kind.name)
    unpivoted = " UNION ALL ".join(
        f"SELECT object_id AS id, {text(a.name)} AS attribute, {name(a.column)} AS value FROM {held}"
        for a in by_name.values()
    )
    known = target.held("changes", CHANGE_COLUMNS)
    same = "coalesce(try_cast(f.value AS DECIMAL(38,18)) = try_cast(h.value AS DECIMAL(38,18)), false) OR f.value = h.value"
    select = (
        f"SELECT DISTINCT f.id AS object_id, {text(kind.name)} AS object_type, f.attribute, f.value, "
        f"CASE WHEN f.time IS NULL AND h.id IS NOT NULL THEN f.since ELSE f.time END AS time "
        f"FROM accepted f LEFT JOIN ({unpivoted}) h ON h.id = f.id AND h.attribute = f.attribute "
        f"LEFT JOIN firsts i ON i.id = f.id AND i.attribute = f.attribute AND h.id IS NULL "
        f"WHERE f.type = {text(kind.name)} AND f.to_id IS NULL AND f.attribute IS NOT NULL "
        f"AND (f.time IS NOT NULL OR NOT coalesce(CASE WHEN h.id IS NULL THEN f.value = i.value ELSE {same} END, false)) "
        f"EXCEPT SELECT * FROM {known}"
    )
    write_part(target, "changes", select, CHANGE_COLUMNS)
