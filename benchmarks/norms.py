"""How much slower is Scherp than SQL written by hand, when it judges six norms on order and time?

Compared: Scherp judges its store and writes the verdict rows; the peer is SQL written by hand for these six norms, on
the plain Parquet log that the store was made from, with the same database, threads and memory limit. It writes the same
rows to the same files, which is checked first. Hashing, the report and reading into the store are left out on both
sides. With --pm4py PYTHON (an interpreter that has pm4py; its licence keeps it in an environment of its own) Declare
conformance of six norms on order alone is timed too, without the loading of its data frame.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Side, alone, clock, compared, folder, heading, in_turn, options, side_of, verdict
from measuring.permits import ORDER, ORDER_AND_TIME, framework
from measuring.permits_sql import NORMS, judge_by_hand
from measuring.store import AS_OF, permit_store

from scherp.events.database import connect, rows, text
from scherp.events.manifest import read_manifest
from scherp.judging.judge import judge
from scherp.judging.relations import Cut, from_store
from scherp.norms.read import parse_framework
from scherp.runs.run import verdict_rows

PM4PY = str(Path(__file__).parent / "measuring" / "declare_by_pm4py.py")


def scherp_side(log: str, store: str, place: str, order_only: bool = False) -> dict[str, Any]:
    norms = parse_framework(framework("six", ORDER if order_only else ORDER_AND_TIME), "six")
    out = verdicts_of(place, "order" if order_only else "scherp")
    with clock() as measured:
        manifest, _ = read_manifest(Path(store))
        database = connect(spill=out / "spill")
        found = judge(database, from_store(Path(store), manifest), norms, Cut(AS_OF))
        for norm in norms.norms:
            target = text(str(out / f"{norm.norm}.parquet"))
            rows(database, f"COPY ({verdict_rows(norm.norm)}) TO {target} (FORMAT parquet, COMPRESSION zstd)")
    # without a limit a follower may still come: such a case is pending, and Declare counts it as a deviation
    deviating = rows(database, "SELECT count(DISTINCT object) FROM verdicts WHERE verdict <> 'met'")[0][0]
    judged = sum(outcome.population for outcome in found.norms)
    return {"seconds": measured.seconds, "processor": measured.processor, "judged": judged, "deviating": deviating}


def by_hand_side(log: str, store: str, place: str) -> dict[str, Any]:
    out = verdicts_of(place, "by-hand")
    with clock() as measured:
        judge_by_hand(connect(spill=out / "spill"), Path(log), AS_OF, out)
    return {"seconds": measured.seconds, "processor": measured.processor}


def verdicts_of(place: str, side: str) -> Path:
    out = Path(place) / f"verdicts-{side}"
    out.mkdir(exist_ok=True)
    return out


def differing_rows(one: Path, other: Path) -> int:
    """How many verdict rows are in one folder and not in the other."""
    database = connect()
    found = 0
    for norm in NORMS:
        a, b = (f"(SELECT * FROM read_parquet({text(str(side / f'{norm}.parquet'))}))" for side in (one, other))
        both = f"((FROM {a} EXCEPT ALL FROM {b}) UNION ALL (FROM {b} EXCEPT ALL FROM {a}))"
        found += rows(database, f"SELECT count(*) FROM {both}")[0][0]
    return found


def main() -> None:
    parser = options(__doc__, rounds=5, cases=1_000_000)
    parser.add_argument("--pm4py", metavar="PYTHON", help="an interpreter that has pm4py, to compare with it too")
    arguments = parser.parse_args()
    if side_of(arguments, {"Scherp": scherp_side, "SQL by hand": by_hand_side}):
        return
    heading("Six norms on order and time, Scherp against SQL written by hand", f"{arguments.cases:,} cases")
    with folder(arguments.data) as place:
        log, store = permit_store(place, arguments.cases)
        events = rows(connect(), f"SELECT count(*) FROM read_parquet({text(str(log))})")[0][0]
        print(f"  {events:,} events; {log.stat().st_size / 1e6:.0f} MB of Parquet")
        against_hand(place, log, store, arguments.rounds)
        if arguments.pm4py:
            against_pm4py(place, log, store, arguments.pm4py)


def against_hand(place: Path, log: Path, store: Path, rounds: int) -> None:
    given = {"log": log, "store": store, "place": place}
    in_turn(__file__, ["Scherp", "SQL by hand"], given, 1)  # for the files, and so that both find the data in memory
    ours, theirs = verdicts_of(str(place), "scherp"), verdicts_of(str(place), "by-hand")
    differing = differing_rows(ours, theirs)
    if differing:
        raise SystemExit(f"the two sides differ in {differing} verdict rows: there is nothing to compare")
    scherp, by_hand = in_turn(__file__, ["Scherp", "SQL by hand"], given, rounds)
    written = rows(connect(), f"SELECT count(*) FROM read_parquet({text(str(ours / '*.parquet'))})")[0][0]
    print(f"  {scherp.told['judged']:,} verdicts, {written:,} rows written, the same on both sides")
    print(scherp, by_hand, sep="\n")
    print(f"Scherp / SQL by hand: {compared(scherp, by_hand)}")
    print(f"ratio: {verdict(scherp.seconds / by_hand.seconds, 1.2)}")


def against_pm4py(place: Path, log: Path, store: Path, python: str) -> None:
    turn = alone(PM4PY, "declare", {"log": log}, python)
    given = {"log": log, "store": store, "place": place, "order_only": True}
    ours = [alone(__file__, "Scherp", given) for _ in range(3)]
    scherp, pm4py = Side("Scherp, order alone", tuple(ours)), Side("pm4py, Declare conformance", (turn,))
    if scherp.told["deviating"] != pm4py.told["deviating"]:
        raise SystemExit(f"Scherp finds {scherp.told['deviating']} deviating cases, pm4py {pm4py.told['deviating']}")
    print(f"  pm4py {pm4py.told['version']}: {pm4py.told['deviating']:,} deviating cases on both sides; one turn")
    print(scherp, pm4py, sep="\n")
    print(f"times quicker than pm4py: {verdict(pm4py.seconds / scherp.seconds, 30, at_most=False)}")


if __name__ == "__main__":
    main()
