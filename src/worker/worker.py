"""Expands queries with the installed SQLMesh, for `impact --python`.

    PYTHON worker.py --version      prints {"sqlmesh": "...", "python": "..."}
    PYTHON worker.py                reads requests from standard input

In: a line with the settings {"roots", "state", "config", "gateway", "dialect", "catalog", "blueprints"}, a line {"name"}
for each model, an empty line. With "blueprints" the names are paths of files, and the answers what their blueprints are. Standard input then stays open: when it closes, whoever asked is gone, and so is this process.
Out: a line {"skipped", "line", "error"} for each file that could not be loaded, a line {"name", "sql"} or {"name", "error"}
for each model and {"done": true}; or {"failed": "..."}. What the
project prints goes to standard error.
Loads the project as SQLMesh does, which runs its code. All connections are replaced by DuckDB in memory and the state
by a file in the temporary folder, so that no warehouse is reached by SQLMesh.
"""

import importlib.abc
import importlib.machinery
import json
import logging
import os
import re
import signal
import sys
import threading
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import MagicMock

# Packages of engines that a configuration may name and that nobody needs here.
ENGINES = [
    "google", "google.cloud", "google.cloud.bigquery", "google.oauth2", "google.oauth2.service_account", "google.auth",
    "google.auth.impersonated_credentials", "google.api_core", "google.api_core.client_info",
    "google.api_core.exceptions", "psycopg2", "snowflake", "snowflake.connector", "trino", "pyspark", "databricks",
    "databricks.sql", "redshift_connector", "clickhouse_connect", "pymysql", "pymssql", "pyodbc", "pyathena",
]


# How many files are left out before the project counts as one that can't be loaded.
MOST_SKIPPED = 50


def versions():
    """The versions on which an answer depends."""
    from importlib.metadata import PackageNotFoundError, version

    def found(name):
        try:
            return version(name)
        except PackageNotFoundError:
            return None

    return {"sqlmesh": found("sqlmesh"), "sqlglot": found("sqlglot"), "python": sys.version.split()[0]}


def own_output():
    """Standard output for the answers alone: everybody else's goes to standard error."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="utf-8", newline="\n")


def end_with_parent(stream):
    """Ends this process and its children once standard input closes."""
    while stream.readline():
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(3)


def requests(stream):
    """The settings and the names of the models."""
    settings = json.loads(stream.readline())
    names = []
    while line := stream.readline().strip():
        names.append(json.loads(line)["name"])
    return settings, names


class Pretended(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for every module of packages of engines that aren't installed."""

    def find_spec(self, name, path=None, target=None):
        if any(name == engine or name.startswith(engine + ".") for engine in ENGINES):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = MagicMock()
        module.__path__ = []
        return module

    def exec_module(self, module):
        pass


def pretend_engines():
    """Lets a configuration import packages of engines that aren't installed; asked last, after all that are."""
    sys.meta_path.append(Pretended())


def pretend_connections():
    """Takes every connection of a YAML configuration for one to DuckDB: its secrets may be elsewhere."""
    from sqlmesh.core.config import DuckDBConnectionConfig, connection

    connection.parse_connection_config = lambda written: DuckDBConnectionConfig()


def offline(config, settings):
    """The configuration with DuckDB in memory in place of all connections."""
    from sqlmesh.core.config import DuckDBConnectionConfig, GatewayConfig
    from sqlmesh.core.config.scheduler import BuiltInSchedulerConfig

    catalog = settings["catalog"]
    is_named = catalog and catalog != "memory"
    connection = DuckDBConnectionConfig(catalogs={catalog: ":memory:"}) if is_named else DuckDBConnectionConfig()
    replaced = {
        "connection": connection,
        "state_connection": DuckDBConnectionConfig(database=settings["state"]),
        "test_connection": None,
        "scheduler": None,
    }
    gateways = config.gateways if isinstance(config.gateways, dict) else {"": config.gateways}
    gateways = gateways or {"": GatewayConfig()}
    update = {
        "gateways": {name: gateway.model_copy(update=replaced) for name, gateway in gateways.items()},
        "default_connection": connection,
        "default_scheduler": BuiltInSchedulerConfig(),
        "notification_targets": [],
        "users": [],
    }
    if settings["dialect"]:
        update["model_defaults"] = config.model_defaults.model_copy(update={"dialect": settings["dialect"]})
    if getattr(config, "linter", None):
        update["linter"] = config.linter.model_copy(update={"enabled": False})
    return config.model_copy(update=update)


