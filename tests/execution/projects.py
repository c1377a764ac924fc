"""Checks by execution what `impact diff` says of random edits of random projects, and measures how sharp it is.

A project of external tables, seeds and models of several kinds is run in DuckDB over random rows, before and after an
edit. In every model whose rows are called the same, the bags of rows projected on all columns called the same must be
equal, and a model that is said to fail must fail. One claim is one column of one model called the same. Prints counts;
fails on any false claim.

Of the (model, column) pairs that both states have and that run in both, it also counts how many are called changed and
how many of those do change in the data that was tried: by impact, by SQLMesh's category as impact predicts it (breaking
and indirectly breaking models are rebuilt with all their columns; an undecided one counts as breaking) and by "every
column of everything downstream".

    python projects.py --impact target/debug/impact --claims 2000 --seed 1
"""

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from engine import WATCH, connected, duckdb, options, shown
from generate import MACROS, TYPES
from kinds import Filling
from project import DAYS, ProjectGenerator
from project_edits import edited_project
from readers import REFUSED, audit_refused, metric_refused, refuses_a_part, unit_test_refused

MODELS = 7
DATABASES = 5
EDITS_PER_PROJECT = 15
MOST_ROWS = 2000
TOLD = {True: "refused", False: "run", None: "not told"}
READERS = {"audit": ("audit", "S106"), "unit test": ("test", "S107"), "metric": ("metric", "S108")}
NAME = re.compile("[a-z_][a-z_0-9]*")
KINDS = {"BIGINT": "i", "HUGEINT": "i", **{kind: letter for letter, kind in TYPES.items()}}
METHODS = ["impact", "SQLMesh's categories", "all descendants"]


class Failed:
    """Why a model has no rows."""

    def __init__(self, refused):
        self.refused = refused


