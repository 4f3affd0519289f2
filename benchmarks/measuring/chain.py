"""A synthetic chain as large as asked, straight to the parts of a store: plants, lots, packings, packages, sales.

Rule: made from hashes of numbers, so the same on every run. Identifiers are texts, and the serials of packages are
shuffled, so that the packages of one packing lie all over the order of identifiers. A lot has 200 plants, a packing
takes one to three lots and gives 400 packages, a shipment holds 500, a basket two. Every package is packed, dispatched,
received and sold. The parts are as twelve intakes would leave them, each with a twelfth of the packings.
"""

from __future__ import annotations

from pathlib import Path

from scherp.events.database import Database, connect, rows, text
from scherp.events.manifest import Kind, Manifest, commit
from scherp.events.parts import OBJECT_COLUMNS, TAKES_PART_COLUMNS, Target, write_part

KINDS = [
    Kind("scherp:harvesting", None, "scherp:harvesting"),
    Kind("packing", None, "packing"),
    Kind("shipping", "OBSERVE", "shipping", "in_transit"),
    Kind("receiving", "OBSERVE", "receiving"),
    Kind("retail_selling", "DELETE", "retail_selling", "retail_sold"),
]
INTAKES = 12
PLANTS_OF_LOT, PACKAGES_OF_LOT, PACKAGES_OF_PACKING = 200, 4_000, 400
PLANT = "'urn:epc:id:giai:8712345.P' || lpad(({0})::VARCHAR, 9, '0')"
LOT = "'urn:epc:class:lgtin:8712345.012345.L' || lpad(({0})::VARCHAR, 7, '0')"
# an odd factor and a power of two: every number once, in a shuffled order
SERIAL = "lpad((({0})::UBIGINT * 2654435761 % 68719476736)::VARCHAR, 11, '0')"
PACKAGE = "'urn:epc:id:sgtin:8712345.054321.' || " + SERIAL
EVENT = "'urn:uuid:' || md5('{1}' || ({0}))"
DAY = "TIMESTAMP '2025-01-01' + INTERVAL ({0}) SECOND"


