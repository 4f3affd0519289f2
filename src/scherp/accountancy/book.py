"""The book: every gram that an act brings to a site or takes from it, one row for each act and object.

Rule: the grams of a package are the net weight that the event that made it states; those of a lot are the amount that
the act itself states. A product is what the making event calls it (`scherp:product`); a lot without one is `wet` when
it was harvested, and else goes by its class, the lot's identifier without the lot. Acts that were taken back do not
count. Source: the profile of the closed chain.
"""

from __future__ import annotations

from scherp.accountancy.acts import LOT, PACKAGE
from scherp.accountancy.chain import Chain, view
from scherp.events.database import name, rows, text
from scherp.events.parts import stored

WEIGHT, PRODUCT = "scherp:netWeight", "scherp:product"


def write_book(chain: Chain) -> None:
    """The temporary tables `book` and `counted`, both (site, product, object_id, event_id, time, grams); `book` also
    `col`. In `book` what goes is negative, in `counted` grams are what was found. grams: null where nobody states them.
    """
    rows(chain.database, f"CREATE OR REPLACE TEMP TABLE act_of AS {_acts(chain)}")
    rows(chain.database, f"CREATE OR REPLACE TEMP TABLE made AS {_made(chain)}")
    rows(chain.database, f"CREATE OR REPLACE TEMP TABLE entries AS {_entries(chain)}")
    rows(chain.database, f"CREATE OR REPLACE TEMP TABLE book AS {_BOOK}")
    rows(
        chain.database,
        "CREATE OR REPLACE TEMP TABLE counted AS SELECT site, product, object_id, event_id, time, grams FROM entries "
        "WHERE counts",
    )


def _acts(chain: Chain) -> str:
    """SQL: (kind, col, sign, counts) for every kind of event that moves or counts grams."""
    listed = [
        f"({number}, {text(act.column) if act.column else 'NULL'}, {act.sign}, {act.counts})"
        for number, act in chain.acts.items()
        if act.column or act.counts
    ]
    return (
        f"SELECT kind, col::VARCHAR AS col, sign, counts FROM (VALUES {', '.join([*listed, '(-1, NULL, 1, false)'])}) "
        "AS v(kind, col, sign, counts)"
    )


def _made(chain: Chain) -> str:
    """SQL: (object_id, product, grams) of every package and lot, by the first event that made it."""
    columns = {a.name: a.column for a in chain.manifest.event_attributes}
    asked = {"event_id": "VARCHAR"} | {columns[a]: "VARCHAR" for a in (WEIGHT, PRODUCT) if a in columns}
    events = stored(chain.store, chain.manifest, "events", asked)
    weight = f"try_cast(e.{name(columns[WEIGHT])} AS DECIMAL(18,6))" if WEIGHT in columns else "NULL::DECIMAL(18,6)"
    product = f"e.{name(columns[PRODUCT])}" if PRODUCT in columns else "NULL::VARCHAR"
    harvested = ", ".join(str(n) for n, act in chain.acts.items() if act.name == "harvested") or "-1"
    of_class = "regexp_replace(object_id, '\\.[^.:/]*$', '')"
    said = f"CASE WHEN kind IN ({harvested}) THEN 'wet' ELSE {of_class} END"
    first = (
        "SELECT object_id, arg_min(event_id, (coalesce(time, TIMESTAMP '9999-12-31'), event_id)) AS event_id, "
        "arg_min(kind, (coalesce(time, TIMESTAMP '9999-12-31'), event_id)) AS kind FROM {0} "
        "GROUP BY object_id"
    )
    return (
        f"SELECT object_id, coalesce({product}, '?') AS product, {weight} AS grams "
        f"FROM ({first.format(view(chain, 'makers', PACKAGE))}) JOIN {events} e USING (event_id) UNION ALL "
        f"SELECT object_id, coalesce({product}, {said}), NULL "
        f"FROM ({first.format(view(chain, 'makers', LOT))}) JOIN {events} e USING (event_id)"
    )


def _entries(chain: Chain) -> str:
    """SQL: a row for each act and object: site, product, object_id, event_id, time, recorded, col, counts, grams."""
    columns = "object_id, event_id, role, time, recorded, kind, place"
    both = (
        f"SELECT {columns}, NULL::DECIMAL(18,6) AS quantity, 1 AS pieces FROM {view(chain, 'taken', PACKAGE)} "
        f"UNION ALL SELECT {columns}, CASE WHEN unit = 'GRM' THEN quantity END, 0 FROM {view(chain, 'taken', LOT)}"
    )
    return f"""SELECT t.place AS site, coalesce(m.product, '?') AS product, t.object_id, t.event_id, t.time, t.recorded,
            CASE t.role WHEN 'output' THEN 'in' WHEN 'input' THEN 'out' ELSE a.col END AS col,
            coalesce(a.counts, false) AS counts,
            (CASE t.role WHEN 'output' THEN 1 WHEN 'input' THEN -1 ELSE a.sign END
             * CASE WHEN t.pieces = 1 THEN m.grams ELSE t.quantity END)::DECIMAL(38,6) AS grams
        FROM ({both}) t LEFT JOIN act_of a ON a.kind = t.kind LEFT JOIN made m ON m.object_id = t.object_id
        WHERE t.role IN ('output', 'input') OR a.kind IS NOT NULL"""


# What is destroyed first uses up the waste of that object at that site that was registered before and not destroyed
# yet: only what is more than that leaves the book once again. Gone so far is the larger of the two running sums.
_BOOK = """
    WITH gone AS (SELECT *, row_number() OVER (ORDER BY time NULLS LAST, recorded, event_id, col DESC) AS n
        FROM entries WHERE col IN ('waste', 'destroyed') AND grams IS NOT NULL),
    running AS (SELECT *, coalesce(sum(grams) FILTER (col = 'waste') OVER w, 0) AS wasted,
            coalesce(sum(grams) FILTER (col = 'destroyed') OVER w, 0) AS destroyed FROM gone
        WINDOW w AS (PARTITION BY site, object_id ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
    once AS (SELECT *, least(wasted, destroyed) AS so_far FROM running)
    SELECT site, product, object_id, event_id, time, col,
        (so_far - coalesce(lag(so_far) OVER (PARTITION BY site, object_id ORDER BY n), 0))::DECIMAL(38,6) AS grams
    FROM once
    UNION ALL SELECT site, product, object_id, event_id, time, col, grams FROM entries
    WHERE col IS NOT NULL AND (col NOT IN ('waste', 'destroyed') OR grams IS NULL)"""
