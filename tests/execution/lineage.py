"""Checks by execution that a column depends on nothing but what `impact lineage` says it depends on.

Random queries become the models of a project, and `impact lineage` tells each column's sources and influences. Then the
values of one column of one table change in all rows, NULLs among them, and every query runs again in DuckDB. A column
of the query that isn't said to depend on the changed column must have the same bag of values as before. Prints counts;
fails on any dependence that wasn't told.

    python lineage.py --impact target/debug/impact --queries 2000 --seed 1
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from constructs import Constructs
from engine import connected, fetched, shown
from generate import MACROS, TYPES

QUERIES_PER_SCHEMA = 80
DATABASES = 3
MOST_ROWS = 3000
CONFIG = "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\n"


class World:
    """A schema; databases with it, each also with every single column changed; and queries over it."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.generator = Constructs(self.rng)
        self.connection = connected()
        for macro in MACROS:
            self.connection.execute(macro)
        self.columns = [(table, name) for table, names in self.generator.tables.items() for name, _ in names]
        for at in range(DATABASES):
            self.database(at)
        self.known = {}
        self.queries = [self.query() for _ in range(QUERIES_PER_SCHEMA)]

    def database(self, at):
        """The rows as they are, and once more for each column with other values in it."""
        rows = {table: self.rows(table) for table in self.generator.tables}
        self.store(at, None, rows)
        for table, name in self.columns:
            place = [known for known, _ in self.generator.tables[table]].index(name)
            self.store(at, (table, name), {**rows, table: self.changed(table, place, rows[table])})

    def rows(self, table):
        kinds = [kind for _, kind in self.generator.tables[table]]
        rows = []
        for _ in range(self.rng.choice([0, 1, 2, 3, 4, 5, 6])):
            rows += [[self.generator.constant(kind) for kind in kinds]] * self.rng.choice([1, 1, 2])
        return rows

    def changed(self, table, place, rows):
        """Other values, which leave no equality of two rows' values standing; sometimes only NULLs."""
        kind = self.generator.tables[table][place][1]
        only_nulls = self.rng.random() < 0.15
        def value():
            return "NULL" if only_nulls else self.generator.constant(kind)
        return [[value() if at == place else old for at, old in enumerate(row)] for row in rows]

    def store(self, at, change, rows):
        schema = self.schema(at, change)
        self.connection.execute(f"CREATE SCHEMA {schema}")
        self.connection.execute(f"SET schema = '{schema}'")
        self.connection.execute(self.generator.ddl())
        for table, values in rows.items():
            if values:
                tuples = ", ".join(f"({', '.join(row)})" for row in values)
                self.connection.execute(f"INSERT INTO {table} VALUES {tuples}")

    @staticmethod
    def schema(at, change):
        return f"rows{at}" if change is None else f"rows{at}_{change[0]}_{change[1]}"

    def query(self):
        """A query that runs."""
        while True:
            text = self.generator.query(self.rng.choice([1, 2, 2, 3]), root=True).render()
            if self.result(0, None, text) is not None:
                return text

    def result(self, at, change, text):
        """Names of the columns and each one's bag of values, or nothing if the query fails."""
        key = (at, change, text)
        if key not in self.known:
            self.known[key] = self.run(self.schema(at, change), text)
        return self.known[key]

    def run(self, schema, text):
        self.connection.execute(f"SET schema = '{schema}'")
        found = fetched(self.connection, text, MOST_ROWS)
        if found is None:
            return None
        names, rows = found
        return names, [Counter(shown(row[at]) for row in rows) for at in range(len(names))]


def lineage(impact, world):
    """What impact says: for each query its columns in order, as (name, {(table, column) that it depends on})."""
    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder), world)
        command = [impact, "lineage", "-p", folder, "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    models = json.loads(done.stdout, object_pairs_hook=Pairs)["models"]
    return [told(models[f"m.q{at}"]) for at in range(len(world.queries))]


class Pairs(list):
    """An object of JSON with its keys in order, also where one stands twice."""

    def __getitem__(self, key):
        return next(value for name, value in self if name == key)


def told(model):
    def dependences(column):
        return {(one["model"], one["column"]) for one in [*column["sources"], *column["influences"]]}
    return [(name, dependences(column)) for name, column in model["columns"]]


def write_project(folder, world):
    (folder / "models").mkdir()
    (folder / "config.yaml").write_text(CONFIG)
    tables = [
        {"name": table, "columns": {name: TYPES[kind] for name, kind in columns}}
        for table, columns in world.generator.tables.items()
    ]
    (folder / "external_models.yaml").write_text(json.dumps(tables))
    for at, query in enumerate(world.queries):
        (folder / "models" / f"q{at}.sql").write_text(f"MODEL (name m.q{at}, kind VIEW);\n\n{query}\n")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)


def judge(world, query, columns, counts):
    """Runs one query over all rows; gives what wasn't told: (database, changed column, place of the output)."""
    names = world.result(0, None, query)[0]
    if [name.lower() for name, _ in columns] != [name.lower() for name in names]:
        counts["names not told"] += 1
        return None
    counts["queries"] += 1
    for change in world.columns:
        free = [at for at, (_, known) in enumerate(columns) if not depends(known, change)]
        counts["dependences told"] += len(columns) - len(free)
        if not free or change[0] not in query:
            continue
        moved = False
        for at in range(DATABASES):
            before, after = world.result(at, None, query), world.result(at, change, query)
            if before is None or after is None:
                counts["fails"] += 1
                continue
            for place in free:
                if before[1][place] != after[1][place]:
                    return at, change, place
            moved |= before[1] != after[1]
        counts["independences checked"] += len(free)
        counts["independences beside a change"] += len(free) * moved
    return None


def depends(known, change):
    return change in known or (change[0], "*") in known


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--impact", required=True)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long, with fewer queries")
    arguments = parser.parse_args()
    counts, untold, schema = Counter(), 0, 0
    end = time.monotonic() + arguments.seconds
    while counts["queries"] < arguments.queries and time.monotonic() < end:
        schema += 1
        world = World(arguments.seed * 100_000 + schema)
        for query, columns in zip(world.queries, lineage(arguments.impact, world)):
            wrong = judge(world, query, columns, counts)
            if wrong is not None:
                untold += 1
                if untold <= arguments.show:
                    report(world, query, columns, wrong)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    print(f"dependences not told: {untold}")
    sys.stdout.flush()
    sys.exit(1 if untold else 0)


def report(world, query, columns, wrong):
    at, change, place = wrong
    name, known = columns[place]
    print(f"---- NOT TOLD: {name} depends on {change[0]}.{change[1]}\n{world.generator.ddl()}\n{query}")
    print(f"told: {sorted(known)}")
    for schema in [world.schema(at, None), world.schema(at, change)]:
        rows = world.connection.execute(f"SELECT * FROM {schema}.{change[0]}").fetchall()
        print(f"{change[0]}: {rows}")
    for changed in [None, change]:
        print(f"{name}: {dict(world.result(at, changed, query)[1][place])}")


if __name__ == "__main__":
    main()
