from sqlmesh import model
from sqlmesh.core.model import FullKind, IncrementalByUniqueKeyKind, ModelKindName, SCDType2ByColumnKind
from sqlmesh.core.model.kind import TimeColumn, IncrementalByTimeRangeKind

COLUMNS = {"id": "INT", "kind": "TEXT", "ds": "DATE"}


@model("p.full", kind=FullKind(), columns=COLUMNS, depends_on=["raw.events", "@layer.everything"], grain="id")
def full(context, **kwargs):
    pass


@model("p.key", kind=IncrementalByUniqueKeyKind(unique_key=["id", "COALESCE(kind, '')"], batch_size=3), columns=COLUMNS)
def key(context, **kwargs):
    pass


@model(
    "p.merged",
    kind={
        "name": ModelKindName.INCREMENTAL_BY_UNIQUE_KEY,
        "unique_key": ["id"],
        "when_matched": "WHEN MATCHED THEN UPDATE SET target.kind = source.kind",
        "merge_filter": "source.ds > target.ds AND target.ds > @start_date",
        "dialect": "snowflake",
    },
    columns=COLUMNS,
)
def merged(context, **kwargs):
    pass


@model(
    "p.columns",
    kind=dict(
        name=ModelKindName.SCD_TYPE_2_BY_COLUMN,
        unique_key=["id"],
        columns=["kind"],
        valid_from_name="begins",
        valid_to_name="Ends",
        time_data_type="DATE",
        execution_time_as_valid_from=True,
    ),
    columns=COLUMNS,
)
def columns(context, **kwargs):
    pass


@model("p.star", kind=dict(name=ModelKindName.SCD_TYPE_2_BY_COLUMN, unique_key="id", columns="*"), columns=COLUMNS)
def star(context, **kwargs):
    pass


@model("p.timed", kind=IncrementalByTimeRangeKind(time_column=TimeColumn(column="ds", format="%Y")), columns=COLUMNS)
def timed(context, **kwargs):
    pass


@model(
    "p.custom",
    kind=dict(
        name=ModelKindName.CUSTOM, materialization="stored", materialization_properties={"way": "fast", "a.b": 2, "on": True}
    ),
    columns=COLUMNS,
)
def custom(context, **kwargs):
    pass


@model("p.partitions", kind="INCREMENTAL_BY_PARTITION", partitioned_by=["kind"], columns=COLUMNS)
def partitions(context, **kwargs):
    pass


@model("p.unmanaged", kind=dict(name=ModelKindName.INCREMENTAL_UNMANAGED, insert_overwrite=True), partitioned_by=["kind"], columns=COLUMNS)
def unmanaged(context, **kwargs):
    pass
