#!/usr/bin/env python3
"""Writes src/plan/regenerated.txt: what becomes of an expression that sqlglot writes and reads again.

  VENV/bin/python tests/oracle/regenerated.py

Run it with the sqlglot of the modelled SQLMesh, which does that to every query with macros (`MacroEvaluator.transform`). One line for
each expression of which another tree comes out: the dialects, the expression, ` => `, what is written of it. `q0`, `q1`, … stand for any
expressions, `90001`, `90002`, … for any numbers, `'t0'`, `'t1'`, … for any texts.
"""

import logging
import re
from collections import defaultdict
from pathlib import Path

from sqlglot.dialects.dialect import Dialect
from sqlmesh.core import dialect as d

import functions

# The longest expression of which it is told.
LONGEST = 300
TARGET = functions.SOURCES / "plan" / "regenerated.txt"
DIALECTS = [
    "athena", "bigquery", "clickhouse", "databricks", "duckdb", "mysql", "postgres", "presto", "redshift", "snowflake",
    "spark", "trino", "tsql",
]
EXPRESSIONS = [
    "q0 ILIKE q1", "q0 IS TRUE", "q0 IS FALSE", "q0 DIV q1", "q0 || q1", "q0 AT TIME ZONE 't0'", "q0 COLLATE q1",
    "q0 -> 't0'", "q0 ->> 't0'", "SUM(q0) FILTER (WHERE q1)", "COUNT(*) FILTER (WHERE q0)", "CURRENT_DATE",
    "STRING_AGG(q0, q1 ORDER BY q2)", "ARRAY_AGG(q0 ORDER BY q1)", "TRIM(BOTH q0 FROM q1)",
]  # fmt: skip
# Types that CAST may be written with in another way, and TRY_CAST.
TYPES = (
    "BOOLEAN INT BIGINT SMALLINT TINYINT TEXT VARCHAR CHAR TIMESTAMP TIMESTAMPTZ DATETIME DATE TIME DOUBLE FLOAT DECIMAL JSON"
).split()
# Arguments of a kind that decides how a call is written.
LAST = ["90001", "'t0'"]
INTERVALS = ["INTERVAL 90001 DAY", "INTERVAL 90001 MONTH", "INTERVAL 90001 HOUR"]
# Functions that are written in several dialects; of others only those of a dialect's own are asked for.
COMMON = set(
    "ADD_MONTHS ANY_VALUE APPROX_DISTINCT ARRAY_AGG BOOL_AND BOOL_OR CEIL CEILING CHARINDEX CHAR_LENGTH COALESCE CONCAT CONCAT_WS COUNTIF COUNT_IF "
    "CURRENT_DATE CURRENT_TIMESTAMP DATE DATEADD DATEDIFF DATE_ADD DATE_DIFF DATE_PART DATE_SUB DATE_TRUNC DAY DAYOFWEEK DAYOFYEAR "
    "DECODE FIRST FIRST_VALUE GREATEST GROUP_CONCAT IF IFF IFNULL IIF INITCAP INSTR ISNULL LAG LAST_DAY LAST_VALUE LEAD LEAST LEFT LEN LENGTH LISTAGG LN LOCATE LOG LOG10 "
    "LOG2 LOGICAL_AND LOGICAL_OR LPAD MD5 MEDIAN MOD MONTH NOW NULLIF NVL NVL2 POSITION POW POWER QUARTER RAND RANDOM REGEXP_LIKE "
    "REGEXP_REPLACE REPEAT REPLACE RIGHT ROUND RPAD SPLIT SPLIT_PART STARTSWITH STARTS_WITH STDDEV STRING_AGG STRPOS SUBSTR SUBSTRING "
    "TIMESTAMP TIMESTAMP_TRUNC TO_CHAR TO_DATE TO_TIMESTAMP TRUNC TRUNCATE TRY_CAST UNIX_TIMESTAMP VARIANCE WEEK YEAR".split()
)


def calls(dialect):
    """Casts, and calls of the functions that are written in a dialect, with up to four arguments."""
    casts = ["TRY_CAST", "CAST"] if dialect == "mysql" else ["TRY_CAST"]
    yield from (f"{cast}(q0 AS {name})" for cast in casts for name in TYPES)
    parser = Dialect.get_or_raise(dialect).parser_class
    general = Dialect.get_or_raise("").parser_class.FUNCTIONS
    own = {name for name, made in parser.FUNCTIONS.items() if general.get(name) != made}
    for name in sorted(own | COMMON):
        yield f"{name}()"
        kinds = LAST + (INTERVALS if re.search("DATE|TIME|ADD|SUB|DIFF|TRUNC", name) else [])
        for count in range(1, 5):
            plain = [f"q{at}" for at in range(count)]
            for last in [plain[-1], *kinds]:
                yield f"{name}({', '.join([*plain[:-1], last])})"
        yield f"{name}('t0', q1)"
        yield f"{name}('t0', q1, q2)"
        if len(kinds) > 2:
            yield f"{name}(DAY, q1, q2)"


def parts(text):
    """What stands for something else in it."""
    return set(re.findall(r"\bq\d\b|\b9000\d\b|'t\d'", text))


def written(expression, dialect):
    """What is written of it where another tree comes out; nothing where it can't be read."""
    try:
        tree = d.parse_one(f"SELECT {expression} AS z", dialect=dialect)
        text = tree.sql(dialect)
        again = d.parse_one(text, dialect=dialect)
    except Exception:
        return None
    if tree == again or not text.endswith(" AS z") or len(text) > LONGEST or "\n" in text:
        return None
    if dialect == "tsql" and "<> 0" in text:
        # What is a condition already is written as it is.
        return None
    return text.removeprefix("SELECT ").removesuffix(" AS z")


def is_told(expression, text):
    """Is it one that the types alone don't tell, with all that stands in it?"""
    is_type_only = expression.startswith("TRY_CAST") and text.startswith(("TRY_CAST", "SAFE_CAST"))
    return parts(expression) >= parts(text) and not is_type_only


def follows(expression, text, found):
    """Is this what a line with any expression as the last argument says already?"""
    last = re.search(r"(INTERVAL 9000\d \w+|9000\d|'t0')\)$", expression)
    count = expression.count(",")
    general = expression[: last.start()] + f"q{count})" if last else None
    known = found.get(general)
    return known is not None and known.replace(f"q{count}", last.group(1)) == text


def main():
    """Asks sqlglot and writes the table."""
    logging.disable(logging.CRITICAL)
    lines = defaultdict(list)
    for dialect in DIALECTS:
        found = {}
        for expression in [*EXPRESSIONS, *calls(dialect)]:
            text = written(expression, dialect)
            if text and is_told(expression, text) and not follows(expression, text, found):
                found[expression] = text
                lines[expression, text].append(dialect)
    texts = [f"{','.join(dialects)} {expression} => {text}\n" for (expression, text), dialects in lines.items()]
    TARGET.write_text("".join(texts), encoding="utf-8")


if __name__ == "__main__":
    main()