class Database:
    """Rows for the tables outside, and the project's models computed from them, state by state."""

    def __init__(self, rng, generator):
        self.rng, self.generator = rng, generator
        self.connection = connected()
        for macro in MACROS:
            self.connection.execute(macro)
        self.rows = {name: self.random_rows(columns) for name, columns in generator.outside.items()}
        self.results = {"before": {}, "after": {}}
        self.texts = {"before": {}, "after": {}}

    def random_rows(self, columns):
        rows = []
        for _ in range(self.rng.choice([0, 3, 5, 8, 8])):
            row = {name: self.rng.choice(DAYS).join("''") if name == "ds" else self.generator.constant(kind)
                   for name, kind in columns}
            rows += [row] * self.rng.choice([1, 1, 1, 2])
        return rows

    def start(self, state, project):
        """Empty schemas with the tables outside and the seeds; the second one has the events of the first days."""
        for schema in [state, f"{state}_early"]:
            self.connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            self.connection.execute(f"CREATE SCHEMA {schema}")
        self.results[state], self.texts[state] = {}, {}
        for name, columns in project.external.items():
            self.table(state, name, columns, self.rows[name])
            if name == "e":
                self.table(f"{state}_early", name, columns, [row for row in self.rows[name] if row["ds"] <= f"'{DAYS[1]}'"])
        for seed in project.seeds.values():
            names = [name for name, _ in seed.columns]
            self.table(state, seed.name, seed.columns, [dict(zip(names, row)) for row in seed.values()])

    def table(self, schema, name, columns, rows):
        kinds = ", ".join(f"{column} {TYPES.get(kind, kind)}" for column, kind in columns)
        self.connection.execute(f"CREATE TABLE {schema}.{name} ({kinds})")
        rows = [tuple(row.get(column, "NULL") for column, _ in columns) for row in rows]
        if rows:
            tuples = ", ".join(f"({', '.join(row)})" for row in rows)
            self.connection.execute(f"INSERT INTO {schema}.{name} VALUES {tuples}")
        if schema in self.results:
            self.results[schema][name] = ([column for column, _ in columns], rows)
            self.texts[schema][name] = (tuple(columns), tuple(rows))

    def run(self, state, project, model):
        """Computes a model; what is as before is taken from there."""
        text = model.file(), self.runnable(state, project, model, DAYS[0], DAYS[-1])
        parents = tuple(sorted(name for name in self.texts[state] if re.search(rf"\b{name}\b", text[1])))
        key = text, tuple((name, self.texts[state][name]) for name in parents)
        self.texts[state][model.name] = hash(key)
        if any(not isinstance(self.results[state].get(name), tuple) for name in parents):
            self.results[state][model.name] = None
        elif state == "after" and self.texts["before"].get(model.name) == self.texts[state][model.name]:
            self.results[state][model.name] = self.results["before"][model.name]
            self.connection.execute(f"CREATE VIEW after.{model.name} AS SELECT * FROM before.{model.name}")
        else:
            self.results[state][model.name] = self.computed(state, project, model)

    def runnable(self, state, project, model, start, end):
        known = {name: found[0] for name, found in self.results[state].items() if isinstance(found, tuple)}
        return model.runnable(known, project, start, end)

    def computed(self, state, project, model):
        try:
            with WATCH.over(self.connection):
                Filling(self.connection, state, model, lambda *days: self.runnable(state, project, model, *days)).fill()
                done = self.connection.execute(f"SELECT * FROM {state}.{model.name}")
                rows = done.fetchmany(MOST_ROWS)
        except REFUSED:
            return Failed(refused=True)
        except (duckdb.Error, RuntimeError):
            return Failed(refused=False)
        if len(rows) == MOST_ROWS:
            return Failed(refused=False)
        return [column[0].lower() for column in done.description], [tuple(map(shown, row)) for row in rows]

    def refuses_a_part(self, model, project):
        self.connection.execute("SET search_path = 'after'")
        return refuses_a_part(self.connection, model.query, self.text_of(model, project))

    def text_of(self, model, project):
        """What the engine runs for another query of the model."""
        return lambda query: self.runnable("after", project, replace(model, query=query), DAYS[0], DAYS[-1])

    def refuses_reader(self, what, model, project):
        """Does the engine refuse the model's audit, unit test or metric? `None` if that can't be told."""
        columns = self.columns_of(model.name)
        if what == "metric":
            return metric_refused(self.connection, model, columns)
        if what == "unit test":
            return unit_test_refused(self.connection, model, self.columns_of, self.text_of(model, project))
        return None if columns is None else audit_refused(self.connection, model)

    def columns_of(self, name):
        found = self.results["after"].get(name)
        return found[0] if isinstance(found, tuple) else None

    def forget_newer(self):
        for table in ["newer", "next"]:
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")


