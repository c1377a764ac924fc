#!/usr/bin/env python3
"""Writes the queries of other projects' parser tests as JSON lines, for `bench_dialects`.

    fixtures.py sqlfluff DIR > FILE    from a checkout of sqlfluff: test/fixtures/dialects
    fixtures.py sqlglot DIR > FILE     from a checkout of sqlglot: what its dialect tests parse
    fixtures.py estate DIR DIALECT > FILE    from any folder of SQL files

A model is one query, so only queries count. In sqlfluff's fixtures the tree beside each text says what a statement is: taken are SELECT, WITH,
set operations, VALUES, pipes, DuckDB's PIVOT, and the query of a CREATE VIEW, a CREATE TABLE AS or an INSERT. Left out is what
writes: WITH before INSERT, UPDATE, DELETE or MERGE, SELECT INTO, and SELECT that sets variables. In sqlglot's tests it is
what sqlglot itself parses to one query that needs no fallback to a command. In other folders it is every statement
between semicolons that begins with SELECT, WITH or FROM, or what follows a CREATE or INSERT from its first SELECT or WITH
on; files with templates, and statements that write or set variables, are left out.
"""

import json
import re
import sys
from pathlib import Path

QUERIES = {
    "select_statement", "with_compound_statement", "set_expression", "values_clause", "pipe_statement",
    "simplified_pivot", "simplified_unpivot", "with_compound_statement_segment", "table_expression",
}
AROUND = {
    "create_view_statement", "create_table_statement", "create_table_as_statement", "create_table_as_select_statement",
    "create_materialized_view_statement", "create_external_table_as_select_statement", "insert_statement",
    "alter_view_statement",
}
WRITES = {"insert_statement", "update_statement", "delete_statement", "merge_statement", "from_insert_statement"}
INTO = {"into_table_clause", "into_clause", "select_into_clause", "into_outfile_clause"}
DIALECTS = {"ansi": "generic", "sparksql": "spark"}
KNOWN = {
    "ansi", "athena", "bigquery", "clickhouse", "databricks", "doris", "duckdb", "hive", "materialize", "mysql", "oracle",
    "postgres", "redshift", "snowflake", "sparksql", "sqlite", "starrocks", "teradata", "trino", "tsql",
}


def pairs(node):
    """A node's children by kind, in order."""
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        for child in node:
            yield from pairs(child)


def leaves(node):
    if isinstance(node, (dict, list)):
        for _, child in pairs(node):
            yield from leaves(child)
    elif node is not None:
        yield str(node)


def outermost(node, first=0):
    """The queries that aren't part of another one: (kind, node, first leaf, end)."""
    for kind, child in pairs(node):
        count = len(list(leaves(child)))
        if kind in QUERIES:
            yield kind, child, first, first + count
        elif kind in ("file", "batch", "statement", "bracketed") or kind in AROUND:
            yield from outermost(child, first)
        first += count


def places(text, tokens):
    """Where each leaf is in the text: leaves leave blanks and comments out."""
    at, found = 0, []
    for token in tokens:
        at = skip(text, at)
        if not text.startswith(token, at):
            at = text.find(token, at)
            if at < 0:
                return None
        found.append((at, at + len(token)))
        at += len(token)
    return found


