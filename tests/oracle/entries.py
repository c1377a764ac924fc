"""The entries of SQLMesh's two hashes of a model, by name.

In: two versions of a model, as SQLMesh's objects. Out: which hashes differ, and in which entries.
That the entries are those that SQLMesh hashes is checked: put together they must give its hash.
"""

import json

# Values of the kind that stand among a model's own.
OF_KIND = ("lookback", "batch_size", "batch_concurrency")


def differing(old, new):
    """Which of the two own hashes differ, and in which entries."""
    before, after = (values(model) for model in (old, new))
    found = []
    for which in ("data", "metadata"):
        names = {*before[which], *after[which]}
        differs = {name for name in names if before[which].get(name, []) != after[which].get(name, [])}
        of_kind = differs & {"kind", *OF_KIND}
        if of_kind and old.kind.name == new.kind.name:
            differs |= kind_entries(old.kind, new.kind, which) | {f"kind.{name}" for name in of_kind - {"kind"}}
        elif of_kind:
            differs.add("kind")
        differs -= {*OF_KIND} if old.kind.name != new.kind.name else of_kind
        if differs:
            found.append([f"{which}_hash", *sorted(differs)])
    return found


def kind_entries(old, new, which):
    """The fields of two kinds of one type that make their values of a hash differ."""
    of = lambda kind: getattr(kind, f"{which}_hash_values")
    fields = [field for field in type(old).model_fields if getattr(old, field) != getattr(new, field)]
    counts = lambda field: of(old.model_copy(update={field: getattr(new, field)})) != of(old)
    return {f"kind.{field.rstrip('_')}" for field in fields if counts(field)}


def values(model):
    """The entries of a model's two hashes by name. That they are the ones that SQLMesh hashes is checked."""
    from sqlglot.optimizer.simplify import gen
    from sqlmesh.utils.hashing import hash_data

    flat = lambda pairs: [part for pair in pairs for part in pair]
    environment = lambda metadata: [(k, v) for k, v in model.sorted_python_env if bool(v.is_metadata) == metadata]
    texts = lambda statements: [statement.sql for statement in statements or []]
    around = {"pre_statements": texts(model.pre_statements_), "post_statements": texts(model.post_statements_)}
    query = {"query": [model.query_.sql]} if model.is_sql else {}
    data = {
        "python_env": [str(environment(False))],
        "kind": model.kind.data_hash_values,
        "table_format": [model.table_format],
        "storage_format": [model.storage_format],
        "lookback": [str(model.lookback)],
        "partitioned_by": [gen(key) for key in model.partitioned_by or []],
        "clustered_by": [gen(key) for key in model.clustered_by or []],
        "stamp": [model.stamp],
        "physical_schema": [model.physical_schema],
        "physical_version": [model.physical_version],
        "gateway": [model.gateway],
        "interval_unit": [model.interval_unit.value if model.interval_unit is not None else None],
        "optimize_query": [str(model.optimize_query) if model.optimize_query is not None else None],
        "virtual_environment_mode": [model.virtual_environment_mode.value],
        "columns": flat((name, kind.sql(dialect=model.dialect)) for name, kind in (model.columns_to_types_ or {}).items()),
        "physical_properties": flat((key, gen(value)) for key, value in (model.physical_properties or {}).items()),
    }
    if model.is_sql:
        data["jinja_macros"] = model.jinja_macros.data_hash_values
    if model.is_seed:
        data["seed"] = flat(model.column_hashes.items())
        data["grants"] = [json.dumps(model.grants, sort_keys=True) if model.grants else ""]
        data["grants_target_layer"] = [model.grants_target_layer]
    if model.is_python:
        data["entrypoint"] = [model.entrypoint]
    data |= around | query
    metadata = metadata_values(model, environment, gen)
    metadata |= around | {"on_virtual_update": texts(model.on_virtual_update_)} | query
    for which, entries in (("data", data), ("metadata", metadata)):
        made, hashed = hash_data(part for entry in entries.values() for part in entry), getattr(model, f"{which}_hash")
        if made != hashed:
            raise SystemExit(f"{model.name}: these aren't the entries of its {which} hash")
    # Grains are in it as references, too, and comments in the query as descriptions.
    metadata["references"] = [gen(reference) for reference in model.references]
    metadata["column_descriptions"] = [json.dumps(model.column_descriptions_, sort_keys=True)]
    strip = lambda entries: {name: ["" if part is None else part for part in entry] for name, entry in entries.items()}
    return {"data": strip(data), "metadata": strip(metadata)}


def metadata_values(model, environment, gen):
    """The entries of the metadata hash before the statements."""
    text = lambda value: str(value) if value is not None else None
    if_any = lambda value: str(value) if value else None
    entries = {
        "dialect": [model.dialect],
        "owner": [model.owner],
        "description": [model.description],
        "column_descriptions": [json.dumps(model.column_descriptions, sort_keys=True)],
        "cron": [model.cron],
        "cron_tz": [model.cron_tz.key if model.cron_tz else None],
        "start": [if_any(model.start)],
        "end": [if_any(model.end)],
        "retention": [if_any(model.retention)],
        "batch_size": [text(model.batch_size)],
        "batch_concurrency": [text(model.batch_concurrency)],
        "mapping_schema": [json.dumps(model.mapping_schema, sort_keys=True)],
        "tags": sorted(model.tags),
        "references": sorted(reference.json(sort_keys=True) for reference in model.all_references),
        "kind": model.kind.metadata_hash_values,
        "project": [model.project],
        "allow_partials": [str(model.allow_partials)],
        "session_properties": [gen(model.session_properties_) if model.session_properties_ else None],
        "grains": [gen(grain) for grain in model.grains],
        "audits": model._audit_metadata_hash_values(),
        "grants": [json.dumps(model.grants, sort_keys=True) if model.grants else None],
        "grants_target_layer": [model.grants_target_layer],
        "virtual_properties": [
            part for key, value in (model.virtual_properties or {}).items() for part in (key, gen(value))
        ],
        "signals": [
            part
            for name, arguments in sorted(model.signals, key=lambda signal: signal[0])
            for part in (name, *(f"{key}:{gen(value)}" for key, value in sorted(arguments.items())))
        ],
    }
    only_metadata = environment(True)
    if only_metadata:
        entries["python_env"] = [str(only_metadata)]
    return entries
