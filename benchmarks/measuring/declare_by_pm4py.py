"""Declare conformance by pm4py, run by an interpreter that has pm4py; nothing of Scherp or of this tree is imported.

Rule: the data frame is loaded before the clock starts. Six constraints on order, the same as the framework `order`.
pm4py is under AGPL-3.0, so that it is never a dependency: it runs here as a program of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from importlib import import_module
from typing import Any

MODEL: dict[str, list[Any]] = {
    "response": [
        ("Receive application", "Confirm receipt"),
        ("Receive application", "Assign officer"),
        ("Decide", "Notify applicant"),
    ],
    "precedence": [("Review", "Decide"), ("Ask for information", "Receive information")],
    "exactly_one": ["Receive application"],
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--side")
    parser.add_argument("--given", type=json.loads)
    log = parser.parse_args().given["log"]
    pandas, pm4py = import_module("pandas"), import_module("pm4py")
    frame = pandas.read_parquet(log, columns=["case_id", "activity", "time"])
    frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="activity", timestamp_key="time")
    support = {"support": 1, "confidence": 1.0}
    model = {template: {key: dict(support) for key in keys} for template, keys in MODEL.items()}
    begun, used = time.perf_counter(), time.process_time()
    found = pm4py.conformance_declare(frame, model)
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    deviating = sum(1 for case in found if case["no_dev_total"] > 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = {
        "seconds": seconds,
        "processor": processor,
        "deviating": deviating,
        "version": pm4py.__version__,
        "peak": peak,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
