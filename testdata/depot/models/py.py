import typing as t

import pandas as pd
from helpers.clock import HOUR, Shape, scaled
from sqlmesh import ExecutionContext, model

LIMIT = 10
TABLE = "depot.wide"


def cut(df, limit=LIMIT):
    return df.head(limit)


@model(
    "depot.py",
    kind="full",
    columns={"id": "int", "amount": "double"},
    depends_on=["depot.wide"],
    cron="@daily",
)
def execute(context: ExecutionContext, start, end, execution_time, **kwargs: t.Any) -> pd.DataFrame:
    rate = context.var("rate")
    df = context.fetchdf(f"SELECT id, amount FROM {context.resolve_table(TABLE)}")
    df["amount"] = df["amount"].apply(lambda v: scaled(v) * rate * Shape().area(1) / HOUR)
    return cut(df)
