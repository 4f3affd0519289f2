"""The same statement for another engine.

Rule: judging writes DuckDB's SQL in constructs that other engines have too; what is spelled differently there is
translated here, tree by tree, and what has no translation is an error and not a guess. Source: the plan of the house,
section 5 (Apache Spark runs the same SQL where data outgrow one machine).
"""

from __future__ import annotations

import sqlglot
from sqlglot import ErrorLevel, exp


def in_dialect(statement: str, dialect: str = "spark") -> str:
    """A statement of a run in the SQL of another engine; UnsupportedError where that engine lacks something."""
    tree = sqlglot.parse_one(statement, read="duckdb")
    return tree.transform(_known_elsewhere).sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE)


def _known_elsewhere(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Anonymous) and node.name.lower() == "epoch_us":
        return exp.UnixMicros(this=node.expressions[0])
    return node
