#!/usr/bin/env python3
"""Writes src/sql/type_names.txt and recorded/type-names.json: which names of types sqlglot reads as one type.

  VENV/bin/python tests/oracle/type_names.py

Run it with the sqlglot of the modelled SQLMesh. The names are those that a dialect's tokenizer takes for a type, and those of several
words; each stands as it is, with a length where its kind has one, and with a precision and a scale where it is a decimal number.
What sqlglot can't read, or takes for a type of the user's, is left out.

A line of the text file is how many arguments there are, the dialects (`*`: all), and the names that are one type, the one
that stands for all of them first.

In the JSON file the groups are recorded twice for each dialect that SQLMesh has an engine for: as the types of columns, and as what casts are made to.
"""

import json
import logging
import re
from collections import defaultdict
from pathlib import Path

import sqlmesh  # noqa: F401  loads and extends all dialects
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

ROOT = Path(__file__).resolve().parent.parent.parent
RECORDED = ROOT / "tests" / "oracle" / "recorded" / "type-names.json"
TABLE = ROOT / "src" / "sql" / "type_names.txt"
ENGINES = [
    "athena", "bigquery", "clickhouse", "databricks", "doris", "duckdb", "fabric", "mysql", "postgres", "redshift", "risingwave",
    "snowflake", "spark", "starrocks", "trino", "tsql",
]
ALL = sorted([*ENGINES, "generic", "hive", "materialize", "oracle", "presto", "sqlite", "teradata"])
# Names of several words, and such as parsers read without a word for them.
FURTHER = [
    "DOUBLE PRECISION", "CHARACTER VARYING", "CHAR VARYING", "CHARACTER", "NATIONAL CHARACTER", "NATIONAL CHAR", "NCHAR VARYING",
    "CHARACTER LARGE OBJECT", "BINARY VARYING", "BIT VARYING", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE",
    "TIMESTAMP WITH LOCAL TIME ZONE", "TIME WITH TIME ZONE", "TIME WITHOUT TIME ZONE", "INT UNSIGNED", "INTEGER UNSIGNED",
    "BIGINT UNSIGNED", "SMALLINT UNSIGNED", "TINYINT UNSIGNED", "MEDIUMINT UNSIGNED", "DECIMAL UNSIGNED", "DOUBLE UNSIGNED",
    "FLOAT UNSIGNED", "SIGNED", "UNSIGNED", "SIGNED INTEGER", "UNSIGNED INTEGER", "LARGEINT", "INT[]", "INTEGER[]", "TEXT[]", "VARCHAR[]",
    "ARRAY<INT>", "ARRAY<INTEGER>", "MAP<INT, TEXT>", "MAP<INTEGER, STRING>", "MAP(INT, VARCHAR)", "ARRAY(INT)",
]
# What stands for a group, if it is in it.
PREFERRED = [
    "BIGNUMERIC", "BOOLEAN", "BIGINT", "INT", "SMALLINT", "TINYINT", "INT128", "DOUBLE", "REAL", "FLOAT",
    "DECIMAL", "TEXT", "VARCHAR", "CHARACTER VARYING", "CHAR", "NVARCHAR", "NCHAR", "BLOB", "BINARY", "VARBINARY", "DATE", "TIMESTAMP", "DATETIME",
    "TIMESTAMPTZ", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIME", "TIMETZ", "JSON",
]
BIGQUERY = ["INT64", "FLOAT64", "NUMERIC"]
# No types without what they hold.
NESTED = {"ARRAY", "ENUM", "LIST", "MAP", "NESTED", "OBJECT", "RECORD", "ROW", "SET", "STRUCT", "TUPLE", "UNION"}
LENGTHS = re.compile("CHAR|^N?TEXT$|STRING|BINARY$|BYTES|VARYING|^BIT|TIME|^DEC|NUM|FIXED|^FLOAT$|CLOB|^STR$")
SCALES = re.compile("DECIMAL")


def names_of(dialect):
    """What the tokenizer takes for a type."""
    types = dialect.parser_class.TYPE_TOKENS
    words = (word for word, token in dialect.tokenizer_class.KEYWORDS.items() if token in types)
    return sorted({*words, *FURTHER} - NESTED)


def is_known(tree):
    unknown = {exp.DType.USERDEFINED, exp.DType.UNKNOWN, exp.DType.NULL}
    types = list(tree.find_all(exp.DataType))
    return bool(types) and all(isinstance(one.this, exp.DType) and one.this not in unknown for one in types)


def column(dialect, name):
    """The type of a column that is declared so."""
    tree = exp.DataType.build(name, dialect=dialect)
    return tree if is_known(tree) else None


def cast(dialect, name):
    """The tree of a cast to the type."""
    tree = dialect.parse(f"SELECT CAST(q AS {name})")[0].expressions[0]
    return tree if is_known(tree) else None


def read(reading, dialect, name):
    try:
        return reading(dialect, name)
    except Exception:
        return None


def forms(dialect, name):
    """The name as it stands, and with as many arguments as its kind has."""
    tree = read(column, dialect, name)
    if tree is None or read(cast, dialect, name) is None:
        return []
    kind = tree.this.value
    takes_arguments = name.isidentifier() or name.endswith((" VARYING", " CHARACTER", " CHAR"))
    lengths = takes_arguments and LENGTHS.search(name)
    return [name] + [f"{name}(5)"] * bool(lengths) + [f"{name}(5, 2)"] * bool(lengths and SCALES.search(kind))


def groups_of(reading, dialect):
    """Names by what sqlglot makes of them."""
    groups = defaultdict(list)
    for name in names_of(dialect):
        for form in forms(dialect, name):
            tree = read(reading, dialect, form)
            if tree is not None:
                groups[tree].append(form)
    return sorted(groups.values())


def preference(dialect):
    order = (BIGQUERY if dialect == "bigquery" else []) + PREFERRED
    return lambda name: (order.index(name) if name in order else len(order), len(name), name)


def lines_of(known, groups):
    """(arguments, names) for each group of plain names."""
    for group in groups:
        plain = [form for form in group if form.partition("(")[0].replace("_", "").replace(" ", "").isalnum()]
        by_count = defaultdict(set)
        for form in plain:
            name, _, arguments = form.partition("(")
            by_count[len(arguments.split(",")) if arguments else 0].add(name)
        for count, names in by_count.items():
            if len(names) > 1:
                yield str(count), tuple(sorted(names, key=preference(known)))


def main():
    logging.disable(logging.CRITICAL)
    recorded, found = {}, defaultdict(list)
    for known in ALL:
        dialect = Dialect.get_or_raise("" if known == "generic" else known)
        columns = groups_of(column, dialect)
        for line in lines_of(known, columns):
            found[line].append(known)
        if known in ENGINES:
            recorded[known] = {"column": columns, "cast": groups_of(cast, dialect)}
    by_names = defaultdict(list)
    for (count, names), dialects in found.items():
        by_names[names, tuple(dialects)].append(count)
    lines = [
        f"{''.join(sorted(counts))} {'*' if len(dialects) == len(ALL) else ','.join(dialects)} {'|'.join(names)}\n"
        for (names, dialects), counts in by_names.items()
    ]
    TABLE.write_text("".join(sorted(lines, key=lambda line: line.split(" ", 2)[2])), encoding="utf-8")
    parts = [
        f"  {json.dumps(known)}: {{\n" + ",\n".join(
            f"    {json.dumps(reading)}: [\n      " + ",\n      ".join(map(json.dumps, groups)) + "\n    ]"
            for reading, groups in by_reading.items()
        ) + "\n  }"
        for known, by_reading in recorded.items()
    ]
    RECORDED.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
