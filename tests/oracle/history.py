#!/usr/bin/env python3
"""Compares impact with SQLMesh along the history of a project in git.

  history.py REPOSITORY [PROJECT] --python VENV/bin/python --impact target/debug/impact [--answers FILE]

Takes a repository and the path of a project in it. Walks the first-parent history: each commit that touches the
project is planned by SQLMesh on an environment that holds the commit before it (the last one that loads), and
`impact diff` is asked for the same two. Prints each model about which they disagree, then how many commits agree,
how many don't load, and how many SQLMesh refuses to plan; exit status 1 if any differs.

A model that doesn't load keeps the whole project from loading: --without leaves files out of every commit.

The oracle lays a gateway with an in-memory DuckDB under every project and keeps its `model_defaults`: the dialect decides
what is planned, and neither an engine's package nor a connection is needed.

SQLMesh's answers are kept in --answers, by the two states, so that it needs to be asked only once. Variables of the
environment that the project names and that aren't set get a made-up value, the same for both.
"""

import argparse
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bench
import record

NAMED = re.compile(r"""(?:env_var\(|getenv\(|environ\.get\(|environ\[)\s*["'](\w+)["']""")
NUMBER = re.compile(r"port|timeout|tasks|retries|threads", re.IGNORECASE)
OBJECT = re.compile(r"json|keyfile", re.IGNORECASE)
IMPORTED = re.compile(r"^[+-]\s*(?:import|from)\s+(\w+)", re.MULTILINE)
UNSET = re.compile(rb"""(\b(?:server_hostname|http_path|access_token|password):\s*)(""|'')""")


