#!/usr/bin/env python3
"""How many labelled columns of lineage.jsonl sqlglot's own lineage traces exactly: the figure beside that of
`cargo test --test bench_lineage`, counted in the same way.

    lineage_sqlglot.py LINEAGE.JSONL      with the Python of an environment that has sqlglot

A column counts as exact if the set of source columns that sqlglot finds is the labelled one. A statement that sqlglot
doesn't read, or refuses, has none.
"""

import json
import logging
import re
import sys
from collections import defaultdict

import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify

DIALECTS = {"ansi": "", "sparksql": "spark", "non-validating": ""}


def output(name):
    """Outputs without an alias have as many names as there are tools."""
    plain = name == "*" or re.fullmatch(r"\w*", name) and not name.startswith("_col_")
    return name.lower() if plain else "(unnamed)"


def labelled(row):
    """Target column, lower case, to its source columns."""
    columns = defaultdict(set)
    for source, target in row.get("edges", []):
        columns[output(target["column"])].add((str(source["table"]).lower(), source["column"].lower()))
    for column, found in row.get("columns", {}).items():
        columns[column.lower()] = {(d["node"].lower(), d["column"].lower()) for d in found["depends_on"]}
    return columns


def schema_of(row):
    schema = {}
    for table, columns in (row.get("schemas") or row.get("schema") or {}).items():
        level = schema
        *parents, last = table.split(".")
        for part in parents:
            level = level.setdefault(part, {})
        level[last] = dict.fromkeys(columns, "TEXT") if isinstance(columns, list) else columns
    return schema


def leaves(node):
    """Tables and columns at the end of a lineage."""
    if node.downstream:
        return set().union(*(leaves(child) for child in node.downstream))
    if isinstance(node.expression, exp.Table):
        table = ".".join(part.name for part in node.expression.parts)
        return {(table.lower(), node.name.split(".")[-1].strip('"').lower())}
    return set()


def traced(row):
    """What sqlglot says of each column of the statement's query, by the names that the statement fills."""
    dialect = DIALECTS.get(row["dialect"], row["dialect"]) or ""
    statement = sqlglot.parse_one(row["sql"], dialect=dialect)
    query, targets = statement, []
    if isinstance(statement, (exp.Insert, exp.Create)):
        query = statement.expression.unnest()
        if isinstance(statement.this, exp.Schema):
            targets = [column.name for column in statement.this.expressions]
    schema = schema_of(row)
    names = qualify(normalize_identifiers(query.copy(), dialect=dialect), schema=schema, dialect=dialect,
                    validate_qualify_columns=False).named_selects
    found = {}
    for place, name in enumerate(names):
        target = output(targets[place] if place < len(targets) else name)
        sources = leaves(lineage(name, query.copy(), schema=schema, dialect=dialect))
        found[target] = found.get(target, set()) | sources
    return found


def main():
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    exact = total = 0
    for line in open(sys.argv[1], encoding="utf-8"):
        row = json.loads(line)
        expected = labelled(row)
        total += len(expected)
        try:
            found = traced(row)
        except Exception:  # a statement that it can't trace
            continue
        exact += sum(found.get(name) == sources for name, sources in expected.items())
    print(f"sqlglot {sqlglot.__version__}: {exact} of {total} labelled columns exact")


main()
