#!/usr/bin/env python3
"""Writes recorded/crons.json: when models with a time zone are due, around the hours that clocks skip or show twice.

  VENV/bin/python tests/oracle/crons.py        needs sqlmesh==0.236.4

For each zone and cron: instants, with `cron_floor` of each and the start that SQLMesh infers from it
(`cron_prev` of that), all in seconds since 1970. SQLMesh measures the length of an interval from now on; here that is the
instant that is asked about. It also remembers instants without telling apart the two times that clocks show alike; here it
remembers nothing.
"""

import datetime
import json
from pathlib import Path

from croniter import croniter
from sqlmesh.core import dialect as d
from sqlmesh.core import node
from sqlmesh.core.model import load_sql_based_model
from sqlmesh.utils import cron as measured
from sqlmesh.utils import date

HERE = Path(__file__).resolve().parent
# Days on which the clocks of a zone are changed.
ZONES = {
    "UTC": ["2024-03-10"],
    "America/New_York": ["2024-03-10", "2024-11-03"],
    "Europe/Berlin": ["2024-03-31", "2024-10-27"],
    "Australia/Lord_Howe": ["2024-04-06", "2024-10-05"],
    "America/Sao_Paulo": ["2018-02-18", "2018-11-04"],
    "Asia/Kolkata": ["2024-03-10"],
}
CRONS = [
    "@hourly", "@daily", "0 2 * * *", "30 2 * * *", "30 1 * * *", "15 */6 * * *", "*/15 * * * *", "*/7 * * * *", "0 0 * * 1", "0 2 * * 0",
    "0 3 1 * *", "0 0 * * 1-5", "0 0,2,12 * * *", "30 2 10 * 0",
]
HOUR = 3600


def instants(day):
    """Around a day, closer near its night."""
    noon = int(datetime.datetime.fromisoformat(day + "T12:00+00:00").timestamp())
    offsets = [-60, -36, -20, -12, -11, -10, -9, -8, -7, -6.5, -6, -5.5, -5, -4.5, -4, -3, 0, 3, 3.75, 4, 12, 20, 30, 50]
    return [int(noon + offset * HOUR) for offset in offsets]


def answers(zone, cron, days):
    """What SQLMesh says at each instant."""
    found = []
    for at in (at for day in days for at in instants(day)):
        measured.interval_seconds.cache_clear()
        measured.croniter = lambda cron, start=at: croniter(cron, start)
        text = f"MODEL (name m.q, kind FULL, cron '{cron}', cron_tz '{zone}'); SELECT 1 AS a"
        model = load_sql_based_model(d.parse(text))
        floor = model.cron_floor(at * 1000)
        found.append([at, date.to_timestamp(floor) // 1000, date.to_timestamp(model.cron_prev(floor)) // 1000])
    return found


def main():
    """Asks and writes."""
    for module in (date, measured, node):
        module.to_datetime = date.to_datetime if module is not date else date.to_datetime.__wrapped__
    lines = [
        f' {json.dumps({"zone": zone, "cron": cron, "at": answers(zone, cron, days)}, separators=(",", ":"))}'
        for zone, days in ZONES.items()
        for cron in CRONS
    ]
    (HERE / "recorded" / "crons.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
