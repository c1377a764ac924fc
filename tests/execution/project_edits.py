"""Random edits of a project: of queries, seeds, headers, variables, and of the tables outside.

Each changes the project in place and returns what it touched, or nothing if it found nothing to do.
"""

import re

from edits import edited, get, put, texts
from sql import Select, all_joins


def edit_query(rng, project, generator):
    name = rng.choice(sorted(project.models))
    model = project.models[name]
    changed, names = edited(rng, model.query, generator)
    # What a number without an order, chance, or the places of a table's rows make of them isn't determined by the query.
    text = changed.render()
    starred = any(item.kind == "star" and item.alias for select in changed.selects() for item in select.items)
    if text == model.query.render() or "OVER ()" in text or "random()" in text or "POSITIONAL" in text or starred:
        return None
    model.query = changed
    return name, "query: " + ", ".join(names)


def edit_seed(rng, project, generator):
    name = rng.choice(sorted(project.seeds))
    seed = project.seeds[name]
    how = rng.choice(["cell", "add", "drop", "swap", "column", "drop column", "swap columns", "quotes"])
    if how == "cell" and seed.rows:
        row, at = rng.choice(seed.rows), rng.randrange(len(seed.columns))
        row[at] = generator.cell(seed.columns[at][1])
    elif how == "add":
        seed.rows.append([generator.cell(kind) for _, kind in seed.columns])
    elif how == "drop" and len(seed.rows) > 1:
        seed.rows.pop(rng.randrange(len(seed.rows)))
    elif how == "swap" and len(seed.rows) > 1:
        rng.shuffle(seed.rows)
    elif how == "column":
        free = [column for column in "abckm" if column not in dict(seed.columns)]
        seed.columns.append((rng.choice(free), "i"))
        seed.rows = [[*row, generator.cell("i")] for row in seed.rows]
    elif how == "drop column" and len(seed.columns) > 1:
        at = rng.randrange(len(seed.columns))
        del seed.columns[at]
        seed.rows = [row[:at] + row[at + 1:] for row in seed.rows]
    elif how == "swap columns":
        order = list(range(len(seed.columns)))
        rng.shuffle(order)
        seed.columns = [seed.columns[at] for at in order]
        seed.rows = [[row[at] for at in order] for row in seed.rows]
    elif how == "quotes":
        seed.quoted = not seed.quoted
    else:
        return None
    return name, f"seed: {how}"


def edit_external(rng, project, _generator):
    """A table outside gets a column, loses one, or has one retyped; its rows stay."""
    name = rng.choice(sorted(project.external))
    columns = list(project.external[name])
    how = rng.choice(["add", "drop", "retype", "swap"])
    if how == "add":
        free = [column for column in "abcdkm" if column not in dict(columns)]
        columns.insert(rng.randint(0, len(columns)), (rng.choice(free), "BIGINT"))
    elif how == "drop" and len(columns) > 1:
        columns.pop(rng.randrange(len(columns)))
    elif how == "retype":
        numbers = [at for at, (_, kind) in enumerate(columns) if kind == "i"]
        if not numbers:
            return None
        at = rng.choice(numbers)
        columns[at] = (columns[at][0], rng.choice(["BIGINT", "DOUBLE", "VARCHAR"]))
    elif how == "swap":
        rng.shuffle(columns)
    else:
        return None
    project.external[name] = columns
    return name, f"external: {how}"


def rename_column(rng, project, _generator):
    """A column gets another name, and some or all of its readers follow."""
    found = [(name, item) for name, model in sorted(project.models.items())
             if isinstance(model.query.body, Select) and model.language != "python" for item in model.query.body.items
             if item.alias not in (None, "ds", "id")]
    if not found:
        return None
    name, item = rng.choice(found)
    old, item.alias = item.alias, rng.choice(["zz", "new_name"])
    follows = rng.random() < 0.8
    for model in project.models.values() if follows else []:
        for select in model.query.selects():
            for alias in [join.relation.alias for join in all_joins(select) if join.relation.name == name]:
                for place in texts(select):
                    put(place, re.sub(rf"\b{alias}\.{old}\b", f"{alias}.{item.alias}", get(place)))
    return name, "rename followed" if follows else "rename"


