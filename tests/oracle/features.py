#!/usr/bin/env python3
"""Records what SQLMesh offers to those who write a project: `recorded/features.json`, and in `src/project/` the names
of properties (`header/properties.txt`) and of settings (`config/settings.txt`).

    VENV/bin/python features.py [--check]

Out: by group, the names of everything that a project may use, read from SQLMesh's own classes and registries:
properties of headers and of kinds with what they are by default, macros, what a Jinja template may call, settings.
`tests/sqlmesh/features.rs` demands a recorded model or project that uses each. With --check nothing is written: the
exit status is 1 if SQLMesh offers something else today. Runs under the Python that has SQLMesh.
"""

import argparse
import inspect
import json
import sys
from pathlib import Path

from headers import field_defaults

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded" / "features.json"
PROJECT = HERE.parent.parent / "src" / "project"
PROPERTIES = PROJECT / "header" / "properties.txt"
SETTINGS = PROJECT / "config" / "settings.txt"


def headers():
    """Properties of a `MODEL` header: the fields of `ModelMeta`, and what is renamed before these are looked at."""
    from sqlmesh.core.model.meta import ModelMeta

    source = inspect.getsource(ModelMeta._pre_root_validator)
    renamed = [name for name in ("grain", "table_properties") if f'data.pop("{name}"' in source]
    return {**field_defaults(ModelMeta), **dict.fromkeys([*renamed, "blueprints"])}


def kinds():
    """Kinds, each with its own properties."""
    from sqlmesh.core.model.kind import MODEL_KIND_NAME_TO_TYPE

    found = {}
    for name, klass in MODEL_KIND_NAME_TO_TYPE.items():
        found[name.value] = {key: value for key, value in field_defaults(klass).items() if key != "name"}
    return found


def known_properties():
    """A line for each property: the kind that has it, or `MODEL`; its name; `number` if it must be one from 1 on."""
    from sqlmesh.core.model.kind import MODEL_KIND_NAME_TO_TYPE

    lines = [f"MODEL {name}" for name in headers()]
    for kind, klass in MODEL_KIND_NAME_TO_TYPE.items():
        lines.append(kind.value)
        for name, info in klass.all_field_infos().items():
            is_number = "Annotated[int" in str(info.annotation) or "positive_int_validator" in str(info)
            number = " number" if is_number else ""
            if name != "name":
                lines.append(f"{kind.value} {info.alias or name}{number}")
    return "\n".join(lines) + "\n"


def known_settings():
    """A line for each setting of a configuration file, and for each default of models."""
    from sqlmesh.core.config import Config, ModelDefaultsConfig

    source = inspect.getsource(Config._normalize_and_validate_fields)
    renamed = [name for name in ("gateway", "physical_schema_override") if f'"{name}" in data' in source]
    settings = sorted({*fields(Config), *Config.model_fields, *renamed})
    defaults = sorted(ModelDefaultsConfig.all_fields())
    lines = [f"config {name}" for name in settings] + [f"model_defaults {name}" for name in defaults]
    return "\n".join(lines) + "\n"


def fields(klass):
    """The names of a class's fields, as they are written in a configuration or a header."""
    return [info.alias or name for name, info in klass.all_field_infos().items()]


def standalone_audit():
    """Properties of an `AUDIT` header: those of audits of models and of standalone ones."""
    from sqlmesh.core.audit.definition import ModelAudit, StandaloneAudit

    not_written = {"query", "expressions", "jinja_macros", "python_env", "default_catalog", "source_type"}
    return [name for name in dict.fromkeys(fields(ModelAudit) + fields(StandaloneAudit)) if name not in not_written]


def macros():
    """Macro operators and functions, the clauses that are macros, and what the parser knows by name."""
    from sqlmesh.core import dialect
    from sqlmesh.core.macros import macro

    parsed = [name for name in ("DEF", "SQL") if f'macro_name == "{name}"' in inspect.getsource(dialect._parse_macro)]
    names = {*macro.get_registry(), *dialect.KEYWORD_MACROS, *parsed}
    return sorted({name.lower() for name in names})


