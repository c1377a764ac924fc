#!/usr/bin/env python3
"""Writes src/plan/functions.txt: which names of functions sqlglot reads as one and the same call;
src/plan/readings.txt: which dialects read a call otherwise than the others, as far as `simplify.gen` writes it, and in
which it has an empty list that pickling loses;
src/render/known.txt: which names sqlglot knows, as functions or as words, so that it keeps arguments one by one; and
src/state/columns.txt: which words that are calls without brackets in some dialects are columns to it in others.

  VENV/bin/python tests/oracle/functions.py

Run it with the sqlglot of the modelled SQLMesh. Each name is parsed in each dialect with up to four arguments;
names whose calls give equal trees are one line: how many arguments, in which dialects (`*`: all), the names. Where
one name takes the arguments in another order, digits behind its name say which one stands in each place of the
tree: `LOCATE:10`. Readings are asked for with columns as arguments (`c`), with texts (`t`), with a text before columns (`f`) and
behind them (`e`); `l` are lists that get lost.
"""

import logging
import pickle
from collections import defaultdict
from pathlib import Path

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.optimizer.simplify import gen

SOURCES = Path(__file__).resolve().parent.parent.parent / "src"
TARGET = SOURCES / "plan" / "functions.txt"
READINGS = SOURCES / "plan" / "readings.txt"
KNOWN = SOURCES / "render" / "known.txt"
COLUMNS = SOURCES / "state" / "columns.txt"
DIALECTS = [
    "generic", "athena", "bigquery", "clickhouse", "databricks", "doris", "duckdb", "fabric", "hive", "materialize",
    "mysql", "oracle", "postgres", "presto", "redshift", "risingwave", "snowflake", "spark", "sqlite", "starrocks",
    "teradata", "trino", "tsql",
]


def dialect_of(name):
    """sqlglot's dialect; the generic one has no name there."""
    return Dialect.get_or_raise("" if name == "generic" else name)


def shape(node, places):
    """A tree as text, with numbers for arguments in the order in which they come; `places` collects their names."""
    if isinstance(node, exp.Column) and node.name.startswith("q"):
        places.append(int(node.name[1:]))
        return f"#{len(places)}"
    if isinstance(node, list):
        return "[" + ", ".join(shape(item, places) for item in node) + "]"
    if isinstance(node, exp.Expr):
        parts = (f"{key}={shape(node.args[key], places)}" for key in sorted(node.args) if node.args[key])
        return f"{type(node).__name__}({', '.join(parts)})"
    return repr(node)


def groups(dialect, names, arguments):
    """Names whose calls with this many arguments are one tree, but for the order of the arguments."""
    call = ", ".join(f"q{number}" for number in range(arguments))
    by_tree = defaultdict(list)
    for name in names:
        try:
            tree = dialect.parse(f"SELECT {name}({call})")[0].expressions[0]
        except Exception:
            continue
        if not isinstance(tree, exp.Anonymous):
            places = []
            text = shape(tree, places)
            if sorted(places) != list(range(arguments)):
                # Not every argument stands there once and as it is.
                by_tree[repr(tree)].append(name)
                continue
            by_tree[text].append(name + ":" + "".join(map(str, places)))
    return [tuple(plain(found)) for found in by_tree.values() if len(found) > 1]


def plain(names):
    """The names without their orders, where all have the same."""
    orders = {name.partition(":")[2] for name in names}
    return [name.partition(":")[0] for name in names] if len(orders) == 1 else names


def known_names(dialect):
    """Names that don't make a call of an unknown function; the syntax of SQLMesh's macros isn't part of it."""
    parser, words = dialect.parser_class, dialect.tokenizer_class.KEYWORDS
    names = {*parser.FUNCTIONS, *parser.FUNCTION_PARSERS, *parser.NO_PAREN_FUNCTION_PARSERS, *words}
    return {name for name in names if isinstance(name, str) and name.replace("_", "").isalnum()}


