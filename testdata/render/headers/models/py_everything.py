import typing as t

from models.shared import FIRST_DAY, KEYS, read
from sqlglot import exp
from sqlglot.expressions import to_column

from sqlmesh import ExecutionContext, model
from sqlmesh.core.model import ModelKindName

SOURCE = "raw.events"


@model(
    "p.everything",
    kind=dict(
        name=ModelKindName.INCREMENTAL_BY_TIME_RANGE,
        time_column={"column": "ds", "format": "%Y%m%d"},
        batch_size=5,
        batch_concurrency=2,
        lookback=1,
        forward_only=True,
        disable_restatement=True,
        on_destructive_change="allow",
        on_additive_change="warn",
        auto_restatement_cron="@weekly",
        auto_restatement_intervals=3,
        partition_by_time_column=False,
    ),
    description="Written in Python, with 'quotes', and a comma",
    owner="@team",
    start=FIRST_DAY,
    end="2024-12-31",
    cron="@daily",
    cron_tz="Europe/Berlin",
    interval_unit="day",
    tags=["core", "a, b"],
    stamp="v1",
    retention=7,
    table_format="iceberg",
    storage_format="parquet",
    partitioned_by=["kind", "DATE_TRUNC('month', ds)"],
    clustered_by=["id"],
    columns={"id": "INT", "kind": "TEXT", "amount": "DECIMAL(10, 2)", "ds": "DATE", "parts": "STRUCT<a INT, b TEXT[]>"},
    column_descriptions={"id": "Number; of it", "kind": "What, it's"},
    audits=[
        "positive_none",
        ("not_null", {"columns": [exp.to_column("id"), to_column("ds")]}),
        ("accepted_values", {"column": to_column("kind"), "is_in": ["a", "b"]}),
        ("number_of_rows", {"threshold": 10}),
    ],
    grains=["id", "(id, ds)"],
    references=["kind", "id AS event_id"],
    physical_properties={"a": 1, "b.c": "text", "d": True, "e": ["x", "y"], "f": "@team"},
    virtual_properties={"shown": "yes"},
    session_properties={"threads": 4, "some.setting": 1.5, "mode": "fast"},
    allow_partials=True,
    signals=[("is_ready", {"least": 3, "named": "x"}), "shown"],
    physical_version="v7",
    ignored_rules=["noowner"],
    formatting=False,
    grants={"select": ["one", "two"], "insert": ["three"]},
    grants_target_layer="all",
    gateway="Second",
    virtual_environment_mode="full",
    pre_statements=["SET threads = 4", "@IF(true, SET memory_limit = '1GB')"],
    post_statements=["ANALYZE"],
    on_virtual_update=["GRANT SELECT ON VIEW @this_model TO ROLE readers"],
)
def execute(context: ExecutionContext, start, end, execution_time, days: int, **kwargs: t.Any):
    table = context.resolve_table(SOURCE)
    more = context.table(model_name="raw.more")
    plain = read(context) if context.var("kept", True) else None
    keys = KEYS
    level = context.blueprint_var("level")
    if context.gateway == "local" and not context.is_restatement:
        return context.fetchdf(f"SELECT {', '.join(keys)} FROM {table}")
    return context.engine_adapter.fetchdf(f"SELECT * FROM {more}")
