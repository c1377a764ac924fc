#!/usr/bin/env python3
"""Compares impact with SQLMesh on random edits of random queries.

  VENV/bin/python tests/oracle/fuzz.py --impact target/debug/impact [--dialect NAME ...] [--seed N] [--count N]
  VENV/bin/python tests/oracle/fuzz.py --between [--queries FOLDER] ...

Queries come from a grammar (expressions of every kind, CTEs, joins, grouping, windows, subqueries) over the tables of
queries.py. Each is edited in one of these ways: as sqlglot writes what it has read, as it writes what SQLMesh's
optimizer made of it, or with one random change of the tree. Both sides say what the edit is for a model that changes
like this. Prints the pairs about which they differ, as entries for queries.json, then figures by dialect and edit.

With `--between` the text stays and the model's dialect changes, from that which the queries are made for to one of the
others. With `--queries` half of the queries come from the `*.jsonl` files in a folder.

Same seed, same pairs. Pairs that SQLMesh can't read aren't counted; those that impact can't read are counted apart.
"""

import argparse
import collections
import json
import logging
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlglot import exp
from sqlmesh.core import dialect as d

import queries

DIALECTS = [
    "athena", "bigquery", "clickhouse", "databricks", "duckdb", "mysql", "postgres", "presto", "redshift", "snowflake",
    "spark", "trino", "tsql",
]
COLUMNS = {
    "number": ["a", "b", "x"], "text": ["c"], "date": ["d"], "time": ["ts"], "boolean": ["flag"],
}
TYPES = {
    "number": ["INT", "INTEGER", "BIGINT", "SMALLINT", "DOUBLE", "FLOAT", "DECIMAL(10, 2)", "NUMERIC(10, 2)", "NUMERIC", "REAL"],
    "text": ["TEXT", "VARCHAR", "VARCHAR(10)", "CHAR(3)", "STRING"],
    "date": ["DATE"],
    "time": ["TIMESTAMP", "DATETIME", "TIMESTAMPTZ"],
    "boolean": ["BOOLEAN", "BOOL"],
}
UNITS = ["DAY", "MONTH", "YEAR", "HOUR", "WEEK", "QUARTER"]
# Functions of many dialects by the type of what they give; `n`, `t`, `d`, `s`, `b` are arguments.
FUNCTIONS = {
    "number": [
        "ABS(n)", "ROUND(n, 1)", "ROUND(n)", "FLOOR(n)", "CEIL(n)", "CEILING(n)", "MOD(n, n)", "POWER(n, n)", "POW(n, n)", "SQRT(n)",
        "LN(n)", "LOG(n)", "LOG(n, n)", "EXP(n)", "SIGN(n)", "GREATEST(n, n)", "LEAST(n, n)", "LENGTH(t)", "LEN(t)", "CHAR_LENGTH(t)",
        "COALESCE(n, n)", "COALESCE(n, 0)", "NULLIF(n, 0)", "IFNULL(n, 0)", "NVL(n, 0)", "ISNULL(n, 0)", "IF(b, n, n)", "IFF(b, n, n)",
        "EXTRACT(YEAR FROM d)", "EXTRACT(MONTH FROM s)", "YEAR(d)", "MONTH(d)", "DAY(d)", "QUARTER(d)", "DAYOFWEEK(d)", "DAYOFYEAR(d)", "WEEK(d)",
        "DATE_PART('year', d)", "DATEDIFF(d, d)", "DATEDIFF(day, d, d)", "DATE_DIFF('day', d, d)", "DATE_DIFF(d, d, DAY)",
        "POSITION('a' IN t)", "STRPOS(t, 'a')", "INSTR(t, 'a')", "LOCATE('a', t)", "CHARINDEX('a', t)", "ASCII(t)", "NVL2(n, n, n)",
        "CAST(t AS INT)", "SAFE_CAST(t AS INT64)", "TRY_CAST(t AS INT)", "UNIX_TIMESTAMP(s)", "BIT_COUNT(n)", "DIV(n, n)", "ZEROIFNULL(n)",
        "TO_NUMBER(t)", "HOUR(s)", "TRUNC(n, 1)", "TRUNCATE(n, 1)", "RADIANS(n)", "DEGREES(n)", "SIN(n)", "PI()", "n",
    ],
    "text": [
        "UPPER(t)", "LOWER(t)", "UCASE(t)", "LCASE(t)", "TRIM(t)", "LTRIM(t)", "RTRIM(t)", "TRIM(BOTH ' ' FROM t)", "TRIM(t, 'x')", "REPLACE(t, 'a', 'b')",
        "SUBSTRING(t, 1, 2)", "SUBSTR(t, 1, 2)", "SUBSTR(t, 2)", "SUBSTRING(t FROM 1 FOR 2)", "LEFT(t, 2)", "RIGHT(t, 2)", "CONCAT(t, t)", "CONCAT(t, 'x', 'y')",
        "CONCAT_WS('-', t, t)", "t || t", "t || 'x' || 'y'", "COALESCE(t, 'x')", "NULLIF(t, '')", "IFNULL(t, '')", "CAST(n AS TEXT)", "CAST(n AS STRING)", "CAST(n AS VARCHAR)",
        "LPAD(t, 5, '0')", "RPAD(t, 5, '0')", "REVERSE(t)", "REPEAT(t, 2)", "SPLIT_PART(t, ',', 1)", "REGEXP_REPLACE(t, 'a', 'b')", "REGEXP_EXTRACT(t, 'a')",
        "TO_CHAR(d, 'YYYY-MM-DD')", "DATE_FORMAT(d, 'yyyy-MM-dd')", "FORMAT_DATE('%Y', d)", "STRFTIME(d, '%Y')", "TO_JSON(t)", "MD5(t)", "INITCAP(t)", "CHR(65)", "CHAR(65)",
        "IF(b, t, t)", "IIF(b, t, t)", "DECODE(n, 1, 'a', 'b')", "TRANSLATE(t, 'a', 'b')", "HEX(t)",
    ],
    "date": [
        "CAST(s AS DATE)", "DATE(s)", "TO_DATE(t)", "CURRENT_DATE", "CURRENT_DATE()", "DATE '2020-01-31'", "CAST('2020-01-31' AS DATE)", "DATE_TRUNC('month', d)", "DATE_TRUNC('MONTH', d)",
        "DATE_TRUNC(d, MONTH)", "d + INTERVAL '1' DAY", "d + INTERVAL 1 DAY", "d - INTERVAL '1 day'", "DATE_ADD(d, 1)", "DATE_ADD(d, INTERVAL 1 DAY)", "DATE_SUB(d, INTERVAL 1 MONTH)",
        "DATEADD(day, 1, d)", "DATE_ADD('day', 1, d)", "ADD_MONTHS(d, 1)", "LAST_DAY(d)", "DATE '2020-01-31' + INTERVAL '1' MONTH", "COALESCE(d, DATE '2020-01-01')", "TRUNC(d, 'MM')",
        "MAKE_DATE(2020, 1, 1)", "DATE(2020, 1, 1)", "TO_DATE(t, 'yyyy-MM-dd')", "TO_DATE(t, 'YYYY-MM-DD')",
    ],
    "time": [
        "CAST(d AS TIMESTAMP)", "CAST(t AS TIMESTAMP)", "TIMESTAMP '2020-01-01 10:00:00'", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP()", "NOW()", "GETDATE()", "DATE_TRUNC('hour', s)",
        "TIMESTAMP_TRUNC(s, DAY)", "s + INTERVAL '1' HOUR", "s - INTERVAL '2 days'", "DATEADD(hour, 1, s)", "TO_TIMESTAMP(t)", "TO_TIMESTAMP(n)", "FROM_UNIXTIME(n)", "TIMESTAMP_ADD(s, INTERVAL 1 DAY)",
        "DATETIME(s)", "s AT TIME ZONE 'UTC'", "COALESCE(s, CURRENT_TIMESTAMP)", "STR_TO_DATE(t, '%Y')", "PARSE_TIMESTAMP('%Y', t)", "DATE_PARSE(t, '%Y')", "STRPTIME(t, '%Y')", "TIMESTAMP(t)",
    ],
    "boolean": [
        "STARTS_WITH(t, 'a')", "STARTSWITH(t, 'a')", "CONTAINS(t, 'a')", "ENDS_WITH(t, 'a')", "REGEXP_LIKE(t, 'a')", "CAST(n AS BOOLEAN)", "COALESCE(b, FALSE)", "ISNULL(n)", "t LIKE 'a%'", "t NOT LIKE 'a%'",
        "t ILIKE 'a%'", "NOT t LIKE 'a%'", "t RLIKE 'a'", "n IN (1, 2)", "n NOT IN (1, 2)", "t IN ('a', 'b')", "n IS NULL", "n IS NOT NULL", "NOT n IS NULL", "b IS TRUE", "b IS NOT TRUE",
        "n BETWEEN 1 AND 10", "n NOT BETWEEN 1 AND 10", "d BETWEEN DATE '2020-01-01' AND DATE '2020-02-01'", "n IS DISTINCT FROM n", "n IS NOT DISTINCT FROM n", "b XOR b", "EXISTS (SELECT 1 FROM s.u AS u2 WHERE u2.a = 1)",
        "a IN (SELECT u2.a FROM s.u AS u2)", "a > ANY (SELECT u2.a FROM s.u AS u2)", "NOT a IN (SELECT u2.a FROM s.u AS u2)",
        "DATE_TRUNC('month', d) = CAST('2020-01-01' AS DATE)", "DATE_TRUNC('month', d) IN (CAST('2020-01-01' AS DATE), CAST('2020-02-01' AS DATE))", "n <=> n", "a <> 1", "a != 1",
    ],
}
AGGREGATES = [
    "SUM(n)", "COUNT(*)", "COUNT(n)", "COUNT(1)", "COUNT(DISTINCT n)", "MAX(n)", "MIN(d)", "AVG(n)", "STDDEV(n)", "VARIANCE(n)", "VAR_POP(n)", "ARRAY_AGG(n)", "STRING_AGG(t, ',')", "LISTAGG(t, ',')",
    "GROUP_CONCAT(t)", "ANY_VALUE(n)", "BOOL_AND(b)", "LOGICAL_OR(b)", "COUNT_IF(b)", "COUNTIF(b)", "SUM(CASE WHEN b THEN n ELSE 0 END)", "APPROX_COUNT_DISTINCT(n)", "SUM(n) FILTER (WHERE b)",
    "MEDIAN(n)", "MAX_BY(n, d)", "ARG_MAX(n, d)", "FIRST(n)", "STDDEV_SAMP(n)", "CORR(n, n)",
]
WINDOWS = [
    "ROW_NUMBER() OVER (PARTITION BY a ORDER BY b)", "RANK() OVER (ORDER BY a DESC)", "LAG(b) OVER (PARTITION BY a ORDER BY d)", "LAG(b, 1) OVER (ORDER BY d)", "LEAD(b, 1, 0) OVER (ORDER BY d)",
    "SUM(b) OVER (PARTITION BY a)", "SUM(b) OVER (ORDER BY d ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", "SUM(b) OVER (ORDER BY d ROWS UNBOUNDED PRECEDING)", "SUM((a + b)) OVER (ORDER BY d)",
    "FIRST_VALUE(b) OVER (ORDER BY d)", "FIRST_VALUE(b IGNORE NULLS) OVER (ORDER BY d)", "FIRST_VALUE(b) IGNORE NULLS OVER (ORDER BY d)", "NTILE(4) OVER (ORDER BY a)", "COUNT(*) OVER ()", "SUM(b) OVER w",
]


