"""Places where states of a project are laid out and planned by a process with SQLMesh beside each.

In: how that process is started, a project, edits. Out: the answers by edit.
Must never interpret an answer: what is asked and what is kept of it is up to the scripts that record.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import edits
import sdist

WORKERS = 2
LEFT_OUT = shutil.ignore_patterns(".git", ".cache", "logs", "*.db", "*.duckdb", "__pycache__")


class Server:
    """SQLMesh, in a process beside this one: one line of JSON a question, one an answer."""

    def __init__(self, arguments, command):
        """Starts `command` under the Python with SQLMesh, with what the examples import in reach."""
        packages = sdist.requirements(sdist.fetch(arguments.sdist, arguments.python), arguments.python)
        environment = {**os.environ, "PYTHONPATH": str(packages), "PYTHONHASHSEED": "0", "MAX_FORK_WORKERS": "2"}
        self.process = subprocess.Popen(
            [arguments.python, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ask(self, question):
        """The answer to one question."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the process with SQLMesh ended")
        return json.loads(line)

    def close(self):
        """Lets the process end."""
        self.process.stdin.close()
        self.process.wait()


class Bench:
    """One place where states of a project are laid out and planned, one after the other.

    Always the same path, because SQLMesh counts a moved Python module as a change."""

    def __init__(self, server, source, folder):
        """`server` serves this bench alone, `source` is the unmodified project, `folder` an empty directory."""
        self.server, self.source, self.folder = server, source, Path(folder)
        self.project = self.folder / "project"

    def lay_out(self, operations):
        """Makes the project anew, with these operations applied."""
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(self.source, self.project, symlinks=True, ignore=LEFT_OUT)
        edits.apply(operations, self.project)

    def published(self, operations):
        """The state database in which the project with these operations is what prod runs."""
        state = self.folder / f"{edits.digest(operations)}.db"
        if not state.exists():
            self.lay_out(operations)
            answer = self.publish(state)
            if "error" in answer:
                raise SystemExit(f"the state before can't be published: {answer['error']}")
        return state

    def changed(self, edit):
        """Lays out the state after an edit; the database of the state before."""
        before = self.published(edits.given(edit))
        self.lay_out(edits.given(edit) + edit["operations"])
        return before

    def copied(self, database):
        """A copy of a DuckDB database, with its log, which still holds what was written last."""
        target = self.folder / "state.db"
        for ending in ("", ".wal"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
            if database.with_name(database.name + ending).exists():
                shutil.copyfile(database.with_name(database.name + ending), target.with_name(target.name + ending))
        return target


def answers(start, chosen):
    """SQLMesh's answer for each of the chosen edits, by id; says on the way what came out.

    `start(folder)` makes a bench with a process of its own."""
    free = Queue()

    def one(edit):
        bench = free.get()
        try:
            answer = bench.answer(edit)
        finally:
            free.put(bench)
        print(f"{edit['id']}: {compact(answer)[:160]}", file=sys.stderr, flush=True)
        return edit["id"], answer

    with tempfile.TemporaryDirectory() as folder:
        for number in range(min(WORKERS, max(1, len(chosen)))):
            place = Path(folder) / str(number)
            place.mkdir()
            free.put(start(place))
        try:
            with ThreadPoolExecutor(WORKERS) as pool:
                return dict(pool.map(one, chosen))
        finally:
            while not free.empty():
                free.get().server.close()


def compact(value):
    """JSON without spaces; keys stay in their order."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