def write_known():
    """One line for each set of dialects (`*`: all) and its names."""
    dialects_of = defaultdict(list)
    for known in DIALECTS:
        for name in known_names(dialect_of(known)):
            dialects_of[name.upper()].append(known)
    by_dialects = defaultdict(list)
    for name in sorted(dialects_of):
        by_dialects[tuple(dict.fromkeys(dialects_of[name]))].append(name)
    lines = [
        f"{'*' if len(dialects) == len(DIALECTS) else ','.join(dialects)} {' '.join(names)}"
        for dialects, names in sorted(by_dialects.items())
    ]
    KNOWN.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_columns(parsers):
    """One line for each word: in which dialects it is a column."""
    lines = []
    for word in sorted({token.name for parser in parsers for token in parser.NO_PAREN_FUNCTIONS}):
        reads = {known: dialect_of(known).parse(f"SELECT {word}")[0].expressions[0] for known in DIALECTS}
        found = [known for known, tree in reads.items() if isinstance(tree, exp.Column)]
        lines += [f"{word} {','.join(found)}\n"] if found else []
    COLUMNS.write_text("".join(lines), encoding="utf-8")


def arguments_of(kind, name, count):
    """The arguments of a call. A text is a format of time in any dialect, and a path where JSON is read."""
    text = "'$.a'" if "JSON" in name else "'%Y-%m yyyy YYYY {}'"
    is_text = {"c": lambda at: False, "t": lambda at: True, "f": lambda at: at == 0, "e": lambda at: at == count - 1}[kind]
    return ", ".join((text if is_text(at) else "q{}").format(at) for at in range(count))


def parsed(dialect, call):
    """A call's tree, as it is and pickled, which loses empty lists; nothing where it can't be read."""
    try:
        tree = dialect.parse(f"SELECT {call}")[0].expressions[0]
    except Exception:
        return None
    for node in tree.find_all(exp.Func):
        # Every call in Redshift and Oracle has a mark.
        node.args.pop("join_mark", None)
    return tree, pickle.loads(pickle.dumps(tree))


def write_readings(names):
    """One line for each name, counts of arguments and kind of them: groups of dialects, the largest left out."""
    found = defaultdict(list)
    for name in names:
        for arguments in range(5):
            # With one argument or none, some kinds are one.
            for kind in "ctfe"[: (1, 2)[arguments] if arguments < 2 else 4]:
                call = f"{name}({arguments_of(kind, name, arguments)})"
                trees = {known: parsed(dialect_of(known), call) for known in DIALECTS}
                by_text, losing = defaultdict(list), []
                for known, tree in trees.items():
                    by_text[gen(tree[1]) if tree else "error"].append(known)
                    losing += [known] if tree and gen(tree[0]) != gen(tree[1]) else []
                rest = sorted(by_text.values(), key=len)[:-1]
                if rest:
                    found[name, kind, ";".join(",".join(group) for group in sorted(rest))].append(str(arguments))
                if losing and kind == "c":
                    where = "*" if len(losing) == len(DIALECTS) else ",".join(losing)
                    found[name, "l", where].append(str(arguments))
    lines = sorted(f"{name} {''.join(counts)}{kind} {groups}\n" for (name, kind, groups), counts in found.items())
    READINGS.write_text("".join(lines), encoding="utf-8")


def main():
    """Asks sqlglot and writes the tables."""
    logging.disable(logging.CRITICAL)
    write_known()
    parsers = [dialect_of(known).parser_class for known in DIALECTS]
    write_columns(parsers)
    # Those with a syntax of their own may be called with plain arguments as well.
    names = sorted({name for parser in parsers for name in (*parser.FUNCTIONS, *parser.FUNCTION_PARSERS)})
    write_readings(names)
    found = defaultdict(lambda: defaultdict(set))
    for known in DIALECTS:
        for arguments in range(5):
            for group in groups(dialect_of(known), names, arguments):
                found[group][known].add(arguments)
    lines = []
    for group, by_dialect in found.items():
        by_counts = defaultdict(list)
        for known, counts in by_dialect.items():
            by_counts["".join(map(str, sorted(counts)))].append(known)
        for counts, dialects in by_counts.items():
            where = "*" if len(dialects) == len(DIALECTS) else ",".join(dialects)
            lines.append(f"{counts} {where} {' '.join(group)}\n")
    TARGET.write_text("".join(sorted(lines, key=lambda line: line.split()[2:])), encoding="utf-8")


if __name__ == "__main__":
    main()