def edit_header(rng, project, _generator):
    name = rng.choice(sorted(project.models))
    model = project.models[name]
    if model.language == "python":
        return None
    if rng.random() < 0.25:
        return edit_property(rng, name, model)
    if model.kind in ("FULL", "VIEW") and rng.random() < 0.6:
        model.kind = "VIEW" if model.kind == "FULL" else "FULL"
        return name, "kind"
    if model.kind == "INCREMENTAL_BY_UNIQUE_KEY":
        columns = [column for column, kind in model.query.columns if kind == "i"]
        model.key = rng.choice([["id"], rng.sample(columns, min(2, len(columns))), columns[-1:]])
        return name, "unique key"
    if model.kind == "INCREMENTAL_BY_TIME_RANGE":
        if rng.random() < 0.6:
            model.batch_size = 1 if model.batch_size is None else None
            return name, "batch size"
        model.kind = "FULL"
        return name, "kind"
    if model.kind == "SCD_TYPE_2_BY_COLUMN":
        if rng.random() < 0.4:
            model.ends_deleted = not model.ends_deleted
            return name, "deleted rows"
        model.checked = rng.choice(["*", "(n0)", "(n1)"])
        return name, "checked columns"
    if model.kind == "SCD_TYPE_2_BY_TIME":
        if rng.random() < 0.5:
            model.ends_deleted = not model.ends_deleted
            return name, "deleted rows"
        model.begins_with_update = not model.begins_with_update
        return name, "start of a version"
    model.owner = "you"
    return name, "owner"


def edit_property(rng, name, model):
    """A property that may or may not decide data."""
    how = rng.choice(["start", "lookback", "grain", "cron", "audit", "tags"])
    if how == "start" and model.kind == "INCREMENTAL_BY_TIME_RANGE":
        model.start = rng.choice([None, "2024-01-02", "2024-01-03"])
    elif how == "lookback" and model.kind == "INCREMENTAL_BY_TIME_RANGE":
        model.lookback = rng.randint(0, 2)
    elif how == "audit" and model.audit:
        model.audit = rng.choice([None, f"{rng.choice('abcdkn')} > 1", model.audit.replace("<", ">")])
    elif how == "grain":
        model.more = f", grain ({rng.choice(model.query.columns)[0]})"
    elif how == "cron" and model.kind in ("FULL", "VIEW"):
        model.more = ", cron '@weekly'"
    else:
        model.more = ", tags (a, b)"
    return name, how


def edit_variable(rng, project, _generator):
    project.least = rng.randint(0, 3)
    return "variable", "variable"


def edit_macro(rng, project, _generator):
    project.factor = rng.randint(1, 3)
    return "macro", "macro"


def edit_named(rng, project, _generator):
    """What the code of a macro names without being handed it: an item beside the call, or a CTE."""
    found = []
    for name, model in sorted(project.models.items()):
        items = [item for select in model.query.selects() for item in select.items]
        found += [(name, item) for item in items if item.alias == "kk"]
        found += [(name, item) for cte in model.query.ctes if cte.name == "aside" for item in cte.query.body.items]
    if not found:
        return None
    name, item = rng.choice(found)
    item.text = f"{item.text} + {rng.randint(0, 1)}"
    return name, "named by code"


def remove_model(rng, project, _generator):
    """A model goes, with its audit, its test and its metric; who reads it stays."""
    name = rng.choice(sorted(project.models))
    del project.models[name]
    return name, "model removed"


def edit_join(rng, project, _generator):
    """A join that nothing reads goes, or is of another kind."""
    found = [(name, join) for name, model in sorted(project.models.items()) for join in idle_joins(model)]
    if not found:
        return None
    name, join = rng.choice(found)
    if rng.random() < 0.7:
        project.models[name].query.body.joins.remove(join)
        return name, "join removed"
    join.kind = "JOIN" if join.kind == "LEFT JOIN" else "LEFT JOIN"
    return name, "kind of join"


def idle_joins(model):
    body = model.query.body
    if not isinstance(body, Select) or model.language == "python":
        return []
    text = " ".join(get(place) for place in texts(body) if place[1] != "on")
    return [join for join in body.joins[1:] if join.kind in ("JOIN", "LEFT JOIN") and join.on and f"{join.relation.alias}." not in text]


def edit_reader(rng, project, _generator):
    """A unit test asks for something else, or a metric is of another column."""
    name = rng.choice(sorted(project.models))
    model = project.models[name]
    if model.test and rng.random() < 0.7:
        if rng.random() < 0.5 and model.test.inputs:
            model.test.inputs.pop(rng.choice(sorted(model.test.inputs)))
        else:
            model.test.columns = [rng.choice("abcdkn"), *model.test.columns[1:]]
        return name, "unit test"
    if model.metric:
        model.metric = rng.choice("abcdk")
        return name, "metric"
    return None


EDITS = [edit_query] * 9 + [edit_seed] * 3 + [rename_column] * 2 + [
    edit_external, edit_header, edit_variable, edit_macro, edit_named, remove_model, edit_join, edit_reader,
]


def edited_project(rng, project, generator):
    """A copy with one to three edits; what they touched, and their names."""
    changed = project.copy()
    wanted = rng.choice([1, 1, 1, 2, 3])
    touched, names = set(), []
    for _ in range(30):
        if len(names) >= wanted:
            break
        done = rng.choice(EDITS)(rng, changed, generator)
        if done is not None:
            touched.add(done[0])
            names.append(done[1])
    return changed, touched, names
