#!/usr/bin/env python3
"""Writes the queries of databases' own tests as JSON lines, for `bench_dialects` and `tests/execution/mutants.py`.

    engine_tests.py duckdb DIR > FILE      sqllogictests of DuckDB: test/sql of its repository
    engine_tests.py postgres DIR > FILE    Postgres's regression tests: src/test/regress/sql, or their copy in libpg_query
    engine_tests.py spark DIR > FILE       Spark's sql-tests: sql/core/src/test/resources/sql-tests/inputs, or a copy

Taken is what the database's own parser takes for a query: that of the Python packages duckdb, pglast and pyspark. Of CREATE TABLE AS and
CREATE VIEW it is the query inside. Left out are queries that write, that have parameters or variables of a shell, and long ones.
"""

import json
import re
import sys
from pathlib import Path

LONGEST = 6000
BEFORE = r"(?is)((\s*--[^\n]*\n|\s*/\*.*?\*/)*)\s*create\s+(or\s+replace\s+)?(\w+\s+){0,3}?(table|view)\s+.*?\bas\b\s*"
INSIDE = re.compile(BEFORE + r"(?=[\s(]*(select|with|values|from)\b)")
QUERY = re.compile(r"(?is)((\s*--[^\n]*\n|\s*/\*.*?\*/)*)[\s(]*(select|with|values|from|table|pivot|unpivot)\b")


def texts(folder, endings):
    for ending in endings:
        for path in sorted(Path(folder).rglob(ending)):
            yield path.read_text(errors="replace")


def candidates(statements):
    """What looks like a query."""
    for text in statements:
        text = text.strip().rstrip(";").strip()
        around = INSIDE.match(text)
        text = text[around.end():] if around else text
        if text and len(text) <= LONGEST and QUERY.match(text):
            yield text


class DuckDb:
    def __init__(self):
        import duckdb
        self.kind, self.connection = duckdb.StatementType.SELECT, duckdb.connect()

    def statements(self, folder):
        for text in texts(folder, ["*.test", "*.test_slow"]):
            for block in re.split(r"\n\s*\n", text):
                lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
                body = "\n".join(lines[1:]).split("\n----")[0]
                if lines and lines[0].startswith(("query", "statement ok")) and "${" not in body:
                    yield body

    def is_query(self, text):
        try:
            found = self.connection.extract_statements(text)
        except Exception:
            return False
        return len(found) == 1 and found[0].type == self.kind and not found[0].named_parameters


class Postgres:
    WRITES = ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")

    def __init__(self):
        import pglast
        self.pglast = pglast

    def statements(self, folder):
        for text in texts(folder, ["*.sql"]):
            text = "\n".join(line for line in text.splitlines() if not line.startswith("\\"))
            try:
                ends = [token.start for token in self.pglast.parser.scan(text) if token.name == "ASCII_59"]
            except Exception:
                continue
            data, start = text.encode(), 0
            for end in [*ends, len(data)]:
                yield data[start:end].decode(errors="ignore")
                start = end + 1

    def is_query(self, text):
        # `:name` and `:'name'` are psql's.
        if re.search(r"(?<!:):['\"]?[a-z]", re.sub(r"'[^']*'", "", text)):
            return False
        try:
            [found] = self.pglast.parse_sql(text)
        except Exception:
            return False
        is_select = type(found.stmt).__name__ == "SelectStmt" and not found.stmt.intoClause
        return is_select and not any(kind in str(found.stmt(skip_none=True)) for kind in self.WRITES)


class Spark:
    def __init__(self):
        from pyspark.sql import SparkSession
        session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        self.parser = session._jsparkSession.sessionState().sqlParser()

    def statements(self, folder):
        for text in texts(folder, ["*.sql"]):
            text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
            yield from re.split(r";\s*(?:\n|$)", text)

    def is_query(self, text):
        try:
            self.parser.parseQuery(text)
        except Exception:
            return False
        return True


DATABASES = {"duckdb": DuckDb, "postgres": Postgres, "spark": Spark}


def main(dialect, folder):
    database, seen = DATABASES[dialect](), set()
    for text in candidates(database.statements(folder)):
        known = re.sub(r"\s+", " ", text)
        if known not in seen and database.is_query(text):
            print(json.dumps({"dialect": dialect, "sql": text}))
        seen.add(known)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in DATABASES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