def load(settings):
    """SQLMesh's context with all models."""
    import inspect

    from sqlmesh import Context
    from sqlmesh.core.config import Config
    from sqlmesh.core.config.loader import load_configs
    from sqlmesh.core.console import NoopConsole, set_console

    set_console(NoopConsole())
    pretend_connections()
    roots = [Path(root) for root in settings["roots"]]
    configs = load_configs(settings["config"], Config, roots)
    configs = {path: offline(config, settings) for path, config in configs.items()}
    known = inspect.signature(Context.__init__).parameters
    further = {"load_state": False} if "load_state" in known else {}
    return Context(paths=roots, config=configs, gateway=settings["gateway"], **further)


def load_what_can(settings):
    """The context, and the files that could not be loaded, which are removed from the copy of the project."""
    from sqlmesh.core.macros import macro
    from sqlmesh.core.signal import signal as signals

    folder = Path(settings["folder"]).resolve()
    registries = [(kind, kind.get_registry()) for kind in (macro, signals)]
    skipped = []
    while True:
        # A file that failed may have left some of its functions.
        for kind, registry in registries:
            kind.set_registry(registry.copy())
        try:
            return load(settings), skipped
        except Exception as error:
            place = culprit(error, folder)
            if place is None or len(skipped) >= MOST_SKIPPED:
                raise
            path, line = place
            source = path.read_text(encoding="utf-8", errors="replace")
            path.unlink()
            skipped.append({"path": path, "line": line, "error": brief(error), "source": source})


def culprit(error, folder):
    """The file of the project that an error comes from, and its line there."""
    chain = []
    while error is not None and len(chain) < 20:
        chain.append(error)
        error = error.__cause__ or error.__context__
    found = [place for error in chain for place in places(error)]
    for path, line in found:
        path = Path(path).resolve()
        if folder in path.parents and path.is_file() and not path.name.startswith("config."):
            return path, line
    return None


def places(error):
    """The files that an error names, the likeliest first."""
    for path in re.findall(r"'([^'\n]+\.sql)'", str(error)):
        yield path, 0
    if isinstance(error, SyntaxError) and error.filename:
        yield error.filename, error.lineno or 0
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    yield from reversed(frames)
    for path in re.findall(r"'([^'\n]+\.py)'", str(error)):
        yield path, 0


def hides_operator(skipped):
    """Does a file that is missing define a macro that SQLMesh has under the same name?"""
    from sqlmesh.core.macros import macro

    defined = {name for file in skipped for name in re.findall(r"def\s+(\w+)|macro\(\s*[\"'](\w+)", file["source"])}
    defined = {name.lower() for names in defined for name in names if name}
    return any(name.lower() in defined for name in macro.get_registry())


def is_complete(models, model):
    """Is everything there that the model reads, directly or not?"""
    by_name = {model.fqn: model for model in models}
    pending, seen = [model], set()
    while pending:
        for parent in pending.pop().depends_on:
            if parent not in by_name:
                return False
            if parent not in seen:
                seen.add(parent)
                pending.append(by_name[parent])
    return True


def shown_name(model):
    """The name without quotes and without the default catalog, whose case follows the dialect."""
    from sqlglot import exp

    parts = [part.name for part in exp.to_table(model.fqn).parts]
    if len(parts) > 2 and parts[0].lower() == (model.default_catalog or "").lower():
        parts = parts[1:]
    return ".".join(parts)


def capturing(renderer_class):
    """A renderer that keeps what macros leave, before names are normalized."""

    class Capturing(renderer_class):
        @contextmanager
        def _normalize_and_quote(self, query):
            self.kept.append(query.copy() if query is not None else None)
            yield query

    return Capturing


