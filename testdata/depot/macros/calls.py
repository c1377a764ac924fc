import typing as t

from sqlglot import exp
from sqlmesh import macro

from macros.lib.inner import times
from macros.lib import inner


@macro()
def doubled(evaluator, value):
    return times(value)


@macro("renamed_macro")
def internal(evaluator, value: exp.Expression, more: int = 1):
    return exp.Add(this=value, expression=exp.Literal.number(more))


@macro()
def is_bad(evaluator, value):
    return f"{value} < {inner.FACTOR}"


@macro()
def by_var(evaluator):
    return str(evaluator.var("rate", 1))


@macro()
def by_name(evaluator, name):
    return str(evaluator.var(name.name))


@macro(metadata_only=True)
def noted(evaluator, text):
    return None


@macro()
def add_columns(evaluator, *names: exp.Column):
    return [f"{n} AS extra_{n.name}" for n in names]


@macro()
def columns_of(evaluator, model: exp.Table):
    return list(evaluator.columns_to_types(model))
