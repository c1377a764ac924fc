#!/usr/bin/env python3
"""Writes a synthetic SQLMesh project of any size into a git repository with two commits.

  generate.py --models 1000 --out DIR [--seed 1]

Sources are external models and seeds; staging, intermediate and mart models lie over them, about eight levels
deep, a few of them read by many. The second commit changes about one model in a hundred. The same seed gives the
same repository, down to the commit's hash.
"""

import argparse
import os
import random
import subprocess
from pathlib import Path

import changes
import shapes
from vocabulary import DIMENSIONS, ENTITIES, OWNERS, Model, source_columns

STAGING_SHARE = 0.3
SEED_SHARE = 0.02
CHANGED_SHARE = 0.01
HUB_SHARE = 0.02
HUB_WEIGHT = 25
INCREMENTAL_SHARE = 0.35
LEVELS = {2: 10, 3: 9, 4: 8, 5: 7, 6: 6, 7: 4, 8: 3}
CONFIG = """gateways:
  local:
    connection:
      type: duckdb
default_gateway: local
model_defaults:
  dialect: duckdb
  start: '2024-01-01'
"""
COMMIT = {
    "GIT_AUTHOR_NAME": "generator",
    "GIT_AUTHOR_EMAIL": "generator@example.com",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00+0000",
    "GIT_COMMITTER_NAME": "generator",
    "GIT_COMMITTER_EMAIL": "generator@example.com",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00+0000",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Generator:
    """Draws a project, model by model, from one seed."""

    def __init__(self, models, seed):
        """Plans nothing yet; `models` counts all but the external ones."""
        self.rng = random.Random(seed)
        self.count = models
        self.files = {}
        self.levels = {}

    def project(self):
        """The files of the first commit by path."""
        seeds = max(1, round(self.count * SEED_SHARE))
        staging = max(1, round(self.count * STAGING_SHARE))
        self.files["config.yaml"] = CONFIG
        raw = [self.raw(number) for number in range(staging)]
        self.files["external_models.yaml"] = "".join(map(external, raw))
        self.levels[1] = [self.seed(number) for number in range(seeds)]
        self.levels[1] += [self.staging(number, source) for number, source in enumerate(raw)]
        for level, size in level_sizes(self.count - seeds - staging).items():
            below = self.levels[level - 1]
            self.levels[level] = [self.derived(level, number, below) for number in range(size)]
        return self.files

    def raw(self, number):
        """A table that SQLMesh doesn't make."""
        return Model(f"raw.{self.word(number)}_{number}", source_columns(self.rng), level=0)

    def word(self, number):
        """What a source is about: mostly events, some dimensions."""
        return DIMENSIONS[number % len(DIMENSIONS)] if number % 3 == 0 else ENTITIES[number % len(ENTITIES)]

    def seed(self, number):
        """A small table whose rows are in the repository."""
        model = Model(f"staging.seed_mapping_{number}", {"id": "BIGINT", "ds": "DATE", "label": "TEXT"}, level=1)
        rows = "".join(f"{row},2024-01-0{row},{self.rng.choice(OWNERS)}\n" for row in range(1, 8))
        self.files[f"seeds/mapping_{number}.csv"] = "id,ds,label\n" + rows
        types = ", ".join(f"{name} {type}" for name, type in model.columns.items())
        path = f"../../seeds/mapping_{number}.csv"
        model.kind = f"SEED (\n    path '{path}'\n  ),\n  columns ({types})"
        self.write(model, "")
        return model

    def staging(self, number, source):
        """The staging model of a raw table."""
        name = f"staging.stg_{source.name.removeprefix('raw.')}"
        return self.model(name, 1, shapes.staging, [source])

    def derived(self, level, number, below):
        """A model over others: at least one of the level below, the rest from any level."""
        shape = self.shape(level)
        parents = self.parents(below, self.parent_count(shape))
        layer, prefix = ("marts", f"mart{level}") if level >= 7 else ("intermediate", f"int{level}")
        return self.model(f"{layer}.{prefix}_{self.rng.choice(ENTITIES)}_{number}", level, shape, parents)

    def shape(self, level):
        """What kind of query comes next; reports are made at the top."""
        names = [shapes.enrich, shapes.aggregate, shapes.windowed, shapes.union, shapes.report]
        return self.rng.choices(names, [40, 25, 15, 10, 10 if level < 6 else 30])[0]

    def parent_count(self, shape):
        """How many models a query of this shape reads."""
        if shape in (shapes.windowed, shapes.report):
            return 1
        return self.rng.choice([2, 2, 3, 4]) if shape is shapes.enrich else self.rng.choice([1, 2, 2, 3])

    def parents(self, below, count):
        """Distinct parents, hubs more likely than others."""
        chosen = [self.weighted(below)]
        candidates = [model for models in self.levels.values() for model in models]
        for _ in range(count - 1):
            model = self.weighted(candidates)
            if model not in chosen:
                chosen.append(model)
        return chosen

    def weighted(self, models):
        """One of the models."""
        return self.rng.choices(models, [HUB_WEIGHT if model.hub else 1 for model in models])[0]

    def model(self, name, level, shape, parents):
        """Draws the query of one model and writes its file."""
        incremental = self.rng.random() < INCREMENTAL_SHARE
        drawn = shape(self.rng, parents, incremental)
        model = Model(name, drawn.columns, level, body=drawn.definitions + drawn.query)
        model.hub = self.rng.random() < HUB_SHARE
        model.parents = [parent.name for parent in parents]
        model.kind = self.kind(incremental)
        self.write(model, f"\n{model.body}\n")
        return model

    def kind(self, incremental):
        """Incremental, or one of those that are built whole."""
        if incremental:
            return "INCREMENTAL_BY_TIME_RANGE (\n    time_column ds\n  )"
        return self.rng.choice(["VIEW", "FULL", "FULL"])

    def write(self, model, body):
        """Adds the model's file."""
        owner = self.rng.choice(OWNERS)
        header = f"MODEL (\n  name {model.name},\n  kind {model.kind},\n  owner {owner},\n  cron '@daily'\n);\n"
        self.files[model.path] = header + body

    def second_commit(self):
        """The files that the second commit changes."""
        paths = sorted(path for path in self.files if path.startswith("models/") and "/seed_" not in path)
        chosen = self.rng.sample(paths, max(1, round(self.count * CHANGED_SHARE)))
        return {path: changes.change(self.rng, number, self.files[path]) for number, path in enumerate(sorted(chosen))}


def level_sizes(count):
    """How many of `count` models each level gets: at least one from below upwards, fewer towards the top."""
    sizes, rest = {}, count
    for level, weight in LEVELS.items():
        above = sum(other for key, other in LEVELS.items() if key >= level)
        sizes[level] = min(rest, max(1, round(rest * weight / above)))
        rest -= sizes[level]
    return {level: size for level, size in sizes.items() if size}


def external(model):
    """A raw table's entry in `external_models.yaml`."""
    columns = "".join(f"    {name}: {type}\n" for name, type in model.columns.items())
    return f"- name: {model.name}\n  columns:\n{columns}"


def write_files(root, files):
    """Writes files by path."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")


def git(root, *arguments):
    """Runs git in the project, deaf to the user's own settings."""
    subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **COMMIT})


def commit(root, files, message):
    """Writes files and commits them."""
    write_files(root, files)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def main():
    """Reads the command line and writes the repository."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, required=True, metavar="N", help="how many models, at least 4")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a directory that doesn't exist yet")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.models < 4:
        parser.error("a project has at least 4 models")
    arguments.out.mkdir(parents=True)
    git(arguments.out, "init", "--quiet", "--initial-branch", "main")
    generator = Generator(arguments.models, arguments.seed)
    commit(arguments.out, generator.project(), "Lay out the project")
    commit(arguments.out, generator.second_commit(), "Change some models")


if __name__ == "__main__":
    main()
