#!/usr/bin/env python3
"""Asks SQLMesh which small projects it refuses to load and writes recorded/refusals.json.

    VENV/bin/python tests/oracle/refusals.py [NAME ...]       needs sqlmesh==0.236.4

The projects are in refusals.json, by name: their `files` beside a configuration and a model `t.ok`; `untold` says why
impact doesn't tell a refusal. Out: for each what SQLMesh says, `null` if it loads the project. Every project is loaded by a process of its own, because macros and models of Python register themselves.
"""

import json
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

os.environ["MAX_FORK_WORKERS"] = "1"

HERE = Path(__file__).resolve().parent
SECONDS = 60
BASE = {
    "config.yaml": "gateways: {local: {connection: {type: duckdb}}}\nmodel_defaults: {dialect: duckdb}\nvariables: {n: 3}\n",
    "models/ok.sql": "MODEL (name t.ok);\nSELECT 1 AS a\n",
}


def what(error, root, files):
    """What went wrong, without where the project lies and without its text."""
    lines = [line.strip() for line in str(error).replace("\x1b[4m", "").replace("\x1b[0m", "").splitlines()]
    text = {line.strip() for file in files.values() for line in file.splitlines()}
    said = [line for line in lines if line and line not in text and not line.startswith(("Failed to ", "at '", 'File "'))]
    of_macro = [at for at, line in enumerate(said) if line.startswith("An error occurred during evaluation of")]
    if of_macro:
        # A traceback follows; what went wrong is its last line.
        said = [said[of_macro[0]], said[-1]]
    text = f"{type(error).__name__}: {' '.join(said)}".replace(f"{root}/", "").replace(str(root), "the project")
    return text[:160]


def load(root, files):
    """Loads the project; the error, or nothing."""
    from sqlmesh import Context
    from sqlmesh.core.console import NoopConsole, set_console

    set_console(NoopConsole())
    signal.alarm(SECONDS)
    try:
        Context(paths=str(root))
    except Exception as error:
        return what(error, root, files)
    return None


def ask(files):
    """The answer of a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        for path, text in {**BASE, **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.chdir(root)
            answer = json.dumps(load(root, files))
            os.write(into, answer.encode())
            os._exit(0)
        os.close(into)
        with os.fdopen(out) as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
    return json.loads(text) if text else "the process ended without an answer"


def main():
    import sqlmesh  # noqa: F401  (every child has it then)

    logging.disable(logging.CRITICAL)
    cases = json.loads((HERE / "refusals.json").read_text())
    target = HERE / "recorded" / "refusals.json"
    recorded = json.loads(target.read_text()) if sys.argv[1:] else {}
    for name in sys.argv[1:] or cases:
        recorded[name] = ask(cases[name]["files"])
        print(f"{name}: {recorded[name]}", flush=True)
    target.write_text(json.dumps({name: recorded[name] for name in cases}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
