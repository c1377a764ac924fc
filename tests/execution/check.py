"""Checks by execution that what `impact compare` calls the same is the same.

Random pairs of queries are compared, and both are run over random rows: in DuckDB, or translated in another engine. Where
the rows are called the same, the bags of rows projected on all columns called the same must be equal. Prints counts; fails
on any false claim.

    python check.py --impact target/debug/impact --claims 2000 --seed 1 --engine postgres
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from edits import edited
from engine import options, shown
from engines import ENGINES, opened, translated
from generate import MACROS, Generator
from laws import Laws

SCHEMA_PAIRS = 60
DATABASES = 5
MOST_ROWS = 5000


class World:
    """A schema, databases with it, and pairs of queries over it."""

    def __init__(self, seed, engine, laws=False):
        self.rng, self.engine = random.Random(seed), engine
        self.laws = Laws(self.rng) if laws else None
        self.generator = self.laws or Generator(self.rng, engine.kinds)
        self.connections = [self.database() for _ in range(DATABASES)]
        self.known = {}

    def statements(self):
        """What makes a database with the tables and random rows."""
        tables = self.generator.ddl().split(";")
        return [*tables, *filter(None, map(self.generator.rows, self.generator.tables))]

    def database(self):
        statements = [self.translated(statement.strip()) for statement in self.statements()]
        macros = MACROS if self.engine.dialect == "duckdb" else []
        return self.engine.database([*statements, *macros])

    def translated(self, text):
        return translated(text, self.engine.dialect)

    def pair(self):
        """A query that runs and a changed one."""
        while self.laws is not None:
            before, after, family = self.laws.pair()
            before, after = self.translated(before), self.translated(after)
            if self.result(0, before) is not None and self.result(0, after) is not None:
                return before, after, [family]
        while True:
            query = self.generator.query(self.rng.choice([1, 2, 2, 3]), root=True)
            text = self.translated(query.render())
            if self.result(0, text) is not None:
                break
        changed, names = edited(self.rng, query, self.generator)
        return text, self.translated(changed.render()) or text, names

    def result(self, database, text):
        """Names and rows, or nothing if the query fails. Each query runs once, however often it is asked for."""
        if text is None:
            return None
        if (database, text) not in self.known:
            self.known[database, text] = self.run(database, text)
        return self.known[database, text]

    def run(self, database, text):
        found = self.engine.run(self.connections[database], text, MOST_ROWS)
        if found is None:
            return None
        names, rows = found
        return [name.lower() for name in names], [tuple(map(shown, row)) for row in rows]


def answers(impact, dialect, pairs):
    """The verdicts by name and by position; one process for each, both at once."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for at, (ddl, before, after) in enumerate(pairs):
            line = {"id": at, "schema_ddl": ddl, "q1": before, "q2": after, "dialect": dialect}
            file.write(json.dumps(line) + "\n")
        file.flush()
        command = [impact, "compare", "--batch", file.name]
        with ThreadPoolExecutor() as pool:
            asked = [pool.submit(output, [*command, *options]) for options in [[], ["--positional"]]]
            return [[json.loads(line) for line in done.result().splitlines()] for done in asked]


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def places(answer, before, after, positional):
    """The places of the columns called the same, as (before, after). Nothing if names don't tell."""
    kept = [column for column in answer["columns"] if column["effect"] != "removed"]
    if len(kept) != len(after):
        return None
    if positional:
        return [(at, at) for at, column in enumerate(kept) if column["effect"] == "same" and at < len(before)]
    if [column["name"].lower() for column in kept] != after:
        return None
    found = []
    seen = Counter()
    for at, column in enumerate(kept):
        name = after[at]
        same_name = [place for place, other in enumerate(before) if other == name]
        if column["effect"] == "same":
            if seen[name] >= len(same_name):
                return None
            found.append((same_name[seen[name]], at))
        seen[name] += 1
    return found


def projected(rows, chosen):
    return Counter(tuple(row[at] for at in chosen) for row in rows)


def judge(world, pair, answer, positional, counts):
    """Runs one pair; gives the database on which the claim is false, if one is."""
    before, after, _ = pair
    if len(before) + len(after) > 40000:
        return None
    differs = False
    for at in range(DATABASES):
        old, new = world.result(at, before), world.result(at, after)
        if old is None or new is None:
            counts["fails"] += 1
            return None
        differs |= old[0] != new[0] or Counter(old[1]) != Counter(new[1])
        if answer["rows"] != "same":
            continue
        chosen = places(answer, old[0], new[0], positional)
        if chosen is None:
            counts["names not told"] += 1
            return None
        if projected(old[1], [b for b, _ in chosen]) != projected(new[1], [a for _, a in chosen]):
            return at
        if answer["verdict"] == "equivalent" and len(old[0]) != len(new[0]):
            return at
    counts["checked"] += 1
    counts["rows same"] += answer["rows"] == "same"
    counts[answer["verdict"]] += 1
    counts["data differ"] += differs
    counts["not called the same"] += answer["verdict"] != "equivalent"
    counts["not called the same, and data differ"] += answer["verdict"] != "equivalent" and differs
    return None


def main():
    arguments = options(engine=list(ENGINES))
    engine = opened(arguments.engine, DATABASES)
    counts, false_claims, schema = Counter(), 0, 0
    end = time.monotonic() + arguments.seconds
    while counts["checked"] < arguments.claims and time.monotonic() < end:
        schema += 1
        # Every other schema has declared keys, and pairs that differ by a law.
        world = World(arguments.seed * 100_000 + schema, engine, laws=schema % 2 == 0)
        pairs = [world.pair() for _ in range(SCHEMA_PAIRS)]
        tables = "; ".join(world.translated(statement.strip()) for statement in world.generator.ddl().split(";"))
        asked = [(tables, before, after) for before, after, _ in pairs]
        for positional, given in enumerate(answers(arguments.impact, engine.dialect, asked)):
            for pair, answer in zip(pairs, given):
                if answer["reason"].startswith("the query"):
                    counts["not parsed"] += 1
                    continue
                wrong = judge(world, pair, answer, bool(positional), counts)
                if wrong is not None:
                    false_claims += 1
                    if false_claims <= arguments.show:
                        report(world, pair, answer, wrong)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    sys.stdout.flush()
    said = max(counts["not called the same"], 1)
    print(f"sharpness: {100 * counts['not called the same, and data differ'] / said:.1f} %")
    print(f"false claims: {false_claims}")
    sys.exit(1 if false_claims else 0)


def report(world, pair, answer, wrong):
    before, after, names = pair
    print(f"---- FALSE after {', '.join(names)}\n{world.generator.ddl()}\n{before}\n{after}\n{json.dumps(answer)}")
    for table in world.generator.tables:
        print(table, world.result(wrong, f"SELECT * FROM {table}"))
    print(world.result(wrong, before), "\n", world.result(wrong, after))


if __name__ == "__main__":
    main()