class Grammar:
    """Random queries as text."""

    def __init__(self, chance):
        """`chance` decides everything."""
        self.chance = chance

    def one(self, *choices):
        """One of several."""
        return self.chance.choice(choices)

    def literal(self, kind):
        """A constant."""
        return self.one(*{
            "number": ["0", "1", "2", "10", "1.5", "0.0", "-1", "100", "1e3", "NULL"],
            "text": ["'a'", "'b c'", "''", "'2020-01-01'"],
            "date": ["DATE '2020-01-31'", "CAST('2020-01-01' AS DATE)", "'2020-01-01'"],
            "time": ["TIMESTAMP '2020-01-01 00:00:00'", "CAST('2020-01-01' AS TIMESTAMP)"],
            "boolean": ["TRUE", "FALSE", "1 = 1", "NULL", "0"],
        }[kind])

    def expression(self, kind, depth):
        """An expression of a type."""
        draw = self.chance.random()
        if depth <= 0 or draw < 0.2:
            return self.one(*COLUMNS[kind]) if self.chance.random() < 0.75 else self.literal(kind)
        if draw < 0.45:
            return self.call(self.one(*FUNCTIONS[kind]), depth - 1)
        if draw < 0.53:
            return self.case(kind, depth - 1)
        if draw < 0.58:
            return f"({self.expression(kind, depth - 1)})"
        if draw < 0.62:
            return f"CAST({self.expression(self.one(*TYPES), depth - 1)} AS {self.one(*TYPES[kind])})"
        if kind == "boolean":
            return self.condition(depth)
        if kind == "number":
            sign = self.one("+", "-", "*", "/", "%", "+", "-", "*")
            return f"{self.nested('number', depth - 1)} {sign} {self.nested('number', depth - 1)}"
        return self.expression(kind, depth - 1)

    def nested(self, kind, depth):
        """An operand."""
        return self.one("{}", "{}", "({})").format(self.expression(kind, depth))

    def condition(self, depth):
        """A condition."""
        draw = self.chance.random()
        if draw < 0.45:
            parts = [self.nested("boolean", depth - 1) for _ in range(self.one(2, 2, 3))]
            return self.one(" AND ", " OR ").join(parts)
        if draw < 0.55:
            return f"NOT {self.one('({})', '{}').format(self.expression('boolean', depth - 1))}"
        kind = self.one("number", "number", "text", "date", "time")
        sign = self.one("=", "<>", "<", "<=", ">", ">=", "=", "!=")
        left = self.nested(kind, depth - 1)
        right = self.literal(kind) if self.chance.random() < 0.5 else self.nested(kind, depth - 1)
        return f"{left} {sign} {right}" if self.chance.random() < 0.7 else f"{right} {sign} {left}"

    def case(self, kind, depth):
        """CASE in both of its forms."""
        result = lambda: self.expression(kind, depth - 1)
        otherwise = self.one("", " ELSE " + result())
        if self.chance.random() < 0.4:
            return f"CASE {self.one('a', 'b', 'a + 1')} WHEN {self.one('1', '2', 'b', 'a + 1')} THEN {result()} WHEN 3 THEN {result()}{otherwise} END"
        return f"CASE WHEN {self.expression('boolean', depth)} THEN {result()}{otherwise} END"

    def call(self, template, depth):
        """A function with arguments in it."""
        kinds = {"n": "number", "t": "text", "d": "date", "s": "time", "b": "boolean"}
        out = []
        for word in re.split(r"('[^']*'|\b[ntdsb]\b(?!\.))", template):
            out.append(self.expression(kinds[word], depth) if word in kinds else word)
        return "".join(out)

    def query(self):
        """A whole query."""
        any_kind = lambda: self.expression(self.one(*TYPES), self.one(1, 2, 3))
        where = lambda: self.one("", f" WHERE {self.expression('boolean', self.one(1, 2, 3))}")
        shape = self.chance.random()
        if shape < 0.35:
            return f"SELECT a, {any_kind()} AS z FROM s.t{where()}"
        if shape < 0.55:
            return f"SELECT a FROM s.t WHERE {self.expression('boolean', 3)}"
        if shape < 0.65:
            key = self.one("a", "a + 1", self.call(self.one(*FUNCTIONS["date"]), 0), "c")
            having = self.one("", "", f" HAVING {self.call(self.one(*AGGREGATES), 0)} > 1")
            return f"SELECT {key} AS k, {self.call(self.one(*AGGREGATES), 1)} AS z FROM s.t{where()} GROUP BY {self.one(key, '1', 'k')}{having}"
        if shape < 0.72:
            window = self.one(*WINDOWS)
            return f"SELECT a, {window} AS z FROM s.t{where()}" + (" WINDOW w AS (PARTITION BY a)" if window.endswith(" w") else "")
        if shape < 0.82:
            inner = f"SELECT a, b, c, d, ts, x, flag, {any_kind()} AS z FROM s.t{where()}"
            return self.one(
                f"WITH q AS ({inner}) SELECT a, z FROM q{where()}", f"SELECT q.a, q.z FROM ({inner}) AS q{where()}",
                f"WITH q AS ({inner}), r AS (SELECT * FROM q) SELECT a, z FROM r",
            )
        if shape < 0.93:
            join = self.one("JOIN", "INNER JOIN", "LEFT JOIN", "LEFT OUTER JOIN", "FULL JOIN", "RIGHT JOIN")
            on = self.one("ON t.a = u.a", "ON u.a = t.a", "USING (a)", "ON t.a = u.a AND t.b > 1", "ON t.a = u.a AND (u.k = 1 OR t.b = 2)", "ON TRUE", "ON 1 = 1")
            return f"SELECT {self.one('t.a', 't.a, u.name', 'u.k, t.b', 't.*')} FROM s.t {join} s.u {on}{self.one('', ' WHERE t.b > 1', ' WHERE 1 < t.b AND u.k IS NULL')}"
        return f"SELECT a, b FROM s.t{where()} {self.one('UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT')} SELECT a, k FROM s.u{self.one('', ' ORDER BY 1', ' ORDER BY a')}"


