#!/usr/bin/env python3
"""Records what SQLMesh loads: every model's header, its query before the optimizer, and the statements around that.

    VENV/bin/python render.py [--sdist DIR] [--check] [NAME ...]

In: the projects below, or those with these names. Out: recorded/render-NAME.json (with --check nothing is written: the
exit status is 1 if an answer is another one today), by model: its dialect, its header (`headers.py`), the query as
SQL in that dialect, or the error; pre-, post- and on-virtual-update statements, a list for each. Of models that aren't
written in SQL the header alone. Macros and Jinja are
expanded as when the project is loaded (dates are the first day of the epoch, parents' columns are known); names are
neither normalized nor quoted, and projections get no aliases, for all of that comes after rendering.
Runs under the Python that has SQLMesh. Each project is loaded by a process of its own, because Python modules stay.
"""

import argparse
import difflib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
TESTDATA = PROJECT / "testdata" / "render"
sys.path.append(str(PROJECT / "src" / "worker"))

import headers  # noqa: E402
import sdist  # noqa: E402
import worker  # noqa: E402

EXAMPLES = {
    "sushi": ["sushi"],
    "multi": ["multi/repo_1", "multi/repo_2"],
    "wursthall": ["wursthall"],
}


def query(model):
    """The rendered query, or the reason why there is none."""
    try:
        return {"query": ";\n".join(worker.query(model))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def statements(model, given):
    """One list of rendered texts for each statement."""
    from sqlmesh.core import dialect as d
    from sqlmesh.core.renderer import ExpressionRenderer

    found = []
    for statement in given:
        if not isinstance(statement, d.MacroDef):
            try:
                found.append(worker.rendered(ExpressionRenderer, model, statement, only_execution_time=False))
            except Exception as error:
                found.append([f"error: {type(error).__name__}: {error}"])
    return found


def answer(model):
    """Everything recorded about one model: of those that aren't written in SQL the header alone."""
    from sqlmesh.core.model import SqlModel

    record = {"dialect": model.dialect, "header": headers.header(model)}
    if not isinstance(model, SqlModel):
        return {"type": model.source_type, **record}
    record.update(query(model))
    parts = {"pre": model.pre_statements, "post": model.post_statements, "virtual": model.on_virtual_update}
    for name, given in parts.items():
        if texts := statements(model, given):
            record[name] = texts
    return record


def ask(roots):
    """Everything about the models of a project with these roots."""
    worker.pretend_engines()
    from sqlmesh import Context
    from sqlmesh.core.console import NoopConsole, set_console

    logging.disable(logging.CRITICAL)
    set_console(NoopConsole())
    models = Context(paths=roots).models.values()
    return {worker.shown_name(model): answer(model) for model in models}


def projects(examples):
    """The roots of all projects by name."""
    found = {name: [examples / root for root in roots] for name, roots in EXAMPLES.items()}
    if TESTDATA.is_dir():
        found.update({path.name: [path] for path in sorted(TESTDATA.iterdir()) if path.is_dir()})
    return found


def asked(roots, given):
    """The answer of a process of its own, about a copy (SQLMesh leaves a cache there), as the text of a file."""
    with tempfile.TemporaryDirectory() as place:
        copies = [shutil.copytree(root, Path(place) / root.name) for root in roots]
        command = [sys.executable, str(HERE / "render.py"), *given, "--one", *map(str, copies)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=copies[0]).stdout
    models = json.loads(output.splitlines()[-1])
    lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(models.items())]
    return '{"format": 1, "sqlmesh": "0.236.4", "models": {\n' + ",\n".join(lines) + "\n}}\n"


def differs(name, text):
    """Says whether the answer is another one than what is recorded, and where."""
    recorded = (HERE / "recorded" / f"render-{name}.json").read_text(encoding="utf-8")
    print(f"{name}: {'as recorded' if text == recorded else 'NOT as recorded'}")
    sys.stdout.writelines(difflib.unified_diff(recorded.splitlines(True), text.splitlines(True), "recorded", "today", n=0))
    return text != recorded


def main():
    """Records the named projects, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sdist")
    parser.add_argument("--check", action="store_true", help="compare with what is recorded")
    parser.add_argument("--one", action="store_true", help="print the answer about a project with these roots")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    found = sdist.fetch(arguments.sdist, sys.executable)
    packages = sdist.requirements(found, sys.executable)
    if arguments.one:
        sys.path.insert(0, str(packages))
        print(json.dumps(ask([Path(root) for root in arguments.names])))
        return
    different = False
    for name, roots in projects(found / "examples").items():
        if not arguments.names or name in arguments.names:
            text = asked(roots, ["--sdist", str(found)])
            if arguments.check:
                different |= differs(name, text)
                continue
            (HERE / "recorded" / f"render-{name}.json").write_text(text, encoding="utf-8")
            print(f"{name}: {len(json.loads(text)['models'])} models")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
