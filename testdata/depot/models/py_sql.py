from sqlglot import exp, select
from sqlmesh.core.macros import MacroEvaluator
from sqlmesh import model

COLUMNS = ["id", "status"]


@model("depot.py_sql", is_sql=True, kind="view")
def entrypoint(evaluator: MacroEvaluator) -> exp.Select:
    return select(*COLUMNS).from_("depot.wide")