class Edits:
    """Ways to edit a query, each giving another text or nothing."""

    def __init__(self, chance, dialect):
        """`dialect` is that of the query."""
        self.chance, self.dialect = chance, dialect

    def written_again(self, query):
        """As sqlglot writes it."""
        return d.parse_one(query, dialect=self.dialect).sql(dialect=self.dialect)

    def optimized(self, query):
        """As SQLMesh's optimizer leaves it, where names are bare."""
        made = queries.rendered(query, self.dialect)
        for table in made.find_all(exp.Table):
            table.set("catalog", None)
        return made.sql(dialect=self.dialect)

    def changed(self, query):
        """With one change of the tree."""
        tree = d.parse_one(query, dialect=self.dialect)
        nodes = [node for node in tree.walk() if isinstance(node, exp.Condition) and not isinstance(node, (exp.Subquery, exp.Identifier))]
        # Nobody writes `x IS (NULL)`.
        nodes = [node for node in nodes if node.parent and not isinstance(node.parent, exp.Is)]
        # No engine takes `(SUM(x)) FILTER (…)`, `(ANY (…))` and `ANY (…) < x`.
        nodes = [node for node in nodes if not isinstance(node.parent, exp.Filter) and not node.find(exp.Any)]
        self.chance.shuffle(nodes)
        for node in nodes:
            made = self.other(node)
            if made is not None:
                node.replace(made)
                return tree.sql(dialect=self.dialect)
        return None

    def other(self, node):
        """Another node in the place of one."""
        copy = node.copy()
        ways = [lambda: exp.paren(copy)]
        if isinstance(node, exp.Paren):
            ways = [lambda: copy.this]
        if isinstance(node, (exp.EQ, exp.NEQ, exp.Add, exp.Mul, exp.And, exp.Or)):
            ways += [lambda: type(node)(this=copy.expression, expression=copy.this)] * 3
        turned = {exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE}.get(type(node))
        if turned:
            ways += [lambda: turned(this=copy.expression, expression=copy.this)] * 3
        opposite = {exp.LT: exp.GTE, exp.GT: exp.LTE, exp.LTE: exp.GT, exp.GTE: exp.LT, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}.get(type(node))
        if opposite:
            ways += [lambda: exp.not_(opposite(this=copy.this, expression=copy.expression))] * 2
        if isinstance(node, exp.Literal) and node.is_number and node.is_int:
            ways += [lambda: exp.Literal.number(node.to_py() + 1)]
            ways += [lambda: exp.Add(this=exp.Literal.number(node.to_py() - 1), expression=exp.Literal.number(1))] if node.to_py() > 0 else []
        if isinstance(node, exp.Column) and not node.table:
            ways += [lambda: exp.column(copy.name, table="t")]
        if isinstance(node, (exp.Predicate, exp.Connector)) and isinstance(node.parent, (exp.Where, exp.Connector, exp.Paren, exp.If)):
            ways += [lambda: exp.And(this=copy, expression=exp.true()), lambda: exp.Or(this=copy, expression=exp.false())]
            ways += [lambda: exp.Not(this=exp.Paren(this=exp.Not(this=exp.Paren(this=copy))))]
        return self.chance.choice(ways)()


