from sqlmesh import model


@model(
    "depot.pb_@{who}",
    kind="full",
    blueprints=[{"who": "x", "n": 1}, {"who": "y", "n": 2}],
    columns={"id": "int"},
    depends_on=["depot.stage"],
)
def execute(context, **kwargs):
    n = context.blueprint_var("n")
    return context.fetchdf(f"SELECT id FROM depot.stage LIMIT {n}")
