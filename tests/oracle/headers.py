"""What SQLMesh made of a model's header: every property that isn't as by default, with `model_defaults` put in.

In: a loaded model. Out: values that JSON can hold: texts, lists and mappings; expressions are SQL in the model's
dialect. What a property is by default says `defaults`, which `features.py` records.
Runs under the Python that has SQLMesh.
"""

import enum
from pathlib import Path

# What isn't written in a header: the loader puts it there, or it is recorded beside the header.
NOT_WRITTEN = {"name", "dialect", "default_catalog"}


def text(value, dialect):
    """A value as JSON: expressions as SQL, everything else that isn't a list or a mapping as its text."""
    from sqlglot import exp
    from sqlmesh.core.model.kind import TimeColumn

    if value is None:
        return None
    if isinstance(value, TimeColumn):
        return [text(value.column, dialect), *([value.format] if value.format else [])]
    if isinstance(value, exp.Tuple) and all(isinstance(item, exp.EQ) for item in value.expressions):
        return {item.this.name: text(item.expression, dialect) for item in value.expressions}
    if isinstance(value, exp.Boolean):
        return str(value.this).upper()
    if isinstance(value, exp.Expr):
        return value.transform(as_written).sql(dialect=dialect, comments=False)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return {key: text(item, dialect) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(text(item, dialect) for item in value)
    if isinstance(value, (list, tuple)):
        return [text(item, dialect) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "model_fields"):
        return {key: text(item, dialect) for key, item in dict(value).items() if item is not None}
    return str(value)


def as_written(node):
    """The tables of a merge by the names that are written: SQLMesh puts aliases in their place."""
    from sqlglot import exp
    from sqlmesh.core.engine_adapter.base import MERGE_SOURCE_ALIAS, MERGE_TARGET_ALIAS

    written = {MERGE_SOURCE_ALIAS: "source", MERGE_TARGET_ALIAS: "target"}
    if isinstance(node, exp.Column) and node.table in written:
        return exp.column(node.this, table=written[node.table])
    return node


def fields(kind_or_model, dialect):
    """The properties of a class or of an instance of it, by the name that a header gives them."""
    found = {}
    for name, info in type(kind_or_model).all_field_infos().items():
        found[info.alias or name] = text(getattr(kind_or_model, name), dialect)
    return found


def field_defaults(klass):
    """What each property is that isn't given: `None` where there is nothing, or none may be left out."""
    from sqlmesh.core.model.kind import _ModelKind

    found = {}
    for name, info in klass.all_field_infos().items():
        given = None if info.is_required() else info.get_default(call_default_factory=True)
        found[info.alias or name] = given.name.value if isinstance(given, _ModelKind) else text(given, "")
    return found


def table(name, model):
    """A table's name as `worker.shown_name` writes it."""
    from sqlglot import exp

    parts = [part.name for part in exp.to_table(name).parts]
    if len(parts) > 2 and parts[0].lower() == (model.default_catalog or "").lower():
        parts = parts[1:]
    return ".".join(parts)


def kind(model):
    """The kind's name, and those of its properties that aren't as by default."""
    by_default = field_defaults(type(model.kind))
    found = fields(model.kind, model.dialect)
    if "time_column" in found:
        found["time_column"] = [found["time_column"][0], time_format(model)]
    if found.get("dialect") == model.dialect:
        found.pop("dialect")
    if found.get("path", "").startswith("/"):
        # A place on the machine that was asked: `$root` was written.
        root = next(folder.parent for folder in model._path.parents if folder.name == "models")
        found["path"] = f"$root/{Path(found['path']).relative_to(root)}"
    given = {key: value for key, value in found.items() if key != "name" and differs(key, value, by_default[key])}
    return {"name": model.kind.name.value, **given}


def differs(key, value, by_default):
    """Is it another value? Names of columns are folded and quoted as a dialect has it, those by default as well."""
    if key.endswith("_name") and value and by_default:
        return value.strip('"`[]').lower() != by_default.strip('"`[]').lower()
    return value != by_default


def time_format(model):
    """The format of the time column, its own or the default one, as the model's dialect writes it."""
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.time import format_time

    written = model.time_column.format
    return format_time(written, Dialect.get_or_raise(model.dialect).INVERSE_TIME_MAPPING) or written


def header(model):
    """Everything in the header that isn't as by default."""
    from sqlmesh.core.model.meta import ModelMeta

    by_default = field_defaults(ModelMeta)
    found = {}
    for name, info in ModelMeta.all_field_infos().items():
        key, value = info.alias or name, getattr(model, name)
        if key in NOT_WRITTEN or key == "kind":
            continue
        if key == "depends_on":
            value = value and {table(each, model) for each in value}
        if key == "grants":
            value = model.grants
        written = text(value, model.dialect)
        if written != by_default[key]:
            found[key] = written
    return {"kind": kind(model), **found}