def skip(text, at):
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text.startswith("--", at) or text.startswith("//", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif text.startswith("/*", at):
            end = text.find("*/", at)
            at = len(text) if end < 0 else end + 2
        else:
            return at
    return at


def is_written(node):
    """Does it write anywhere? T-SQL reads what a DELETE gives."""
    return any(kind in WRITES | INTO or is_written(child) for kind, child in pairs(node))


def sets_variables(sql):
    words = sql.split()
    return len(words) > 2 and words[0].upper() == "SELECT" and words[1].startswith("@") and "=" in words[1] + words[2]


def sqlfluff(folder):
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lost = 0
    for dialect in sorted(KNOWN):
        for tree in sorted((Path(folder) / "test/fixtures/dialects" / dialect).glob("*.yml")):
            source = tree.with_suffix(".sql")
            if not source.exists():
                continue
            text = source.read_text()
            node = {"file": yaml.load(tree.read_text(), yaml_loader(loader)).get("file")}
            found = places(text, leaves(node))
            if found is None:
                lost += 1
                continue
            for kind, child, first, end in outermost(node):
                sql = text[found[first][0]:found[end - 1][1]]
                if is_written(child) or sets_variables(sql):
                    continue
                yield {"dialect": DIALECTS.get(dialect, dialect), "sql": sql, "from": f"{dialect}/{source.name}"}
    print(f"{lost} files not aligned", file=sys.stderr)


def yaml_loader(base):
    """Scalars stay texts: `1` and `null` are tokens."""

    class Loader(base):
        pass

    Loader.yaml_implicit_resolvers = {}
    return Loader


def sqlglot(folder):
    sys.path.insert(0, folder)
    import logging
    import unittest

    logging.disable(logging.CRITICAL)
    import sqlglot as glot
    from sqlglot import exp
    from tests.dialects import test_dialect

    seen = {}

    def record(sql, read):
        name = str(read or "").split(",")[0].strip()
        if not isinstance(sql, str) or (name, sql) in seen:
            return
        seen[name, sql] = None
        try:
            trees = [tree for tree in glot.parse(sql, read=name or None) if tree]
        except Exception:
            return
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            return
        if trees[0].find(exp.Command, exp.Into, exp.DML) or trees[0].find(exp.Placeholder):
            return
        seen[name, sql] = True

    validator = test_dialect.Validator
    identity, everything = validator.validate_identity, validator.validate_all

    def validate_identity(self, sql, write_sql=None, **rest):
        record(sql, self.dialect)
        return identity(self, sql, write_sql, **rest)

    def validate_all(self, sql, read=None, write=None, **rest):
        record(sql, self.dialect)
        for name, one in (read or {}).items():
            record(one, name)
        return everything(self, sql, read=read, write=write, **rest)

    validator.validate_identity, validator.validate_all = validate_identity, validate_all
    suite = unittest.defaultTestLoader.discover(f"{folder}/tests/dialects", top_level_dir=folder)
    unittest.TextTestRunner(stream=open("/dev/null", "w")).run(suite)
    for (name, sql), is_query in seen.items():
        if is_query:
            yield {"dialect": name or "generic", "sql": sql}


def code(backslashes):
    """Comments, ends of statements, texts and quoted names, words, and the rest."""
    text = r"'(?:[^'\\]|\\.|\'\')*'" if backslashes else r"'(?:[^']|\'\')*'"
    return re.compile(
        rf"""
        (?P<skip> --[^\n]* | /\*.*?\*/ )
        | (?P<end> ; | ^\s*GO\s*$ )
        | (?P<text> \"{{3}}.*?\"{{3}} | {text} | "(?:[^"\\]|\\.)*" | `[^`]*` | \[[^\]\n]*\] | (?P<tag>\$\w*\$).*?(?P=tag) )
        | (?P<word> [@#]*\w+ )
        | (?P<other> \S )
        """,
        re.S | re.M | re.I | re.X,
    )


WRITERS = {"INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "DECLARE", "EXEC", "SET", "BEGIN", "GRANT", "PRINT", "DROP", "USE"}
NO_BACKSLASHES = {"tsql", "fabric", "postgres", "duckdb", "trino", "oracle", "sqlite"}
NOT_QUERIES = {"FUNCTION", "PROCEDURE", "PROC", "TRIGGER", "TASK", "TEMP", "EXTERNAL", "INDEX"}


def estate(folder, dialect):
    for source in sorted(Path(folder).rglob("*.sql")):
        text = source.read_bytes().decode("utf-8-sig", "replace")
        if "\ufffd" in text or "{{" in text or "{%" in text:
            continue
        for sql in statements(text, code(dialect not in NO_BACKSLASHES)):
            yield {"dialect": dialect, "sql": sql, "from": str(source.relative_to(folder))}


def statements(text, tokenizer):
    tokens = []
    for match in [*tokenizer.finditer(text), None]:
        kind = match.lastgroup if match else "end"
        if kind in ("word", "text", "tag", "other"):
            tokens.append((match.start(), match.group().upper()))
        if kind == "end":
            query = query_of(tokens)
            if query is not None:
                yield text[query : match.start() if match else len(text)].strip()
            tokens = []


def query_of(tokens):
    """Where the query in a statement begins."""
    words = [word for _, word in tokens]
    if not words:
        return None
    begins = words[0] in ("SELECT", "WITH", "FROM", "(")
    makes = words[0] in ("CREATE", "INSERT") and {"VIEW", "TABLE", "INSERT"} & set(words[:5]) and not NOT_QUERIES & set(words[:6])
    at = 0 if begins else next((at for at, word in enumerate(words) if word in ("SELECT", "WITH")), None)
    if at is None or not (begins or makes) or WRITERS & set(words[at:]) or is_several(words[at:]):
        return None
    sets = any(a == "SELECT" and b.startswith("@") and c in "=+" for a, b, c in zip(words, words[1:], words[2:]))
    return None if sets else tokens[at][0]


def is_several(words):
    """Without semicolons: do brackets close that weren't opened, or does a second query begin?"""
    depth = 0
    for before, word in zip([None, *words], words):
        depth += (word == "(") - (word == ")")
        follows = before in {None, ")", "UNION", "ALL", "DISTINCT", "EXCEPT", "INTERSECT", "NAME", "AS", "|", ">"}
        if depth < 0 or depth == 0 and word == "SELECT" and not follows:
            return True
    return depth != 0 or words.count("CASE") != words.count("END")


def main():
    kind, *arguments = sys.argv[1:]
    for row in {"sqlfluff": sqlfluff, "sqlglot": sqlglot, "estate": estate}[kind](*arguments):
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