# Functions that only some dialects have, whatever sqlglot makes of them elsewhere.
ONLY_IN = {
    "TIMESTAMP_TRUNC": ["bigquery"], "GROUP_CONCAT": ["mysql"], "DATE_FORMAT": ["mysql", "spark", "databricks", "presto", "trino", "athena"],
    "STR_TO_DATE": ["mysql"], "TO_CHAR": ["postgres", "redshift", "snowflake"], "DATE_PARSE": ["presto", "trino", "athena"],
    "TRIM(c, 'x')": ["snowflake", "bigquery", "duckdb"], "DATE_SUB(d, INTERVAL": ["mysql", "bigquery"], "PARSE_TIMESTAMP": ["bigquery"],
    "'YYYY-MM-DD'": ["postgres", "redshift", "snowflake"], "'yyyy-MM-dd'": ["spark", "databricks"], "TRUNC(": ["snowflake", "postgres", "redshift", "duckdb"],
    "DATE(2020, 1, 1)": ["bigquery"], "DATE_DIFF(d, d, DAY)": ["bigquery"], "DATE_TRUNC(d, MONTH)": ["bigquery"], "DATE_ADD('day'": ["presto", "trino", "athena"], "DATE_ADD(d, INTERVAL": ["mysql", "bigquery"],
    "APPROX_COUNT_DISTINCT": ["duckdb", "snowflake", "spark", "databricks", "bigquery"], "MEDIAN": ["duckdb", "snowflake", "redshift"], "DATEADD": ["snowflake", "redshift", "databricks", "tsql"],
}
# What T-SQL has no literals for.
NOT_IN_TSQL = ["TRUE", "FALSE", "TIMESTAMP", "USING", "GROUP BY 1", "MD5", "IS NOT TRUE"]


