"""Checks by execution that a query with one token changed isn't called the same, unless it is.

Takes queries that need no tables, as JSON lines with `sql` (DuckDB's own tests have many, say; `tests/bench/fixtures.py`
writes such files), and changes one token of each: takes it away, doubles it, exchanges it for a neighbour, or for another
of the same query. Both are compared by `impact compare`, and those pairs whose rows are called the same are run in the
engine: the bags of rows, projected on all columns called the same, must be equal. Prints counts; fails on any false claim.

    python mutants.py QUERIES.jsonl --impact target/release/impact --mutants 4 --seed 1 --engine postgres
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from engines import ENGINES, opened

TOKEN = re.compile(r"""\s+|--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|::|<=|>=|<>|!=|\|\||->>?|.""", re.S)
# What gives something else each time, looks outside, or changes the session.
VOLATILE = re.compile(r"(?i)random|uuid|now\(|current_|today|nextval|currval|read_|parquet|csv|setseed|pragma|duckdb_|sample|txid|"
                      r"version|getenv|glob\(|sniff|query\(|query_table|write_log|export_state|summarize|sleep|get_current|@|\$|\?")
MOST_ROWS = 5000


def run(engine, database, sql):
    """Names of columns and rows as texts, or None where it fails or takes too long."""
    answer = engine.run(database, sql, MOST_ROWS)
    return answer and ([name.lower() for name in answer[0]], [tuple(map(repr, row)) for row in answer[1]])


def mutated(rng, sql):
    """The query with one token changed."""
    tokens = TOKEN.findall(sql)
    places = [at for at, token in enumerate(tokens) if not token.isspace() and not token.startswith("--")]
    if len(places) < 3:
        return sql
    turn, at = rng.randrange(len(places) - 1), None
    at, after = places[turn], places[turn + 1]
    kind = rng.randrange(6)
    if kind == 0:
        tokens[at] = " "
    elif kind == 1:
        tokens[at] += " " + tokens[at]
    elif kind == 2:
        tokens[at], tokens[after] = tokens[after], tokens[at]
    elif kind == 3 and re.fullmatch(r"\d+", tokens[at]):
        tokens[at] = str(int(tokens[at]) + rng.choice([1, -1, 10]))
    elif kind == 4:
        word = rng.choice(["DISTINCT", "NOT", "-", "DESC", "ALL", "NULL", "'a'", "1", "LIMIT 1", "::VARCHAR", "::INT", "+ 1", "()"])
        tokens[at] += f" {word} "
    else:
        tokens[at] = tokens[rng.choice(places)]
    return "".join(tokens)


def bag(answer, columns):
    names, rows = answer
    kept = [names.index(column) for column in columns]
    return Counter(tuple(row[at] for at in kept) for row in rows)


def is_false(verdict, before, after):
    """Is what is called the same another thing? None: there was nothing to compare."""
    claimed = [column["name"].lower() for column in verdict["columns"] if column["effect"] == "same"]
    if verdict["rows"] != "same" or before is None or after is None:
        return None
    if any(answer[0].count(name) != 1 for answer in (before, after) for name in claimed):
        return None
    return bag(before, claimed) != bag(after, claimed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("queries", type=Path)
    parser.add_argument("--impact", required=True)
    parser.add_argument("--mutants", type=int, default=4)
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=ENGINES, default="duckdb")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    engine = opened(options.engine, 1)
    database = engine.database([])
    counts, pairs = Counter(), []
    queries = [json.loads(line)["sql"] for line in options.queries.read_text().splitlines()]
    rng.shuffle(queries)
    for sql in queries[:options.limit]:
        first = None if VOLATILE.search(sql) else run(engine, database, sql)
        if first is None or run(engine, database, sql) != first:
            continue
        counts["queries that run"] += 1
        for _ in range(options.mutants):
            other = mutated(rng, sql)
            if other != sql and not VOLATILE.search(other):
                pairs.append((sql, other))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as batch:
        for at, (before, after) in enumerate(pairs):
            pair = {"id": str(at), "schema_ddl": "", "q1": before, "q2": after, "dialect": engine.dialect}
            batch.write(json.dumps(pair) + "\n")
        batch.flush()
        command = [options.impact, "compare", "--batch", batch.name]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in told.stdout.splitlines():
        verdict = json.loads(line)
        counts[f"verdict {verdict['verdict']}"] += 1
        if verdict["rows"] != "same":
            continue
        before, after = pairs[int(verdict["id"])]
        false = is_false(verdict, run(engine, database, before), run(engine, database, after))
        counts["rows called the same, and run"] += false is not None
        if false:
            counts["false claims"] += 1
            print(f"---- FALSE: {line}\n{before}\n----\n{after}\n")
    counts["false claims"] += 0
    print("\n".join(f"{name}: {count}" for name, count in sorted(counts.items())))
    return 1 if counts["false claims"] or not counts["rows called the same, and run"] else 0


if __name__ == "__main__":
    sys.exit(main())