def rendered(renderer_class, model, expression, **settings):
    """SQL of what the expression renders to on the first day of the epoch, one text a statement."""
    renderer = capturing(renderer_class)(
        expression,
        model.dialect,
        model.macro_definitions,
        path=model._path,
        jinja_macro_registry=model.jinja_macros,
        python_env=model.python_env,
        default_catalog=model.default_catalog,
        model=model,
        **settings,
    )
    renderer.kept = []
    renderer._render()
    return [kept.sql(dialect=model.dialect, comments=False) for kept in renderer.kept if kept is not None]


def query(model):
    """The model's query with macros and templates expanded, one text a statement."""
    from sqlmesh.core.renderer import QueryRenderer

    settings = {"schema": model.mapping_schema, "only_execution_time": model.kind.only_execution_time}
    return rendered(QueryRenderer, model, model.query, **settings)


def expanded(model):
    """The model's query as one statement."""
    texts = query(model)
    if len(texts) != 1:
        raise ValueError(f"it is rendered to {len(texts)} statements")
    return texts[0]


def answer(models, name):
    """One answer."""
    model = models.get(name)
    if model is None:
        return {"name": name, "error": "SQLMesh loads no model of this name, or not all that it reads"}
    try:
        return {"name": name, "sql": expanded(model)}
    except Exception as error:
        return {"name": name, "error": brief(error)}


def watched_blueprints():
    """Every list of blueprints that SQLMesh takes from now on, by file."""
    from sqlmesh.core.model import definition

    found = {}
    extract = definition._extract_blueprints

    def watched(blueprints, path):
        items = extract(blueprints, path)
        if blueprints:
            variables = [definition._extract_blueprint_variables(item, path) for item in items]
            found.setdefault(Path(path).resolve(), []).append(variables)
        return items

    definition._extract_blueprints = watched
    return found


def blueprints_of(found, models, settings, name):
    """The blueprints of one file as a list of dictionaries of SQL."""
    from sqlglot import exp

    places = [Path(settings["folder"], name).resolve()]
    lists = [made for place in places for made in found.get(place, [])]
    if len(lists) != 1:
        return {"name": name, "error": f"SQLMesh found {len(lists)} lists of blueprints in this file"}
    dialects = {model.dialect for model in models if model._path and Path(model._path).resolve() in places}
    dialect = next(iter(dialects), None)

    def text(value):
        return value.sql(dialect=dialect) if isinstance(value, exp.Expression) else exp.convert(value).sql(dialect=dialect)

    made = [{key.lower(): text(value) for key, value in variables.items()} for variables in lists[0]]
    return {"name": name, "sql": json.dumps(made)}


def brief(error):
    """An error in one line that isn't long."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]


def main():
    """Answers one request."""
    if sys.argv[1:] == ["--version"]:
        print(json.dumps(versions()))
        return
    output = own_output()
    settings, names = requests(sys.stdin)
    threading.Thread(target=end_with_parent, args=(sys.stdin,), daemon=True).start()
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    pretend_engines()
    try:
        blueprints = watched_blueprints() if settings["blueprints"] else None
        context, skipped = load_what_can(settings)
        folder = Path(settings["folder"]).resolve()
        for file in skipped:
            path = file["path"].relative_to(folder).as_posix()
            print(json.dumps({"skipped": path, "line": file["line"], "error": file["error"]}), file=output)
        loaded = list(context.models.values())
        models = {shown_name(model): model for model in loaded if model.is_sql}
        if skipped:
            hidden = hides_operator(skipped)
            models = {name: model for name, model in models.items() if not hidden and is_complete(loaded, model)}
        for name in names:
            found = answer(models, name) if blueprints is None else blueprints_of(blueprints, loaded, settings, name)
            print(json.dumps(found), file=output, flush=True)
        print(json.dumps({"done": True}), file=output, flush=True)
    except BaseException as error:
        print(json.dumps({"failed": brief(error)}), file=output, flush=True)
    # Nothing that the project left running may keep the answer waiting.
    os._exit(0)


if __name__ == "__main__":
    main()
