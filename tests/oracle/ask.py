"""Puts questions to SQLMesh; runs under the Python that has it.

    ask.py ORACLE [PACKAGE ...]     with one question a line on standard input: {"verb", "state", "roots", "permit", "gateways"}

In: the oracle script; packages that needn't be installed, and get a stand-in (engines too, if any is named); a verb of it (`publish`, `plan`, `lineage`), a state database, the roots of one project
(several: one SQLMesh context over all of them); whether destructive changes of forward-only models are allowed; whether
the project keeps its gateways, which are all in-memory DuckDBs then, instead of the oracle's one.
Out: the oracle's answer, one line of JSON a question, in their order; a failure is `{"error": ...}`.
Must never load two states of a project in one process, because Python modules stay loaded: each question is
answered by a fork, which inherits nothing but the imports, the slowest part of SQLMesh.
"""

import ast
import functools
import importlib
import json
import os
import sys
from pathlib import Path

import stand_ins

IMPORTS = [
    "dateparser",
    "duckdb",
    "numpy",
    "pandas",
    "sqlglot.dialects",
    "sqlglot.dialects.duckdb",
    "sqlglot.dialects.hive",
    "sqlglot.optimizer",
    "sqlmesh",
    "sqlmesh.core.config.loader",
    "sqlmesh.core.context",
    "sqlmesh.core.lineage",
    "sqlmesh.core.snapshot.evaluator",
    "sqlmesh.core.state_sync.db",
]


def oracle(path):
    """The functions of the oracle script, without its last statement, which reads the command line."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"), path)
    tree.body = [node for node in tree.body if not is_main_call(node)]
    names = {"__name__": "oracle", "__file__": path}
    exec(compile(tree, path, "exec"), names)
    return names


def is_main_call(node):
    """Is this the statement `main()`?"""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", None) == "main"
    )


def spanning(single, roots):
    """A stand-in for the oracle's `context` that opens one context over several roots."""

    def context(_path, state, full):
        configs = {Path(root): single(root, state, full).config for root in roots}
        from sqlmesh import Context

        return Context(paths=roots, config=configs)

    return context


def without_workers():
    """Loads in this process from now on: a context that is open has threads of DuckDB's, and workers that are forked
    from a process with threads die now and then."""
    from sqlmesh.core import constants

    constants.MAX_FORK_WORKERS = 1


def permitting(original):
    """A stand-in for the oracle's `context` whose plans may drop columns of forward-only models."""

    def context(path, state, full):
        opened = original(path, state, full)
        opened.plan_builder = functools.partial(opened.plan_builder, allow_destructive_models=["*"])
        return opened

    return context


def with_gateways(path, state, full):
    """A stand-in for the oracle's `context` that keeps the project's gateways, with other connections."""
    from sqlmesh import Context
    from sqlmesh.core.config import Config, DuckDBConnectionConfig
    from sqlmesh.core.config.loader import load_configs
    from sqlmesh.core.console import NoopConsole, set_console

    set_console(NoopConsole())
    [config] = load_configs(None, Config, [Path(path)]).values()
    connections = {"connection": DuckDBConnectionConfig(), "state_connection": DuckDBConnectionConfig(database=state)}
    gateways = {name: gateway.model_copy(update=connections) for name, gateway in config.gateways.items()}
    linter = config.linter.model_copy(update={"enabled": False})
    return Context(paths=[path], config=config.model_copy(update={"gateways": gateways, "linter": linter}))


def answer(names, verb, state, roots, permit, gateways):
    """The oracle's answer, in this process."""
    os.chdir(roots[0])
    if gateways:
        names["context"] = with_gateways
    if len(roots) > 1:
        without_workers()
        names["context"] = spanning(names["context"], roots)
    if permit:
        names["context"] = permitting(names["context"])
    try:
        return names[verb](roots[0], state, False)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def in_child(work):
    """What `work` gives, as JSON, from a process that ends with it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(work()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text or '{"error": "the process ended without an answer"}'


def serve(script, work):
    """Answers questions from standard input until they end: `work(names, question)`, `names` being the oracle's."""
    for name in IMPORTS:
        importlib.import_module(name)
    if sys.argv[2:]:
        stand_ins.install(sys.argv[2:])
    names = oracle(script)
    for line in sys.stdin:
        print(in_child(lambda line=line: work(names, json.loads(line))), flush=True)


def main():
    """Answers until the questions end."""
    serve(sys.argv[1], lambda names, question: answer(names, **question))


if __name__ == "__main__":
    main()
