"""How much longer do 200 norms in one framework take than one norm, on the same store?

Compared: a framework of many different norms (response, precedence, absence and occurrence over all activities, with
limits of their own) and a framework of one of them, whose share of breaches is near the average. Both read the
framework, judge and write the verdict rows; hashing and the report are left out. Both write all cases that are not met,
so that the rows written, which are printed, are part of the difference.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import clock, compared, folder, heading, in_turn, options, side_of, verdict
from measuring.permits import framework, many
from measuring.store import AS_OF, permit_store

from scherp.events.database import connect, rows, text
from scherp.events.manifest import read_manifest
from scherp.judging.judge import judge
from scherp.judging.relations import Cut, from_store
from scherp.norms.read import parse_framework
from scherp.runs.run import verdict_rows

THE_ONE = "norm-1"


def judged(store: str, place: str, checks: dict[str, dict[str, Any]], side: str) -> dict[str, Any]:
    out = Path(place) / f"verdicts-{side}"
    out.mkdir(exist_ok=True)
    with clock() as measured:
        with clock() as reading:
            norms = parse_framework(framework(side, checks), side)
        with clock() as judging:
            manifest, _ = read_manifest(Path(store))
            database = connect(spill=out / "spill")
            found = judge(database, from_store(Path(store), manifest), norms, Cut(AS_OF))
        for norm in norms.norms:
            target = text(str(out / f"{norm.norm}.parquet"))
            rows(database, f"COPY ({verdict_rows(norm.norm)}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
    population = sum(outcome.population for outcome in found.norms)
    unmet = population - sum(outcome.counts["met"] for outcome in found.norms)
    return {
        "seconds": measured.seconds, "processor": measured.processor, "reading": reading.seconds,
        "judging": judging.seconds, "population": population, "unmet": unmet,
    }  # fmt: skip


def one_side(store: str, place: str, norms: int) -> dict[str, Any]:
    return judged(store, place, {THE_ONE: many(norms)[THE_ONE]}, "one")


def many_side(store: str, place: str, norms: int) -> dict[str, Any]:
    return judged(store, place, many(norms), "many")


def main() -> None:
    parser = options(__doc__, rounds=3, cases=1_000_000, norms=200)
    arguments = parser.parse_args()
    if side_of(arguments, {"one norm": one_side, "many norms": many_side}):
        return
    heading(f"{arguments.norms} norms in one framework against one norm", f"{arguments.cases:,} cases")
    with folder(arguments.data) as place:
        _, store = permit_store(place, arguments.cases)
        given = {"store": store, "place": place, "norms": arguments.norms}
        one, whole = in_turn(__file__, ["one norm", "many norms"], given, arguments.rounds)
    for side in (one, whole):
        told = side.told
        print(side)
        print(
            f"    reading the framework {told['reading']:.2f} s, judging {told['judging']:.2f} s; "
            f"{told['population']:,} verdicts, {told['unmet']:,} rows written ({told['unmet'] / told['population']:.1%})"
        )
    print(f"many / one: {compared(whole, one)}")
    print(f"ratio: {verdict(whole.seconds / one.seconds, 8)}")


if __name__ == "__main__":
    main()
