"""A synthetic log of permit cases, as large as asked, straight to Parquet.

Rule: made from a fixed seed, so that every run judges the same log. Identifiers are texts. Each case begins with one
application; ten other activities happen at most once each, with their own chance and delay, save that one case in
fifty has one activity twice, and no two events of a case share an instant. About 8.0 events a case. Rows stand in the
order of case and time, the order that suits a reader of plain Parquet best.
"""

from __future__ import annotations

from pathlib import Path

from scherp.events.database import connect, rows, text

# activity, chance that a case has it, mean delay from the application in days, spread of the delay in days, which draw
# decides (information is received only where it was asked for)
STEPS = (
    ("Receive application", 1.0, 0, 0, 0),
    ("Confirm receipt", 0.97, 5, 10, 1),
    ("Assign officer", 0.95, 4, 6, 2),
    ("Ask for information", 0.45, 12, 10, 3),
    ("Receive information", 0.42, 25, 20, 3),
    ("Review", 0.95, 30, 20, 5),
    ("Second review", 0.80, 36, 30, 6),
    ("Decide", 0.92, 50, 40, 7),
    ("Notify applicant", 0.88, 75, 10, 8),
    ("Collect fee", 0.60, 20, 60, 9),
    ("Close", 0.08, 90, 60, 10),
)
FIRST_DAY = "TIMESTAMP '2023-01-01'"


def write_log(path: Path, cases: int) -> None:
    """Columns event_id, case_id, activity, time (UTC), officer; one row an event."""
    database = connect(spill=path.parent / "spill")
    steps = ", ".join(
        f"({n}, {text(a)}, {chance}, {mean}, {spread}, {draw})"
        for n, (a, chance, mean, spread, draw) in enumerate(STEPS)
    )
    # one hash a case and step gives chance, delay and repetition: no random state, the same on any number of threads
    events = f"""
        SELECT c.n AS case_number, s.n AS step, r.repeat, activity,
               {FIRST_DAY} + to_microseconds((c.n * 31.5576e12 / {cases})::BIGINT
                 + CASE WHEN s.n = 0 AND r.repeat = 0 THEN 0 ELSE s.n * 2 + r.repeat + greatest(60000000,
                   ((mean + (hash(c.n, s.n, r.repeat, 'delay') % 1000 / 1000.0 - 0.4) * spread) * 86.4e9)::BIGINT) END
               ) AS time
        FROM range({cases}) c(n), (VALUES {steps}) s(n, activity, chance, mean, spread, draw), (VALUES (0), (1)) r(repeat)
        WHERE hash(c.n, s.draw, 'chance') % 1000 < chance * 1000
          AND (r.repeat = 0 OR (hash(c.n, 'again') % 50 = 0 AND hash(c.n, 'which') % 11 = s.n))"""
    rows(
        database,
        f"""COPY (SELECT printf('E%02d%d-%09d', step, repeat, case_number) AS event_id,
                  printf('Z-2023-%08d', case_number) AS case_id,
                  activity, time, printf('officer %03d', hash(case_number, step % 7, 'who') % 400) AS officer
                FROM ({events}) ORDER BY case_number, time)
            TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd)""",
    )
    database.close()