def write_chain(store: Path, packages: int) -> None:
    """Write the store. packages: rounded up to whole lots."""
    lots = -(-packages // PACKAGES_OF_LOT)
    packings = lots * PACKAGES_OF_LOT // PACKAGES_OF_PACKING
    store.mkdir(parents=True, exist_ok=True)
    database = connect(spill=store / "spill")
    manifest = Manifest(number=1, kinds=KINDS)
    target = Target(database, store, manifest)
    plants = f"SELECT n // {PLANTS_OF_LOT} AS lot, {PLANT.format('n')} AS id FROM range({lots * PLANTS_OF_LOT}) t(n)"
    harvest = f"{EVENT.format('lot', 'harvest')} AS event_id, 0 AS kind, {DAY.format('lot * 20')} AS time"
    _takings(target, "giai", f"SELECT id, 'input' AS role, NULL AS quantity, {harvest} FROM ({plants})")
    lot_id = LOT.format("lot")
    made = f"SELECT {lot_id} AS id, 'output' AS role, 20000 AS quantity, {harvest} FROM range({lots}) t(lot)"
    packing = (
        f"{EVENT.format('packing', 'packing')} AS event_id, 1 AS kind, {DAY.format('600000 + packing * 2')} AS time"
    )
    used = f"SELECT {lot_id} AS id, 'input' AS role, 700 AS quantity, {packing} FROM ({used_lots(lots, packings)})"
    _takings(target, "lgtin", f"{made} UNION ALL {used}")
    for number in range(INTAKES):
        first, last = packings * number // INTAKES, packings * (number + 1) // INTAKES
        _takings(target, "sgtin", _acts(first, last))
    for kind, listed in (
        ("giai", plants),
        ("lgtin", f"SELECT {lot_id} AS id FROM range({lots}) t(lot)"),
        ("sgtin", None),
    ):
        ids = listed or f"SELECT {PACKAGE.format('n')} AS id FROM range({packings * PACKAGES_OF_PACKING}) t(n)"
        select = f"SELECT id AS object_id, {text(kind)} AS type FROM ({ids}) ORDER BY id"
        write_part(target, "objects", select, OBJECT_COLUMNS, target.object_type(kind))
    commit(store, manifest)
    database.close()


def used_lots(lots: int, packings: int) -> str:
    """SQL: (packing, lot): which lots went into which packing; one to three, never one twice."""
    own = f"packing * {PACKAGES_OF_PACKING} // {PACKAGES_OF_LOT}"
    return (
        f"SELECT DISTINCT packing, CASE WHEN nth = 0 THEN {own} ELSE hash(packing, nth) % {lots} END AS lot "
        f"FROM range({packings}) p(packing), range(3) l(nth) WHERE nth <= hash(packing) % 3"
    )


def edges(lots: int, packings: int) -> str:
    """SQL: (parent, child) of the same chain as one table of edges, a packing being a thing of its own."""
    lot_id, packing = LOT.format("lot"), EVENT.format("packing", "packing")
    return (
        f"SELECT {PLANT.format('n')} AS parent, {LOT.format(f'n // {PLANTS_OF_LOT}')} AS child "
        f"FROM range({lots * PLANTS_OF_LOT}) t(n) UNION ALL "
        f"SELECT {lot_id}, {packing} FROM ({used_lots(lots, packings)}) UNION ALL "
        f"SELECT {EVENT.format(f'n // {PACKAGES_OF_PACKING}', 'packing')}, {PACKAGE.format('n')} "
        f"FROM range({packings * PACKAGES_OF_PACKING}) t(n)"
    )


def _acts(first: int, last: int) -> str:
    """SQL: the four acts of each package of these packings."""
    acts = (
        ("'output'", 1, "packing", f"n // {PACKAGES_OF_PACKING}", f"600000 + n // {PACKAGES_OF_PACKING} * 2"),
        ("'epc'", 2, "shipping", "n // 500", "700000 + n // 500 * 2"),
        ("'epc'", 3, "receiving", "n // 500", "720000 + n // 500 * 2"),
        ("'epc'", 4, "selling", "n // 2", "800000 + n // 200"),
    )
    return " UNION ALL ".join(
        f"SELECT {PACKAGE.format('n')} AS id, {role} AS role, NULL AS quantity, "
        f"{EVENT.format(number, word)} AS event_id, "
        f"{kind} AS kind, {DAY.format(second)} AS time "
        f"FROM range({first * PACKAGES_OF_PACKING}, {last * PACKAGES_OF_PACKING}) t(n)"
        for role, kind, word, number, second in acts
    )


def _takings(target: Target, object_type: str, select: str) -> None:
    """Write a part from (id, role, quantity, event_id, kind, time)."""
    types = ", ".join(f"({n}, {text(kind.type or '')})" for n, kind in enumerate(KINDS))
    whole = (
        "SELECT id AS object_id, event_id, role, quantity::DECIMAL(18,6) AS quantity, "
        "CASE WHEN quantity IS NOT NULL THEN 'GRM' END AS unit, word AS event_type, time, 60::SMALLINT AS \"offset\", "
        "false AS date_only, time AS recorded, NULL::VARCHAR AS actor, "
        "'urn:epc:id:sgln:8712345.' || lpad((hash(event_id) % 80)::VARCHAR, 5, '0') || '.0' AS place, "
        "s.kind::INTEGER AS kind "
        f"FROM ({select}) s JOIN (VALUES {types}) k(kind, word) USING (kind) ORDER BY object_id, time"
    )
    write_part(target, "takes_part", whole, TAKES_PART_COLUMNS, target.object_type(object_type))


def load_edges(database: Database, lots: int, packings: int) -> None:
    """The table `edges` of the peer, in shuffled order."""
    rows(database, f"CREATE TABLE edges AS SELECT * FROM ({edges(lots, packings)}) ORDER BY hash(parent, child)")