def date_variables():
    """`@start_ds` and its like."""
    from sqlmesh.utils.date import date_dict

    return sorted(date_dict(0, 0, 0))


def evaluator():
    """What a Python macro may ask its evaluator for."""
    from sqlmesh.core.macros import MacroEvaluator

    public = [name for name, _ in inspect.getmembers(MacroEvaluator) if not name.startswith("_")]
    return sorted(public)


def context():
    """What a Python model may ask its context for."""
    from sqlmesh.core.context import ExecutionContext

    return sorted(name for name, _ in inspect.getmembers(ExecutionContext) if not name.startswith("_"))


def jinja():
    """Everything that the environment of a template has."""
    from jinja2.parser import _statement_keywords
    from sqlmesh.core import renderer
    from sqlmesh.utils.jinja import ENVIRONMENT, JinjaMacroRegistry

    extended = {tag for extension in ENVIRONMENT.extensions.values() for tag in extension.tags}
    own = JinjaMacroRegistry(create_builtins_module="sqlmesh.utils.jinja").build_environment()
    passed = inspect.getsource(renderer.BaseExpressionRenderer._render)
    given = ["this_model", "this_env", "gateway", "runtime_stage", "resolve_table", "default_catalog", "snapshots"]
    assert all(f'"{name}"' in passed for name in given if name != "gateway")
    return {
        "filters": sorted(ENVIRONMENT.filters),
        "tests": sorted(ENVIRONMENT.tests),
        "globals": sorted({*ENVIRONMENT.globals, *own.globals, *given}),
        "statements": sorted({*_statement_keywords, "call", "filter", *extended}),
    }


def folders():
    """Folders that the loader looks into."""
    from sqlmesh.core import constants, loader

    source = inspect.getsource(loader)
    names = [name for name, value in vars(constants).items() if name.isupper() and f"c.{name}" in source]
    paths = [name for name in names if f"config_path / c.{name}" in source or f"config_path) / c.{name}" in source]
    return sorted(getattr(constants, name) for name in paths)


def built_in_audits():
    """Audits that every project has."""
    from sqlmesh.core.audit.builtin import BUILT_IN_AUDITS

    return sorted(BUILT_IN_AUDITS)


def features():
    """All groups."""
    import sqlmesh  # noqa: F401
    from sqlmesh.core.config import Config, GatewayConfig, ModelDefaultsConfig
    from sqlmesh.core.metric.definition import MetricMeta
    from sqlmesh.core.model.seed import CsvSettings

    return {
        "header": headers(),
        "kinds": kinds(),
        "csv_settings": fields(CsvSettings),
        "audit_header": standalone_audit(),
        "metric_header": [name for name in fields(MetricMeta) if name != "dialect"],
        "built_in_audits": built_in_audits(),
        "macros": macros(),
        "dates": date_variables(),
        "evaluator": evaluator(),
        "context": context(),
        "jinja": jinja(),
        "model_defaults": fields(ModelDefaultsConfig),
        "config": fields(Config),
        "gateway": fields(GatewayConfig),
        "folders": folders(),
    }


def main():
    """Writes or checks the record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="compare with what is recorded")
    arguments = parser.parse_args()
    groups = [f"  {json.dumps(name)}: {json.dumps(group)}" for name, group in features().items()]
    text = '{"format": 1, "sqlmesh": "0.236.4", "features": {\n' + ",\n".join(groups) + "\n}}\n"
    if not arguments.check:
        RECORDED.write_text(text, encoding="utf-8")
        PROPERTIES.write_text(known_properties(), encoding="utf-8")
        SETTINGS.write_text(known_settings(), encoding="utf-8")
        return
    answers = {RECORDED: text, PROPERTIES: known_properties(), SETTINGS: known_settings()}
    same = all(path.read_text(encoding="utf-8") == answer for path, answer in answers.items())
    print(f"features: {'as recorded' if same else 'NOT as recorded'}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
