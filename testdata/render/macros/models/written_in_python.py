from sqlglot import exp

from sqlmesh import model
from sqlmesh.core.macros import MacroEvaluator


@model("m.written_in_python", is_sql=True, kind="FULL")
def entrypoint(evaluator: MacroEvaluator) -> exp.Expr:
    limit = evaluator.var("count")
    return exp.select("a", "amount * 2 AS twice").from_("raw.t").where(f"a > {limit}")
