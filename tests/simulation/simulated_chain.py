"""A simulated chain as tests read it: what stands after repeats and errors were taken out, and the register."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]
SMALL: dict[str, Any] = {"weeks": 4, "scale": 0.1, "volume": 40}
"""What a small chain is asked with."""
LOCAL = ZoneInfo("Europe/Amsterdam")


@dataclass
class Chain:
    """events: those that stand. lines: every line as written. wrong: ids that were taken back."""

    events: list[Event]
    lines: list[bytes]
    wrong: set[str]
    rows: list[dict[str, str]]
    kinds: dict[str, str] = field(default_factory=dict)
    shops: set[str] = field(default_factory=set)
    labs: set[str] = field(default_factory=set)
    limits: dict[str, Decimal] = field(default_factory=dict)
    corrections: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))


def read_chain(out: Path) -> Chain:
    lines = [line for path in sorted(out.glob("chain/*/*.jsonl*")) for line in _bytes(path).splitlines()]
    events = [json.loads(line) for line in dict.fromkeys(lines)]
    wrong = {event["eventID"] for event in events if "errorDeclaration" in event}
    rows = list(csv.DictReader((out / "chain/parties.csv").read_text().splitlines()))
    chain = Chain([event for event in events if event["eventID"] not in wrong], lines, wrong, rows)
    for row in rows:
        chain.kinds[row["party"]] = row["kind"]
        if row["kind"] == "shop":
            chain.shops.add(row["party"])
            chain.limits[row["site"]] = Decimal(row["stock_limit_g"])
        elif row["kind"] == "lab":
            chain.labs.add(row["party"])
    for event in chain.events:
        if event["bizStep"] == "scherp:correcting":
            chain.corrections[event["readPoint"]["id"]].append(event)
    return chain


def _bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@cache
def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def is_closed(chain: Chain, party: str, when: str) -> bool:
    """Does no period of the register hold the local day?"""
    day = instant(when).astimezone(LOCAL).date()
    return not any(
        date.fromisoformat(row["valid_from"]) <= day <= date.fromisoformat(row["valid_to"] or "9999-12-31")
        for row in chain.rows
        if row["party"] == party
    )


def hours_of(chain: Chain, site: str, when: str) -> bool:
    """Does the local clock lie between opening and closing, which may be past midnight?"""
    row = next(row for row in chain.rows if row["site"] == site)
    clock = instant(when).astimezone(LOCAL).strftime("%H:%M:%S")
    opens, closes = row["opens"], row["closes"]
    return opens <= clock < closes if opens < closes else clock >= opens or clock < closes


def local_days_late(event: Event) -> int:
    """Local days between the event and its registration."""
    days = [instant(event[name]).astimezone(LOCAL).date() for name in ("eventTime", "recordTime")]
    return (days[1] - days[0]) // timedelta(days=1)