class World:
    """A project that runs, databases for it, and its files in a repository."""

    def __init__(self, seed, folder):
        self.rng = random.Random(seed)
        self.generator = ProjectGenerator(self.rng)
        self.databases = [Database(self.rng, self.generator) for _ in range(DATABASES)]
        for database in self.databases:
            database.start("before", self.generator.project())
        while len(self.generator.models) < MODELS:
            model = self.generator.model(f"m{len(self.generator.models)}")
            if self.runs(model):
                self.generator.add_readers(model)
                self.generator.add(model)
        self.project = self.generator.project()
        self.folder = Path(folder)
        self.files = self.project.files()
        self.write(self.files)
        git = ["git", "-c", "user.name=check", "-c", "user.email=check@localhost"]
        for command in [["init", "-q"], ["add", "."], ["commit", "-q", "-m", "before"]]:
            subprocess.run([*git, *command], cwd=self.folder, check=True)

    def runs(self, model):
        """Runs it everywhere; forgets it again if it fails, names two columns alike, or mostly has hardly a row."""
        project = self.generator.project()
        for database in self.databases:
            run(database, "before", project, model)
        found = [database.results["before"][model.name] for database in self.databases]
        if all(isinstance(one, tuple) for one in found) and self.names_told(model):
            if sum(len(set(rows)) > 1 for _, rows in found) >= DATABASES // 2 or self.rng.random() < 0.1:
                return True
        for database in self.databases:
            del database.results["before"][model.name], database.texts["before"][model.name]
            database.connection.execute(f"DROP TABLE IF EXISTS before.{model.name}")
        return False

    def names_told(self, model):
        """Gives the model the columns that its table has; false if two have one name, one of which a table renames."""
        connection = self.databases[0].connection
        described = connection.execute(f"DESCRIBE before.{model.name}").fetchall()
        text = self.databases[0].runnable("before", self.generator.project(), model, DAYS[0], DAYS[-1])
        with WATCH.over(connection):
            names = [column[0] for column in connection.execute(text).description]
        if len({name.lower() for name in names}) < len(names) or any(not NAME.fullmatch(name) for name in names):
            return False
        model.query.columns = [(name, KINDS.get(kind, kind)) for name, kind, *_ in described if name not in model.managed()]
        return True

    def write(self, files):
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(exist_ok=True, parents=True)
            place.write_text(text)

    def replace(self, old, new):
        for path in old.keys() - new.keys():
            (self.folder / path).unlink()
        self.write(new)

    def edit(self):
        changed, touched, names = edited_project(self.rng, self.project, self.generator)
        for database in self.databases:
            database.start("after", changed)
            for model in changed.models.values():
                run(database, "after", changed, model)
        return changed, touched, names

    def answer(self, impact, changed):
        """What impact says, model by model; `broken` are the codes of what reads a model and can't run."""
        self.replace(self.files, changed.files())
        command = [impact, "diff", "-p", str(self.folder), "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.replace(changed.files(), self.files)
        if done.returncode:
            sys.exit(f"impact failed: {done.stderr}")
        answer = json.loads(done.stdout)
        found = {model["name"]: model for model in answer["models"]}
        # A project that SQLMesh doesn't load isn't run.
        self.loads = all(finding["code"] != "S111" for finding in answer["findings"])
        # What is said to hang on the engine's choice (U210) may come out in two ways.
        self.left_open = {finding["model"] for finding in answer["findings"] if finding["code"] == "U210"}
        # A metric stands by its own file, whatever model lost what it reads.
        self.broken = {(finding["code"], re.search(r"m\d+|$", finding["path"])[0]) for finding in answer["findings"]
                       if finding["code"] in {code for _, code in READERS.values()}}
        return found


def run(database, state, project, model):
    database.run(state, project, model)
    database.forget_newer()


class Tally:
    """What is counted, and what was found false."""

    def __init__(self):
        self.counts, self.false = Counter(), 0
        self.pairs = {method: Counter() for method in METHODS}

    def judge(self, world, changed, touched, answers):
        """Holds every claim against the rows; gives the first that is false, as (model, database)."""
        below = descendants(changed, touched)
        wrong, left_open = None, descendants(changed, world.left_open)
        for name in changed.models:
            answer = answers.get(name)
            if name in left_open:
                self.counts["models that hang on an order which is told to be open"] += 1
                continue
            for database in world.databases:
                if not self.holds(database, changed, name, answer) or not self.readers_hold(world, database, changed, name):
                    wrong = wrong or (name, database)
            self.measure(world, name, answer, name in below)
        return wrong

    def holds(self, database, changed, name, answer):
        before, after = (database.results[state][name] for state in ["before", "after"])
        fails = answer is not None and answer["fails"]
        if fails and isinstance(after, tuple):
            # Many engines look into a CTE or a named window that nobody reads; DuckDB doesn't.
            idle = database.refuses_a_part(changed.models[name], changed)
            told = {True: "has a part that nobody reads", None: "has a part that DuckDB can't do", False: "ran"}
            self.counts[f"said to fail, and {told[idle]}"] += 1
            return idle is not False
        if fails:
            self.counts["said to fail, and failed"] += isinstance(after, Failed)
            return True
        if isinstance(after, Failed) and after.refused:
            self.counts["failed, and wasn't said to"] += 1
        if not isinstance(after, tuple):
            return True
        if answer is not None and answer["rows"]["effect"] != "same":
            return True
        same = before[0] if answer is None else [c["name"] for c in answer["columns"] if c["effect"] == "same"]
        if any(column not in before[0] or column not in after[0] for column in same):
            return False
        return projected(before, same) == projected(after, same)

    def readers_hold(self, world, database, changed, name):
        """Does what is said of the model's audit, unit test and metric hold?"""
        model, hold = changed.models[name], True
        for what, (attribute, code) in READERS.items():
            if getattr(model, attribute) is None or (code, name) not in world.broken:
                continue
            refused = database.refuses_reader(what, model, changed)
            self.counts[f"{what}s said to fail, and {TOLD[refused]}"] += 1
            hold &= refused is not False
        return hold

    def measure(self, world, name, answer, is_below):
        results = [(database.results["before"][name], database.results["after"][name]) for database in world.databases]
        if not all(isinstance(after, tuple) for _, after in results):
            self.counts["models that fail"] += 1
            return
        rows_same = answer is None or answer["rows"]["effect"] == "same" and not answer["fails"]
        self.counts["models checked"] += 1
        self.counts["models whose rows are called the same"] += rows_same
        effects = {} if answer is None else {column["name"]: column["effect"] for column in answer["columns"]}
        rebuilt = answer is not None and answer["change"] in ("direct", "indirect") and \
            answer["sqlmesh"] in (None, "BREAKING", "INDIRECT_BREAKING")
        for column in results[0][0][0]:
            if column not in results[0][1][0]:
                continue
            moved = any(projected(before, [column]) != projected(after, [column]) for before, after in results)
            is_same = rows_same and effects.get(column, "same") == "same"
            self.counts["claims"] += is_same
            for method, said in zip(METHODS, [not is_same, rebuilt, is_below]):
                self.pairs[method][said, moved] += 1

    def show(self):
        for name, count in sorted(self.counts.items()):
            print(f"{name}: {count}")
        print("of the columns called changed, those whose data changed; and changed columns that weren't called so")
        for method, pairs in self.pairs.items():
            called = pairs[True, True] + pairs[True, False]
            share = 100 * pairs[True, True] / max(called, 1)
            print(f"  {method}: {pairs[True, True]} of {called} ({share:.1f} %); missed {pairs[False, True]}")
        print(f"false claims: {self.false}")
        sys.stdout.flush()


def projected(result, columns):
    names, rows = result
    places = [names.index(column) for column in columns]
    return Counter(tuple(row[at] for at in places) for row in rows)


def descendants(project, touched):
    """What was touched and all that reads it; a variable touches whatever names it."""
    below = set(touched)
    for model in project.models.values():
        text = model.file()
        reads = any(re.search(rf"\b{name}\b", text) for name in below)
        is_macro = "macro" in below and re.search(r"@scaled|@wider|@most|@beside", text)
        if reads or is_macro or "variable" in below and "least" in text:
            below.add(model.name)
    return below


def main():
    arguments = options()
    tally, number = Tally(), 0
    end = time.monotonic() + arguments.seconds
    while tally.counts["claims"] < arguments.claims and time.monotonic() < end:
        number += 1
        with tempfile.TemporaryDirectory() as folder:
            world = World(arguments.seed * 100_000 + number, folder)
            for _ in range(EDITS_PER_PROJECT):
                changed, touched, names = world.edit()
                answers = world.answer(arguments.impact, changed)
                if not world.loads:
                    tally.counts["edits after which nothing loads"] += 1
                    continue
                wrong = tally.judge(world, changed, touched, answers)
                tally.counts["edits"] += 1
                if wrong is not None:
                    tally.false += 1
                    if tally.false <= arguments.show:
                        report(world, changed, names, answers, wrong)
        if number % 20 == 0:
            print(f"{tally.counts['claims']} claims, {tally.false} false", file=sys.stderr, flush=True)
    tally.show()
    sys.exit(1 if tally.false else 0)


def report(world, changed, names, answers, wrong):
    name, database = wrong
    print(f"---- FALSE of {name} after {', '.join(names)}\n{json.dumps(answers.get(name))}")
    before, after = world.files, changed.files()
    for path, text in before.items():
        print(f"-- {path}\n{text}" + (f"-- becomes\n{after[path]}" if after[path] != text else ""))
    for table in [*changed.external, name]:
        for state in ["before", "after"]:
            found = database.results[state].get(table)
            print(f"{state} {table}: {found if isinstance(found, tuple) else 'fails'}", flush=True)


if __name__ == "__main__":
    main()
