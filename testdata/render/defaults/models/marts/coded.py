from sqlmesh import model


@model(columns={"id": "INT", "ds": "DATE"})
def execute(context, start, end, execution_time, **kwargs):
    return context.fetchdf("SELECT 1 AS id")
