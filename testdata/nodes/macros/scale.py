from sqlmesh import macro


@macro()
def scaled(evaluator, value):
    return f"{value} * {evaluator.var('rate')}"


@macro(metadata_only=True)
def note(evaluator, text):
    return None
