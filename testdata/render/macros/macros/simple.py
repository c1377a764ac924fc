from sqlglot import exp
from sqlmesh import macro


@macro()
def one_more(evaluator, column):
    """Adds one."""
    return f"{column} + 1"


@macro("Renamed")
def other(evaluator, name: str, column):
    return f"COALESCE({column}, 0) AS {name}"


@macro()
def listed(evaluator):
    return ["a", "b AS c", "amount * 2 AS twice"]


@macro()
def dropped(evaluator):
    return None


@macro()
def whole(evaluator, table):
    return f"SELECT a FROM {table}"


@macro()
def computed(evaluator, column):
    return exp.func("ABS", column)