class History:
    """The commits that touch a project, oldest first."""

    def __init__(self, repository, project, without=()):
        """`project` is a path in the repository, empty for its root; `without` are patterns of files to leave out."""
        self.repository, self.project, self.without = repository, project, without
        touching = ["--", project] if project else []
        self.commits = self.git("rev-list", "--first-parent", "--reverse", "HEAD", *touching).split()

    def git(self, *arguments):
        """What git prints."""
        command = ["git", "-C", self.repository, *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")

    def tree(self, commit):
        """The hash of the project's files at a commit; none where it isn't there."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", f"{commit}:{self.project}").strip()
        except subprocess.CalledProcessError:
            return None

    def lay_out(self, commit, folder):
        """Writes the project's files at a commit, with a stand-in for content that a partial clone lacks."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        entries = self.git("ls-tree", "-r", "-z", f"{commit}:{self.project}").split("\0")
        files = [entry.split("\t", 1) for entry in entries if entry.startswith("100")]
        files = [file for file in files if not any(fnmatch.fnmatch(file[1], pattern) for pattern in self.without)]
        for path, content in zip([path for _, path in files], self.contents([kind.split()[2] for kind, _ in files])):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            content = b"id,name\n1,a\n" if content is None else content
            (folder / path).write_bytes(UNSET.sub(rb"\1unset", content) if path.endswith((".yaml", ".yml")) else content)

    def contents(self, blobs):
        """The content of each blob, or nothing where it isn't there."""
        command = ["git", "-C", self.repository, "cat-file", "--batch"]
        reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for blob in blobs:
            reader.stdin.write(blob.encode() + b"\n")
            reader.stdin.flush()
            head = reader.stdout.readline().split()
            yield None if head[-1] == b"missing" else reader.stdout.read(int(head[2]) + 1)[:-1]
        reader.stdin.close()
        reader.wait()

    def changes(self, *kinds):
        """All changes of the project's files of some kinds, as text."""
        written = [f":(glob){Path(self.project, '**', kind)}" for kind in kinds]
        return self.git("log", "-p", "--first-parent", "-m", "--", *written)

    def variables(self):
        """A value for each variable of the environment that any version of the project names."""
        names = set(NAMED.findall(self.changes("*.py", "*.yaml", "*.yml", "*.sql"))) - set(os.environ)
        return {name: made_up(name) for name in sorted(names)}

    def imported(self):
        """What the project's Python files import, SQLMesh and Python's own modules apart."""
        own = {"sqlmesh", "sqlglot", *sys.stdlib_module_names, *self.git("ls-tree", "--name-only", "HEAD").split()}
        return sorted(set(IMPORTED.findall(self.changes("*.py"))) - own)


def made_up(variable):
    """A value for a variable of the environment."""
    return "1" if NUMBER.search(variable) else "{}" if OBJECT.search(variable) else "dummy"


class Planner:
    """SQLMesh's answers about pairs of commits, asked or remembered."""

    def __init__(self, arguments, history, folder):
        """`folder` is an empty directory to work in."""
        self.history, self.folder = history, Path(folder)
        self.place = bench.Bench(record.Oracle(arguments, history.imported() or ["pyspark"]), None, folder)
        self.kept = arguments.answers
        self.known = json.loads(self.kept.read_text()) if self.kept and self.kept.exists() else {}

    def remembered(self, key, ask):
        """The answer under `key`, from `ask` if it is a new one."""
        if key not in self.known:
            self.known[key] = ask()
            if self.kept:
                self.kept.write_text(json.dumps(self.known, indent=0))
        return self.known[key]

    def loads(self, commit):
        """Nothing if SQLMesh loads the project at a commit, or why it doesn't."""
        def ask():
            return self.published(commit).get("error", "")[:300]
        return self.remembered(self.history.tree(commit) or "nothing", ask)

    def database(self, commit):
        """Where the state is kept in which prod is the project at a commit."""
        return self.folder / f"{self.history.tree(commit)}.db"

    def published(self, commit):
        """Makes that state."""
        self.history.lay_out(commit, self.place.project)
        return self.place.server.ask("publish", self.database(commit), [self.place.project])

    def plan(self, before, after):
        """SQLMesh's plan of one commit on another."""
        def ask():
            if not self.database(before).exists():
                self.published(before)
            self.history.lay_out(after, self.place.project)
            raw = self.planned(before, False)
            if "destructive" in raw.get("plan_error", ""):
                raw = {"plan_error": raw["plan_error"], **self.planned(before, True)}
            self.database(before).unlink()
            return record.tidy(raw, str(self.place.project))
        return self.remembered(f"{self.history.tree(before)} {self.history.tree(after)}", ask)

    def planned(self, before, permit):
        """The oracle's plan for what is laid out."""
        state = self.place.copied(self.database(before))
        return self.place.server.ask("plan", state, [self.place.project], permit)


def expected(answer):
    """How SQLMesh lists each model, with its category."""
    plan = {name: ("added", "BREAKING") for name in answer["added"]}
    plan |= {name: ("removed", None) for name in answer["removed"]}
    plan |= {name: ("direct", category) for name, category in answer["direct"].items()}
    plan |= {name: ("indirect", category) for name, category in answer["indirect"].items()}
    return plan | {name: ("metadata", "METADATA") for name in answer["metadata"]}


class Copy:
    """A repository with the same states of the project, for impact."""

    def __init__(self, arguments, folder):
        """`folder` is an empty directory."""
        self.arguments, self.folder, self.commits = arguments, Path(folder) / "copy", {}
        subprocess.run(["git", "init", "--quiet", str(self.folder)], check=True)

    def commit(self, history, commit):
        """The commit of the copy with the project as it is at a commit of the original."""
        if commit not in self.commits:
            history.lay_out(commit, self.folder / "project")
            self.git("add", "--all", "--force")
            self.git("-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--allow-empty", "-m", commit)
            self.commits[commit] = self.git("rev-parse", "HEAD").strip()
        return self.commits[commit]

    def git(self, *arguments):
        """What git prints."""
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def predicted(self, before, after):
        """How impact lists each model, with its category; a text if it fails."""
        command = [self.arguments.impact, "diff", f"{before}..{after}", "-p", "project", "--format", "json"]
        # The oracle puts a gateway of this name in the place of the project's; where its code runs, only those are there.
        command += [] if self.arguments.run else ["--gateway", "oracle"]
        command += ["--python", self.arguments.run] if self.arguments.run else []
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            return done.stderr.strip()[-300:]
        analysis = json.loads(done.stdout)
        nodes = analysis["models"] + analysis.get("standalone_audits", [])
        return {node["name"]: (node["change"], node["sqlmesh"]) for node in nodes if node["change"] != "none"}


def differing(wanted, found):
    """One line for each model about which the two disagree."""
    if isinstance(found, str):
        return [f"impact fails: {found}"]
    names = sorted(set(wanted) | set(found))
    said = [(name, wanted.get(name, ("none", None)), found.get(name, ("none", None))) for name in names]
    return [f"{name}: SQLMesh {one}, impact {other}" for name, one, other in said if one != other]


def walk(arguments, folder):
    """Compares every commit; counts by outcome."""
    history = History(arguments.repository, arguments.project, arguments.without)
    os.environ.update(history.variables())
    copy = Copy(arguments, folder)
    planner = Planner(arguments, history, folder)
    counts = {"agree": 0, "differ": 0, "models": 0, "not loaded": 0, "refused": 0}
    before = None
    for commit in history.commits[-arguments.last :]:
        reason = planner.loads(commit)
        if reason:
            counts["not loaded"] += 1
            print(f"{commit[:10]} does not load: {reason[:200]}")
            continue
        if before and history.tree(before) != history.tree(commit):
            compare(copy, planner, before, commit, counts)
        before = commit
    return counts


def compare(copy, planner, before, after, counts):
    """Compares one pair of commits."""
    answer = planner.plan(before, after)
    if "direct" not in answer:
        counts["refused"] += 1
        print(f"{before[:10]}..{after[:10]} refused: {str(answer)[:200]}")
        return
    wanted = expected(answer)
    found = copy.predicted(copy.commit(planner.history, before), copy.commit(planner.history, after))
    wrong = differing(wanted, found)
    counts["models"] += len(wanted)
    counts["differ" if wrong else "agree"] += 1
    for line in wrong:
        print(f"{before[:10]}..{after[:10]} {line}", flush=True)


def parse_arguments():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", help="a git repository, bare or not")
    parser.add_argument("project", nargs="?", default="", help="the project's path in it (default: its root)")
    parser.add_argument("--impact", default="target/debug/impact", type=os.path.abspath, help="the program")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="where SQLMesh's answers are kept")
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN", help="leave these files out")
    parser.add_argument("--last", type=int, default=10**6, metavar="N", help="only the last N commits")
    parser.add_argument("--run", metavar="PYTHON", help="lets impact run macros with this Python")
    parser.add_argument("--sdist", metavar="DIR", help="SQLMesh's source distribution, unpacked (default: fetched)")
    parser.add_argument("--python", default=sys.executable, help="a Python with SQLMesh (default: this one)")
    parser.add_argument("--oracle", default=record.ORACLE, metavar="FILE", help="the oracle script")
    return parser.parse_args()


def main():
    """Walks the history."""
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        counts = walk(arguments, folder)
    print(" ".join(f"{count} {name}," for name, count in counts.items()).rstrip(","))
    sys.exit(1 if counts["differ"] else 0)


if __name__ == "__main__":
    main()