def is_plausible(query, dialect):
    """Could somebody have written this query for this dialect?"""
    foreign = any(part in query and dialect not in known for part, known in ONLY_IN.items())
    by_quotes = dialect == "bigquery" and "DATE_TRUNC('" in query
    return not (foreign or by_quotes or dialect == "tsql" and any(part in query for part in NOT_IN_TSQL))


WAYS = ["written_again", "optimized", "changed", "changed"]


def pairs(dialect, seed, count):
    """Random pairs with SQLMesh's answers, and the way that each was edited."""
    chance = random.Random(f"{seed} {dialect}")
    grammar, edits = Grammar(chance), Edits(chance, dialect)
    made = []
    while len(made) < count:
        query, way = grammar.query(), chance.choice(WAYS)
        if not is_plausible(query, dialect):
            continue
        try:
            after = getattr(edits, way)(query)
            if not after or after == query:
                continue
            pair = {"dialect": dialect, "before": query, "after": after}
            pair["sqlmesh"] = queries.answer(pair)
        except Exception:
            continue
        made.append((way, pair))
    return made


def texts(folder):
    """The queries in the lines of a folder's `*.jsonl` files (`sql`), by their `dialect`."""
    found = collections.defaultdict(set)
    for path in Path(folder).rglob("*.jsonl"):
        with path.open(encoding="utf-8") as lines:
            for entry in map(json.loads, lines):
                text = entry.get("sql", "").strip().rstrip(";")
                if text.upper().startswith(("SELECT", "WITH")) and ";" not in text and len(text) < 3000:
                    found[entry.get("dialect")].add(text)
    return {dialect: sorted(queries) for dialect, queries in found.items()}


