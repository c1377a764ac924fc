from sqlmesh import model


@model(is_sql=True, kind="FULL")
def entry(evaluator):
    return "SELECT id, ds FROM raw.events"
