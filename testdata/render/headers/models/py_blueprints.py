from sqlmesh import model


@model(
    "p.of_@{region}",
    kind="FULL",
    blueprints=[
        {"region": "north", "level": 1, "who": "a b", "type": "INT", "extra": "x"},
        {"Region": "south", "level": 2, "who": "c", "type": "TEXT", "extra": "y"},
    ],
    owner="@who",
    tags=["@region", "@{region}_tag"],
    cron="@every",
    columns={"id": "@type", "@extra": "INT"},
    enabled="@IF(@level < 5, true, false)",
    grains=["@extra"],
)
def execute(context, **kwargs):
    return context.fetchdf(f"SELECT {context.blueprint_var('level')} FROM {context.resolve_table('raw.' + context.blueprint_var('region', 'none'))}")