def changes_of_dialect(dialect, seed, count, known):
    """Random queries as models whose dialect changes to another, with SQLMesh's answers."""
    chance = random.Random(f"{seed} {dialect} between")
    grammar = Grammar(chance)
    made = []
    while len(made) < count:
        query, other = grammar.query(), chance.choice([name for name in DIALECTS if name not in (dialect, "snowflake")])
        if known and chance.random() < 0.5:
            query = chance.choice(known)
        elif not is_plausible(query, dialect):
            continue
        model = lambda of: f"MODEL (name m.q, kind FULL, dialect {of});\n{query}"
        pair = {"before": model(dialect), "after": model(other)}
        try:
            pair["sqlmesh"] = queries.answer(pair)
        except Exception:
            continue
        made.append((f"to {other}", {"dialect": "duckdb", **pair}))
    return made


def quoted_names(dialect):
    """The tables as entries of external_models.yaml."""
    fold = str.upper if dialect == "snowflake" else str
    out = []
    for name, columns in queries.TABLES.items():
        parts = ".".join(f'"{fold(part)}"' for part in name.split("."))
        out.append(f"- name: '{parts}'\n  columns:\n")
        out += [f"    '\"{fold(column)}\"': {kind}\n" for column, kind in columns.items()]
    return "".join(out)


