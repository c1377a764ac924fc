#!/usr/bin/env python3
"""Asks SQLMesh about pairs of bare queries and writes recorded/queries.json.

  VENV/bin/python tests/oracle/queries.py        needs sqlmesh==0.236.4

The pairs are in queries.json: `dialect` (duckdb where left out), `before`, `after`, `differs` (why impact answers
otherwise, where it does). Both are rendered as a model's query over the tables below and compared as the plan does.
A text that begins with MODEL is a whole model, compared with its header and statements.
"""

import json
import logging
import pickle
import tempfile
from pathlib import Path

from sqlglot import MappingSchema, exp
from sqlmesh.core import dialect as d
from sqlmesh.core.model import OptimizedQueryCache, SqlModel, load_sql_based_model
from sqlmesh.core.model.definition import _is_only_projection_additions
from sqlmesh.core.renderer import QueryRenderer

HERE = Path(__file__).resolve().parent
CATALOG = "memory"
TABLES = {
    "s.t": {
        "a": "INT", "b": "INT", "c": "TEXT", "d": "DATE", "ts": "TIMESTAMP", "x": "DOUBLE", "flag": "BOOLEAN",
    },
    "s.u": {"a": "INT", "k": "INT", "name": "TEXT", "y": "DOUBLE"},
    "s.v": {"k": "INT", "z": "TEXT"},
}


def schema(dialect):
    """The tables as SQLMesh's mapping schema: names fold as the dialect has them, types are written in it."""
    fold = str.upper if dialect == "snowflake" else str
    nested = {fold("s"): {}}
    for name, columns in TABLES.items():
        table = fold(name.split(".")[1])
        nested[fold("s")][table] = {
            fold(column): exp.DataType.build(type_of, dialect=dialect).sql(dialect=dialect)
            for column, type_of in columns.items()
        }
    return {fold(CATALOG): nested}


def rendered(sql, dialect):
    """The query as the plan compares it."""
    query = d.parse_one(sql, dialect=dialect)
    return QueryRenderer(query, dialect, [], schema=schema(dialect), default_catalog=CATALOG).render()


def model(text, dialect):
    """The model that a text defines, knowing the tables."""
    defaults = {"dialect": dialect}
    parsed = d.parse(text, default_dialect=dialect)
    made = load_sql_based_model(parsed, default_catalog=CATALOG, dialect=dialect, defaults=defaults)
    mapping = MappingSchema(normalize=False)
    [(catalog, schemas)] = schema(dialect).items()
    for name, columns in schemas.items():
        for table, types in columns.items():
            place = exp.table_(table, db=name, catalog=catalog, quoted=True)
            mapping.add_table(place, {c: exp.DataType.build(t, dialect=dialect) for c, t in types.items()}, dialect=dialect)
    made.update_schema(mapping)
    return made


def answer_for_models(before, after):
    """The category that the change gets; `none` where it is no change."""
    if (before.data_hash, before.metadata_hash) == (after.data_hash, after.metadata_hash):
        return "none"
    old = type(before).parse_raw(before.json())
    optimize(old, after)
    if not after.is_data_change(old):
        return "METADATA"
    return "NON_BREAKING" if after.is_breaking_change(old) is False else "BREAKING"


def optimize(old, new):
    """Gives both their optimized queries as SQLMesh does, out of one cache: the one from a file, which has gone between
    two processes, first, then the one from the state, which is parsed anew."""
    with tempfile.TemporaryDirectory() as folder:
        cache = OptimizedQueryCache(Path(folder))
        if isinstance(new, SqlModel):
            cache.with_optimized_query_entry(new, cache.get_or_create_entry(pickle.loads(pickle.dumps(new))))
        if isinstance(old, SqlModel):
            cache.with_optimized_query(old, cache.put(pickle.loads(pickle.dumps(old))))


def answer(pair):
    """The category that the change gets."""
    dialect = pair.get("dialect", "duckdb")
    if pair["before"].startswith("MODEL"):
        return answer_for_models(model(pair["before"], dialect), model(pair["after"], dialect))
    before, after = rendered(pair["before"], dialect), rendered(pair["after"], dialect)
    if before == after:
        return "METADATA"
    return "NON_BREAKING" if _is_only_projection_additions(before, after) else "BREAKING"


def main():
    """Asks and writes."""
    logging.disable(logging.CRITICAL)
    pairs = json.loads((HERE / "queries.json").read_text(encoding="utf-8"))
    lines = []
    for pair in pairs:
        record = {"dialect": "duckdb", **pair, "sqlmesh": answer(pair)}
        lines.append(" " + json.dumps(record, ensure_ascii=False))
    head = json.dumps({"format": 1, "sqlmesh": "0.236.4", "tables": TABLES})[:-1]
    text = f'{head}, "pairs": [\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "recorded" / "queries.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
