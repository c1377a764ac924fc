from sqlmesh import macro


@macro()
def asked(evaluator, table):
    """Asks the evaluator for all that it tells when a project is loaded."""
    columns = ", ".join(evaluator.columns_to_types(table))
    if evaluator.runtime_stage != "loading" or evaluator.gateway != "local":
        return evaluator.parse_one("1 AS one")
    level = evaluator.blueprint_var("level", 0)
    region = evaluator.var("region")
    count = len(evaluator.variables)
    names = f"'{evaluator.this_model}', '{evaluator.this_model_fqn}'".replace('"', "")
    place = evaluator.resolve_table("raw.t").replace('"', "")
    return f"STRUCT({columns}, {level}, '{region}', {count}, {names}, '{place}')"
