from sqlmesh import model


@model(
    "p.sql",
    is_sql=True,
    kind="VIEW",
    columns={"id": "INT"},
    optimize_query=False,
    pre_statements=["SET threads = 4"],
    depends_on=["raw.more"],
)
def entry(evaluator):
    return "SELECT id FROM raw.events"
