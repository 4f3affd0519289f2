"""How long does verifying a run take, next to making it?

Compared: `scherp judge` on a store, and `scherp verify` of the run that it made, each as a whole process. Verifying
judges anew and hashes every file of the run and of the store, so that a ratio near one is what can be hoped for.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import clock, compared, folder, heading, in_turn, options, side_of
from measuring.permits import ORDER_AND_TIME, framework
from measuring.store import permit_store

from scherp.runs.run import Asked, make_run
from scherp.runs.verify import verify_run


def judge_side(store: str, run: str) -> dict[str, Any]:
    out, file = Path(run), Path(run).with_suffix(".yaml")
    file.write_text(framework("six", ORDER_AND_TIME), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    with clock() as measured:
        make_run(Asked(file, (Path(store),), out))
    return {"seconds": measured.seconds, "processor": measured.processor}


def verify_side(store: str, run: str) -> dict[str, Any]:
    with clock() as measured:
        verified = verify_run(Path(run))
    if verified.differences:
        raise SystemExit("\n".join(map(str, verified.differences)))
    return {"seconds": measured.seconds, "processor": measured.processor}


def main() -> None:
    arguments = options(__doc__, rounds=3, cases=1_000_000).parse_args()
    if side_of(arguments, {"judge": judge_side, "verify": verify_side}):
        return
    heading("Verifying a run against making it", f"{arguments.cases:,} cases, six norms")
    with folder(arguments.data) as place:
        _, store = permit_store(place, arguments.cases)
        turns = [
            in_turn(__file__, ["judge", "verify"], {"store": store, "run": place / "run"}, 1)
            for _ in range(arguments.rounds)
        ]
        judged, verified = (_together(turns, number) for number in range(2))
    print(judged, verified, sep="\n")
    print(f"verify / judge: {compared(verified, judged)}")


def _together(turns: list[Any], number: int) -> Any:
    from measuring import Side

    return Side(turns[0][number].name, tuple(turn for sides in turns for turn in sides[number].turns))


if __name__ == "__main__":
    main()
