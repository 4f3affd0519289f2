"""How quick is a trace in a large chain, and how much quicker than a recursive query over one table of edges?

Compared: package -> all its plants, and lot -> all its packages, both sides in a warm process, texts as identifiers,
serials shuffled. Scherp answers from a store's Parquet parts (all acts of every package are in them) and the copies of
these sorted by event; the peer is DuckDB's recursive query, as its documentation writes it (UNION, so that cycles end),
over one table in memory that holds edges and nothing else. Making the store, its copies (timed besides) and the
peer's table is left out. Each side answers the same starts; the answers are compared before the times.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import folder, heading, in_turn, options, side_of, verdict
from measuring.chain import (
    LOT,
    PACKAGE,
    PACKAGES_OF_LOT,
    PACKAGES_OF_PACKING,
    load_edges,
    write_chain,
)

from scherp.accountancy.chain import DERIVED, open_chain
from scherp.accountancy.genealogy import downward, upward
from scherp.accountancy.recall import recall
from scherp.events.database import connect, rows, value

STARTS = 7
PEER_UP = (
    "WITH RECURSIVE up(id) AS (SELECT ?::VARCHAR UNION SELECT parent FROM edges JOIN up ON child = id) "
    "SELECT id FROM up WHERE id LIKE 'urn:epc:id:giai:%' ORDER BY id"
)
PEER_DOWN = (
    "WITH RECURSIVE down(id) AS (SELECT ?::VARCHAR UNION SELECT child FROM edges JOIN down ON parent = id) "
    "SELECT id FROM down WHERE id LIKE 'urn:epc:id:sgtin:%' ORDER BY id"
)
Ask = Callable[[str], Iterable[str]]


def scherp_side(store: str, packages: list[str], lots: list[str]) -> dict[str, Any]:
    begun = time.perf_counter()
    chain = open_chain(Path(store))
    opened = time.perf_counter() - begun
    up = _timed(lambda start: upward(chain, {start: "sgtin"}).of_type("giai"), packages)
    down = _timed(lambda start: downward(chain, {start: "lgtin"}).of_type("sgtin"), lots)
    listed = _timed(lambda start: (holding.object_id for holding in recall(chain, start).packages), lots[:3])
    return {"seconds": up[0], "down": down[0], "answers": up[1] + down[1], "opened": opened, "recall": listed[0]}


def peer_side(packages: list[str], lots: list[str], lot_count: int, packing_count: int) -> dict[str, Any]:
    database = connect()
    load_edges(database, lot_count, packing_count)
    up = _timed(lambda start: (row[0] for row in rows(database, PEER_UP, [start])), packages)
    down = _timed(lambda start: (row[0] for row in rows(database, PEER_DOWN, [start])), lots)
    return {"seconds": up[0], "down": down[0], "answers": up[1] + down[1]}


def _timed(ask: Ask, starts: list[str]) -> tuple[float, str]:
    """(median seconds of one answer once warm, hash of all answers)"""
    list(ask(starts[0]))
    seconds, digest = [], hashlib.sha256()
    for start in starts:
        begun = time.perf_counter()
        answer = list(ask(start))
        seconds.append(time.perf_counter() - begun)
        digest.update("\n".join(answer).encode())
    return statistics.median(seconds), digest.hexdigest()


def main() -> None:
    arguments = options(__doc__ or "", rounds=1, packages=2_000_000).parse_args()
    if side_of(
        arguments,
        {"scherp": lambda **given: scherp_side(**_own(given)), "peer": lambda **given: peer_side(**_peers(given))},
    ):
        return
    lots = -(-arguments.packages // PACKAGES_OF_LOT)
    packings = lots * PACKAGES_OF_LOT // PACKAGES_OF_PACKING
    heading("Trace", f"{lots * PACKAGES_OF_LOT:,} packages, {lots:,} lots, {packings:,} packings")
    with folder(arguments.data) as kept:
        store = kept / f"chain-{arguments.packages}"
        if not (store / "current").exists():
            write_chain(store, arguments.packages)
        fresh = not (store / DERIVED).exists()
        begun = time.perf_counter()
        open_chain(store)
        copying = time.perf_counter() - begun
        given = {
            "store": store,
            "packages": _texts(PACKAGE, [n * lots * PACKAGES_OF_LOT // STARTS + 17 for n in range(STARTS)]),
            "lots": _texts(LOT, [n * lots // STARTS + 1 for n in range(STARTS)]),
            "lot_count": lots,
            "packing_count": packings,
        }
        own, peer = in_turn(__file__, ["scherp", "peer"], given, arguments.rounds)
    assert own.told["answers"] == peer.told["answers"], "the two sides do not give the same answers"
    made = f"{copying:.1f} s" if fresh else "made before"
    print(f"  copies sorted by event, once: {made}; opening a store that has them: {own.told['opened']:.2f} s")
    for what, mine, theirs, bound in (
        ("package -> plants", own.seconds, peer.seconds, 50),
        ("lot -> packages", own.told["down"], peer.told["down"], 100),
    ):
        print(f"{what}: Scherp {mine * 1000:.1f} ms, recursive query {theirs * 1000:.1f} ms")
        print(f"  ratio {verdict(theirs / mine, 10, at_most=False)}; ms {verdict(mine * 1000, bound)}")
    print(f"recall list of a lot, with who holds what: {own.told['recall'] * 1000:.0f} ms (no goal)")
    print(f"peak memory: Scherp {own.peak:.0f} MiB, recursive query {peer.peak:.0f} MiB")


def _own(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("store", "packages", "lots")}


def _peers(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("packages", "lots", "lot_count", "packing_count")}


def _texts(pattern: str, numbers: list[int]) -> list[str]:
    database = connect()
    return [value(database, f"SELECT {pattern.format(number)}") for number in numbers]


if __name__ == "__main__":
    main()