def lay_out(folder, dialect, asked, side):
    """A project with a model for each pair."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(f"gateways:\n  local:\n    connection:\n      type: duckdb\nmodel_defaults:\n  dialect: {dialect}\n")
    (folder / "external_models.yaml").write_text(quoted_names(dialect))
    for at, pair in enumerate(asked):
        text = pair[side] if pair[side].startswith("MODEL") else f"MODEL (name m.q, kind FULL);\n{pair[side]}"
        (folder / "models" / f"q{at}.sql").write_text(text.replace("name m.q,", f"name m.q{at},", 1) + "\n")


def predicted(impact, dialect, asked):
    """impact's category for each pair, and the numbers of those that it can't read."""
    with tempfile.TemporaryDirectory() as place:
        git = lambda *words: subprocess.run(["git", "-C", place, "-c", "user.name=x", "-c", "user.email=x", *words], check=True, capture_output=True)
        git("init", "--quiet")
        for side in ("before", "after"):
            lay_out(Path(place), dialect, asked, side)
            git("add", "--all")
            git("commit", "--quiet", "--message", side)
        done = subprocess.run([impact, "diff", "HEAD~1..HEAD", "--format", "json"], cwd=place, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    analysis = json.loads(done.stdout)
    found = {node["name"].lower(): node["sqlmesh"] for node in analysis["models"] if node["change"] in ("direct", "metadata")}
    unread = {Path(entry["path"]).stem for entry in analysis["diagnostics"] if entry.get("path")}
    # The text of a bare query isn't compared.
    otherwise = ["none" if pair["before"].startswith("MODEL") else "METADATA" for pair in asked]
    return [(found.get(f"m.q{at}") or otherwise[at], f"q{at}" in unread) for at in range(len(asked))]


def main():
    """Asks both and prints where they differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impact", default="target/debug/impact", type=os.path.abspath)
    parser.add_argument("--dialect", action="append", choices=DIALECTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100, help="pairs for each dialect")
    parser.add_argument("--between", action="store_true", help="change the dialect, not the query")
    parser.add_argument("--queries", help="a folder with more queries for --between")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    differ = 0
    known = texts(arguments.queries) if arguments.queries else {}
    for dialect in arguments.dialect or DIALECTS:
        if arguments.between and dialect == "snowflake":
            # There the model itself has another name.
            continue
        if arguments.between:
            asked = changes_of_dialect(dialect, arguments.seed, arguments.count, known.get(dialect))
        else:
            asked = pairs(dialect, arguments.seed, arguments.count)
        counts = collections.Counter()
        of_project = "duckdb" if arguments.between else dialect
        answers = predicted(arguments.impact, of_project, [pair for _, pair in asked])
        for (way, pair), (category, is_unread) in zip(asked, answers):
            outcome = "agree" if category == pair["sqlmesh"] else "unread" if is_unread else "differ"
            counts[outcome] += 1
            if outcome != "agree":
                print(json.dumps({"way": way, "impact": category, "outcome": outcome, **pair}, ensure_ascii=False), flush=True)
        differ += counts["differ"]
        print(dialect, dict(counts), file=sys.stderr, flush=True)
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
