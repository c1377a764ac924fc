#!/usr/bin/env python3
"""Compares impact with SQLMesh along the history of a project in git.

  history.py REPOSITORY [PROJECT] --python VENV/bin/python --impact target/debug/impact [--answers FILE]

Takes a repository and the path of a project in it. Walks the first-parent history: each commit that touches the
project is planned by SQLMesh on an environment that holds the commit before it (the last one that loads), and
`impact diff` is asked for the same two. Prints each model about which they disagree, then how many commits agree,
how many differ only where impact says that its answer hangs on code that isn't run, how many don't load, and how many
SQLMesh refuses to plan; exit status 1 if any differs.

A file that doesn't load keeps the whole project from loading. SQLMesh names it: the commit is then taken without the file, for
both, and such files are counted. --without leaves files out of every commit.

The oracle lays a gateway with an in-memory DuckDB under every project and keeps its `model_defaults`: the dialect decides
what is planned, and neither an engine's package nor a connection is needed. With --config the project has this
configuration instead of its own, if that isn't kept in git or runs code that isn't there.

With --transpile DIALECT the project is compared as if it were written for another engine: every model and audit in SQL is written in
that dialect, as `sqlmesh format --transpile` does it, and the configuration names it as the default one. A file that
sqlglot can't write in it is left out, as is one that SQLMesh then can't load; Python, seeds and macros stay as they are.

SQLMesh's answers are kept in --answers, by the two states, so that it needs to be asked only once. Variables of the
environment that the project names and that aren't set get a made-up value, the same for both.
"""

import argparse
import fnmatch
import hashlib
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

NAMED = re.compile(r"""(?:env_var\(|getenv\(|env\w*\.get\(|env\w*\[)\s*["'](\w+)["']""")
NUMBER = re.compile(r"port|timeout|tasks|retries|threads", re.IGNORECASE)
OBJECT = re.compile(r"json|keyfile", re.IGNORECASE)
IMPORTED = re.compile(r"^[+-]\s*(?:import|from)\s+(\w+)", re.MULTILINE)
DIALECT = re.compile(r"""(\bdialect["']?\s*[:=]\s*["']?)(\w+)""")
# Files that no plan depends on: documents, unit tests, what belongs to git and to tools.
IDLE = ("*.md", "tests/*.yaml", "tests/*.yml", ".*")
CONFIGURATION = ("config.yaml", "config.yml", "config.py")
# What may be left out because SQLMesh can't load it, and how often that is tried for one commit.
LOADED = (".sql", ".py", ".csv", ".yaml", ".yml")
TRIES = 40


class History:
    """The commits that touch a project, oldest first."""

    def __init__(self, arguments, written=None):
        """`written` gives for the files of a state what is to be written of each."""
        self.repository, self.project = arguments.repository, arguments.project
        self.without, self.written = arguments.without, written or as_they_are
        self.config = arguments.config and arguments.config.read_bytes()
        # Hashes of content that SQLMesh couldn't load.
        self.unloadable = set()
        touching = ["--", self.project] if self.project else []
        self.commits = self.git("rev-list", "--first-parent", "--reverse", "HEAD", *touching).split()

    def git(self, *arguments):
        """What git prints."""
        command = ["git", "-C", self.repository, *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")

    def tree(self, commit):
        """What tells the files of the project at a commit from others, but for those that no plan depends on; none where it isn't there."""
        try:
            files = self.files(commit, [*self.without, *IDLE])
        except subprocess.CalledProcessError:
            return None
        return hashlib.sha256(json.dumps([files, str(self.config)], sort_keys=True).encode()).hexdigest()

    def state(self, commit):
        """What tells the state that is compared from others: the tree, and what is left out of it."""
        missing = sorted(path for path, blob in self.files(commit, self.without).items() if blob in self.unloadable)
        return " without ".join([self.tree(commit), *missing])

    def files(self, commit, without):
        """The hash of each file of the project at a commit, by path, but for those that patterns leave out."""
        entries = self.git("ls-tree", "-r", "-z", f"{commit}:{self.project}").split("\0")
        files = [entry.split("\t", 1) for entry in entries if entry.startswith("100")]
        left_out = [path for _, path in files if any(fnmatch.fnmatch(path, pattern) for pattern in without)]
        return {path: kind.split()[2] for kind, path in files if path not in left_out}

    def lay_out(self, commit, folder):
        """Writes the project's files at a commit, with a stand-in for content that a partial clone lacks."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files = {path: blob for path, blob in self.files(commit, self.without).items() if blob not in self.unloadable}
        contents = [b"id,name\n1,a\n" if content is None else content for content in self.contents(files.values())]
        files = dict(zip(files, zip(files.values(), contents)))
        if self.config:
            files = {path: file for path, file in files.items() if path not in CONFIGURATION}
            files["config.yaml"] = "given", self.config
        for path, content in self.written(files).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

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


def as_they_are(files):
    """What is written of the files of a state, given by path as hash and content: the contents."""
    return {path: content for path, (_, content) in files.items()}


def made_up(variable):
    """A value for a variable of the environment."""
    return "1" if NUMBER.search(variable) else "{}" if OBJECT.search(variable) else "dummy"


class Transpiler:
    """Writes the models and audits of a project in another dialect."""

    def __init__(self, arguments):
        """Starts a process with SQLMesh that does it."""
        self.dialect, self.server = arguments.transpile, bench.Server(arguments, [str(record.HERE / "transpiling.py")])
        self.known, self.failed = {}, set()

    def __call__(self, files):
        """What is written of the files of a state, given by path as hash and content."""
        configured = [content.decode("utf-8", "replace") for path, (_, content) in files.items() if path in CONFIGURATION]
        found = DIALECT.search("\n".join(configured))
        default = found.group(2) if found else ""
        written = {path: self.file(path, default, *file) for path, file in files.items()}
        return {path: content for path, content in written.items() if content is not None}

    def file(self, path, default, blob, content):
        """What is written of one file; nothing where that can't be done."""
        if path in CONFIGURATION:
            return DIALECT.sub(rf"\g<1>{self.dialect}", content.decode("utf-8", "replace")).encode()
        if not path.endswith(".sql") or not {"models", "audits"} & set(Path(path).parts):
            return content
        if (blob, default) not in self.known:
            question = {"text": content.decode("utf-8", "replace"), "default": default, "dialect": self.dialect}
            text = self.server.ask(question).get("text")
            self.known[blob, default] = None if text is None else text.encode()
            self.failed |= {path} if text is None else set()
        return self.known[blob, default]


class Planner:
    """SQLMesh's answers about pairs of commits, asked or remembered."""

    def __init__(self, arguments, history, folder):
        """`folder` is an empty directory to work in."""
        self.history, self.folder = history, Path(folder)
        self.place = bench.Bench(record.Oracle(arguments, history.imported() or ["pyspark"]), None, folder)
        self.kept = arguments.answers
        self.known = json.loads(self.kept.read_text()) if self.kept and self.kept.exists() else {}
        self.dialect = f"{arguments.transpile} " if arguments.transpile else ""

    def remembered(self, key, ask):
        """The answer under `key`, from `ask` if it is a new one."""
        key = self.dialect + key
        if key not in self.known:
            self.known[key] = ask()
            if self.kept:
                self.kept.write_text(json.dumps(self.known, indent=0))
        return self.known[key]

    def loads(self, commit):
        """Nothing if SQLMesh loads the project at a commit, or why it doesn't; leaves out what it can't load."""
        def ask():
            left_out, blobs = [], self.history.files(commit, ())
            for _ in range(TRIES):
                reason = self.published(commit).get("error", "")
                named = re.search(re.escape(str(self.place.project)) + r"/([^'\"\n]+)['\"]", reason)
                if not named or not named.group(1).endswith(LOADED) or named.group(1) in CONFIGURATION:
                    break
                left_out.append(blobs[named.group(1)])
                self.history.unloadable.add(left_out[-1])
            return {"reason": reason[:300], "left_out": left_out}
        if not self.history.tree(commit):
            return "the project isn't there"
        answer = self.remembered(self.history.tree(commit), ask)
        self.history.unloadable |= set(answer["left_out"])
        return answer["reason"]

    def database(self, commit):
        """Where the state is kept in which prod is the project at a commit."""
        return self.folder / f"{hashlib.sha256(self.history.state(commit).encode()).hexdigest()}.db"

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
        return self.remembered(f"{self.history.state(before)} {self.history.state(after)}", ask)

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
        state = history.state(commit)
        if state not in self.commits:
            history.lay_out(commit, self.folder / "project")
            self.git("add", "--all", "--force")
            self.git("-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--allow-empty", "-m", commit)
            self.commits[state] = self.git("rev-parse", "HEAD").strip()
        return self.commits[state]

    def git(self, *arguments):
        """What git prints."""
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def predicted(self, before, after):
        """How impact lists each model, with its category, and which of these it marks as uncertain; a text if it fails."""
        command = [self.arguments.impact, "diff", f"{before}..{after}", "-p", "project", "--format", "json"]
        # The oracle puts a gateway of this name in the place of the project's; where its code runs, only those are there.
        command += [] if self.arguments.run else ["--gateway", "oracle"]
        command += ["--python", self.arguments.run] if self.arguments.run else []
        command += ["--dialect", self.arguments.dialect] if self.arguments.dialect else []
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            return done.stderr.strip()[-300:]
        analysis = json.loads(done.stdout)
        nodes = analysis["models"] + analysis.get("standalone_audits", [])
        listed = {node["name"]: (node["change"], node["sqlmesh"]) for node in nodes if node["change"] != "none"}
        return listed, {node["name"] for node in nodes if not node.get("sqlmesh_certain", True)}


def differing(wanted, found, uncertain):
    """Two lists of one line for each model about which the two disagree: where impact is certain, and where it says that it isn't."""
    lines = [], []
    for name in sorted(set(wanted) | set(found)):
        one, other = wanted.get(name, ("none", None)), found.get(name, ("none", None))
        if one != other:
            mark = ", which it marks" if name in uncertain else ""
            lines[name in uncertain].append(f"{name}: SQLMesh {one}, impact {other}{mark}")
    return lines


def walk(arguments, folder):
    """Compares every commit; counts by outcome."""
    written = Transpiler(arguments) if arguments.transpile else None
    history = History(arguments, written)
    os.environ.update(history.variables())
    copy = Copy(arguments, folder)
    planner = Planner(arguments, history, folder)
    counts = {"agree": 0, "differ": 0, "marked": 0, "models": 0, "not loaded": 0, "refused": 0}
    before = None
    for commit in history.commits[-arguments.last :]:
        reason = planner.loads(commit)
        if reason:
            counts["not loaded"] += 1
            print(f"{commit[:10]} does not load: {reason[:200]}", flush=True)
            continue
        if before and history.state(before) != history.state(commit):
            compare(copy, planner, before, commit, counts)
        before = commit
    counts["files left out"] = len(history.unloadable) + (len(written.failed) if written else 0)
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
    certain, marked = ([f"impact fails: {found}"], []) if isinstance(found, str) else differing(wanted, *found)
    counts["models"] += len(wanted)
    counts["differ" if certain else "marked" if marked else "agree"] += 1
    for line in certain + marked:
        print(f"{before[:10]}..{after[:10]} {line}", flush=True)


def parse_arguments():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", help="a git repository, bare or not")
    parser.add_argument("project", nargs="?", default="", help="the project's path in it (default: its root)")
    parser.add_argument("--impact", default="target/debug/impact", type=os.path.abspath, help="the program")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="where SQLMesh's answers are kept")
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN", help="leave these files out")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the configuration of every commit, in place of its own")
    parser.add_argument("--last", type=int, default=10**6, metavar="N", help="only the last N commits")
    parser.add_argument("--dialect", metavar="NAME", help="what impact is told of a configuration that is made by code")
    parser.add_argument("--transpile", metavar="DIALECT", help="write the models in this dialect")
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
