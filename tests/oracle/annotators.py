#!/usr/bin/env python3
"""Writes src/belief/types.txt and src/belief/functions.txt: what sqlglot's `annotate_types` goes by.

  VENV/bin/python tests/oracle/annotators.py

Run it with the modelled SQLMesh, which loads every dialect of sqlglot (one of them changes what types coerce to in all).
The formats are described in src/belief/tables.rs. Nothing is annotated here: each call of a function is parsed in each
dialect with columns, texts and numbers as arguments, and the annotators of the tree that sqlglot makes are asked which
arguments they look at.
"""

import logging
import re
import sys
from collections import defaultdict
from pathlib import Path

import sqlmesh  # noqa: F401  loads and extends all dialects
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.helper import ensure_list
from sqlglot.optimizer.annotate_types import TypeAnnotator

TARGET = Path(__file__).resolve().parent.parent.parent / "src" / "belief"
DIALECTS = [
    "generic", "athena", "bigquery", "clickhouse", "databricks", "doris", "duckdb", "fabric", "hive", "materialize",
    "mysql", "oracle", "postgres", "presto", "redshift", "risingwave", "snowflake", "spark", "sqlite", "starrocks",
    "teradata", "trino", "tsql",
]
SETS = ["TEXT", "NUMERIC", "INTEGER", "REAL", "FLOAT", "TEMPORAL"]
MOST_ARGUMENTS = 5
UNKNOWN = "?"

# Numbers that the word UNSIGNED may follow.
UNSIGNED = ["BIGINT", "DECIMAL", "DOUBLE", "FLOAT", "INT", "INTEGER", "MEDIUMINT", "SMALLINT", "TINYINT"]

# Names of an annotator's function: the arguments that it looks at.
NAMED = {
    "_annotate_math_functions": ("math", ["this"]),
    "_annotate_safe_divide": ("safe_divide", ["this", "expression"]),
    "_annotate_by_args_with_coerce": ("coerce", ["this", "expression"]),
    "_annotate_by_args_approx_top": ("top", ["this"]),
    "_annotate_concat": ("concat", ["expressions"]),
    "_annotate_array": ("array_of", ["expressions"]),
    "_annotate_reverse": ("reverse", ["this"]),
    "_annotate_date_or_time_add": ("date_add", ["this", "unit"]),
    "_annotate_decode_case": ("decode", ["expressions"]),
    "_annotate_median": ("median", ["this"]),
    "_annotate_variance": ("variance", ["this"]),
    "_annotate_kurtosis": ("kurtosis", ["this"]),
    "_annotate_math_with_float_decfloat": ("decfloat", ["this"]),
}
OPERATORS = [
    "+", "-", "*", "/", "%", "||", "//", "DIV", "MOD", "&", "|", "^", "#", "<<", ">>", "->", "->>", "#>", "#>>", "**",
    "@>", "<@", "?", "&&", "~", "~*", "!~", "!~*", "^@", "<->", "XOR", "SIMILAR TO", "GLOB", "REGEXP", "RLIKE",
    "OVERLAPS", ":", "@@",
]
SYNTAX = {
    "AT TIME ZONE": "q0 AT TIME ZONE q1",
    "EXTRACT": "EXTRACT(q0 FROM q1)",
    "COLLATE": "q0 COLLATE q1",
    "INTERVAL": "INTERVAL '1' DAY",
    "WINDOW": "MAX(q0) OVER ()",
    "FILTER": "MAX(q0) FILTER (WHERE TRUE)",
    "IF": "CASE WHEN q0 THEN q1 END",
    "ARRAY": "[q0, q1]",
    "~": "~ q0",
    "SUBSTRING FROM": "SUBSTRING(q0 FROM q1 FOR q2)",
    "OVERLAY": "OVERLAY(q0 PLACING q1 FROM q2)",
    "POSITION": "POSITION(q0 IN q1)",
    "TRIM LEADING": "TRIM(LEADING q0 FROM q1)",
    "TRIM TRAILING": "TRIM(TRAILING q0 FROM q1)",
    "TRIM BOTH": "TRIM(BOTH q0 FROM q1)",
}


def dialect_of(name):
    """sqlglot's dialect; the generic one has no name there."""
    return Dialect.get_or_raise("" if name == "generic" else name)


def spelled(data_type):
    """A type independent of any dialect: NAME, NAME(5,2), NAME<A,B>."""
    if data_type is None:
        return UNKNOWN
    if isinstance(data_type, exp.DType):
        return UNKNOWN if data_type == exp.DType.UNKNOWN else data_type.value
    if data_type.this == exp.DType.UNKNOWN:
        return UNKNOWN
    if data_type.args.get("nullable") is False and data_type.expressions:
        return f"{data_type.this.value}({','.join(part.name for part in data_type.expressions)})^"
    if not isinstance(data_type.this, exp.DType):
        return UNKNOWN
    inner = data_type.expressions
    if not inner:
        return data_type.this.value
    types = [part for part in inner if isinstance(part, exp.DataType)]
    if len(types) == len(inner):
        return f"{data_type.this.value}<{','.join(spelled(part) for part in types)}>"
    return f"{data_type.this.value}({','.join(part.name for part in inner)})"


class Annotator:
    """Stands for sqlglot's TypeAnnotator and notes what it is asked to do."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.schema = self
        self.rule = UNKNOWN

    def get_udf_type(self, _):
        return None

    def _set_type(self, _, data_type):
        self.rule = spelled(data_type)

    def _call(self, name, *children):
        parts = [name]
        for child in children:
            parts.extend(self.of(one) for one in ensure_list(child))
        self.rule = f"({' '.join(parts)})"

    def _annotate_by_args(self, e, *args, promote=False, array=False):
        children = [one for arg in args for one in ensure_list(e.args.get(arg) if isinstance(arg, str) else arg)]
        name = "args" + ("+promote" if promote else "") + ("+array" if array else "")
        self._call(name, *children)

    def _annotate_binary(self, e):
        if isinstance(e, (exp.Connector, exp.Predicate)):
            self.rule = "BOOLEAN"
        else:
            self._call("binary", e.left, e.right)

    def _annotate_unary(self, e):
        if isinstance(e, exp.Not):
            self.rule = "BOOLEAN"
        else:
            self._call("same", e.this)

    def _annotate_literal(self, e):
        self.rule = ("VARCHAR" if e.is_string else "INT" if e.is_int else "DOUBLE") + "!"

    def _annotate_timeunit(self, e):
        self._call("unit", e.this)
        self.rule = f"{self.rule[:-1]} {self.word(e.unit)})"

    def _annotate_div(self, e):
        self._call("div_typed" if e.args.get("typed") else "div", e.left, e.right)

    def _annotate_bracket(self, e):
        if isinstance(e.expressions[0], exp.Slice):
            self._call("same", e.this)
        else:
            self._call("element", e.this)

    def _annotate_by_array_element(self, e):
        self._call("element", e.this)

    def _annotate_unnest(self, e):
        self._call("element", *e.expressions[:1])

    def _annotate_explode(self, e):
        self._call("inner", e.this)

    def _annotate_map(self, e):
        keys, values = e.args.get("keys"), e.args.get("values")
        if isinstance(keys, exp.Array) and isinstance(values, exp.Array):
            self._call("map", keys, values)
        else:
            # Whether they are arrays that are written out shows only in the call.
            self._call("map", *[one for one in (keys, values) if one])

    def _annotate_to_map(self, e):
        self._call("to_map", e.this)

    def _annotate_extract(self, e):
        self.rule = f"(extract {self.word(e.this)})"

    def _annotate_struct(self, e):
        self.rule = "(struct 0*)"

    def _annotate_dot(self, e):
        self.rule = UNKNOWN

    def _annotate_subquery(self, e):
        self.rule = UNKNOWN

    def word(self, node):
        """An argument that is looked at as a word: its number, or what it is always."""
        if node is None:
            return "-"
        name = node.name
        at = marker(name)
        return str(at) if at is not None else f"'{name.upper()}"

    def of(self, node):
        """The rule of a part of the tree."""
        if not isinstance(node, exp.Expr):
            return UNKNOWN
        if isinstance(node, (exp.Column, exp.Identifier, exp.Literal, exp.Var)) and marker(node.name) is not None:
            return str(marker(node.name))
        if isinstance(node, exp.Cast) and node.meta.get("argument") is not None:
            return str(node.meta["argument"])
        if isinstance(node, exp.Interval) and node.this is not None and marker(node.this.name) is not None:
            return str(marker(node.this.name))
        spec = self.dialect.EXPRESSION_METADATA.get(node.__class__)
        if not spec:
            return UNKNOWN
        if "annotator" not in spec:
            return spelled(spec["returns"]) if spec.get("returns") else UNKNOWN
        inner = Annotator(self.dialect)
        inner.annotate(spec["annotator"], node)
        return inner.rule

    def annotate(self, annotator, node):
        """Asks an annotator what it does with a node."""
        if isinstance(node, exp.ApproxQuantile) and "is_type" in annotator.__code__.co_names:
            return self._call("quantile", node.this, node.args.get("quantile"))
        names = [annotator.__name__]
        if annotator.__name__ == "<lambda>":
            names = [name for name in annotator.__code__.co_names if callable(annotator.__globals__.get(name))]
        for name in names:
            if name == "_annotate_within_group":
                order = node.expression.expressions if isinstance(node.expression, exp.Order) else []
                is_percentile = isinstance(node.this, (exp.PercentileDisc, exp.PercentileCont)) and len(order) == 1
                return self._call("same", order[0].this if is_percentile else node.this)
            if name == "_annotate_by_similar_args":
                args = ["this", "fill_pattern"] if isinstance(node, exp.Pad) else ["expressions"]
                return self._call("similar", *[node.args.get(arg) for arg in args])
            if name in NAMED:
                rule, args = NAMED[name]
                if rule == "date_add":
                    self._call(rule, node.this)
                    self.rule = f"{self.rule[:-1]} {self.word(node.args.get('unit'))})"
                    return None
                return self._call(rule, *[node.args.get(arg) for arg in args])
            if name.startswith("_annotate_") and name not in ("_annotate_timestamp_from_parts", "_annotate_str_to_time", "_annotate_arg_max_min"):
                sys.exit(f"no rule is known for {name}")
        if names == ["_annotate_arg_max_min"]:
            if node.args.get("count"):
                self.rule = "ARRAY"
                return None
            return self._call("same", node.this)
        annotator(self, node)
        return None


def marker(name):
    """The number of the argument that this text stands for."""
    found = re.fullmatch(r"[qQ](\d)|910(\d)", name or "")
    return int(found.group(1) or found.group(2)) if found else None


def parsed(dialect, text):
    """The expression, or nothing where the dialect has no such syntax."""
    try:
        trees = dialect.parse(f"SELECT {text} AS a")
        if len(trees) != 1 or not isinstance(trees[0], exp.Select) or len(trees[0].expressions) != 1:
            return None
        alias = trees[0].expressions[0]
        return alias.this if isinstance(alias, exp.Alias) else None
    except Exception:
        return None


def argument(kind, at):
    """A column (c), a text (s), a number (n), a cast to a date (d), an interval (i)."""
    return {
        "c": f"q{at}", "s": f"'q{at}'", "n": f"910{at}", "d": f"CAST(q{at} AS DATE)", "i": f"INTERVAL '910{at}' q{at}",
    }[kind]


def patterns(count):
    """Kinds of arguments: columns, or one of another kind among them."""
    plain = "c" * count
    yield plain
    if count > 3:
        return
    for kind in "sndi":
        for at in range(count):
            yield plain[:at] + kind + plain[at + 1:]


def rules(dialect, metadata, name):
    """By pattern of arguments: the rule of a call that one dialect parses and another's annotators annotate."""
    found = {}
    for count in range(MOST_ARGUMENTS + 1):
        base = None
        for pattern in patterns(count):
            arguments = ", ".join(argument(kind, at) for at, kind in enumerate(pattern))
            tree = parsed(dialect, f"{name}({arguments})")
            is_plain = set(pattern) <= {"c"}
            if tree is None or isinstance(tree, exp.Anonymous):
                if is_plain and tree is not None:
                    found[pattern] = UNKNOWN
                    break
                continue
            for cast in tree.find_all(exp.Cast) if "d" in pattern else []:
                if isinstance(cast.this, exp.Column) and marker(cast.this.name) == pattern.index("d"):
                    cast.meta["argument"] = pattern.index("d")
            rule = Annotator(metadata).of(tree)
            if is_plain:
                base = rule
            elif rule == (base or UNKNOWN):
                continue
            found[pattern] = rule
        for pattern in (["c" * count] if 0 < count < 3 else []):
            arguments = ", ".join(argument("c", at) for at in range(count))
            tree = parsed(dialect, f"{name}({arguments}) WITHIN GROUP (ORDER BY q{count})")
            within = tree.find(exp.WithinGroup) if tree is not None else None
            if tree is not None and (within is None or isinstance(within.this, exp.AggFunc)):
                found[f"w{count}"] = Annotator(metadata).of(tree)
    return found


def starred(rule, count):
    """The last arguments as `k*`: the k-th and all after it."""
    def replace(match):
        words = match.group(0).split(" ")
        at = len(words)
        while at > 0 and words[at - 1] == str(count - (len(words) - at) - 1):
            at -= 1
        return " ".join(words[:at] + [f"{words[at]}*"]) if at < len(words) else match.group(0)

    return re.sub(r"(?<=[ ])\d+( \d+)*(?=\))", replace, rule)


def compact(found):
    """`PATTERN=RULE` for all calls; patterns of columns only as their number, `*` for what holds for all others."""
    plain = {len(pattern): rule for pattern, rule in found.items() if set(pattern) <= {"c"}}
    others = [(pattern, rule) for pattern, rule in found.items() if not set(pattern) <= {"c"}]
    others = [(pattern, rule) for pattern, rule in others if pattern[0] != "w" or rule != UNKNOWN]
    parts = []
    if plain:
        by_rule = defaultdict(list)
        for count, rule in plain.items():
            by_rule[rule].append(count)
        stars = defaultdict(list)
        for count, rule in plain.items():
            stars[starred(rule, count)].append(count)
        best_plain = max(by_rule.items(), key=lambda item: len(item[1]))
        best_star = max(stars.items(), key=lambda item: len(item[1]))
        if len(best_star[1]) > len(best_plain[1]) or MOST_ARGUMENTS not in best_plain[1] and MOST_ARGUMENTS in best_star[1]:
            rest, counts = best_star
        else:
            rest, counts = best_plain
        if rest != UNKNOWN:
            parts.append(f"*={rest}")
        for count, rule in sorted(plain.items()):
            if count not in counts and not (rule == UNKNOWN and rest == UNKNOWN):
                parts.append(f"{count}={rule}")
    parts.extend(f"{pattern}={rule}" for pattern, rule in sorted(others))
    return "\t".join(parts) if any(not part.endswith("=?") for part in parts) else ""


def grouped(by_name):
    """Lines of names, dialects and rules; where nothing stands for a dialect, the call has no type there."""
    lines = []
    for name, by_dialect in sorted(by_name.items()):
        by_rules = defaultdict(list)
        for known, text in by_dialect.items():
            if text and not (text == "*=?" and not known.endswith("!")):
                by_rules[text].append(known)
        for text, dialects in by_rules.items():
            where = "*" if len(dialects) == len(DIALECTS) else ",".join(dialects)
            lines.append(f"{name}\t{where}\t{text}\n")
    return "".join(lines)


def functions():
    """Every function that any dialect's parser knows, operators, and syntax of its own."""
    parsers = [dialect_of(known).parser_class for known in DIALECTS]
    names = {name for parser in parsers for name in (*parser.FUNCTIONS, *parser.FUNCTION_PARSERS, *parser.NO_PAREN_FUNCTION_PARSERS)}
    no_brackets = {"CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME", "CURRENT_USER", "CURRENT_DATETIME", "LOCALTIME", "LOCALTIMESTAMP", "SYSDATE", "GETDATE"}
    names = sorted(name for name in names | no_brackets if re.fullmatch(r"[A-Z_][A-Z0-9_]*", name))
    by_name = defaultdict(dict)
    generic = dialect_of("generic")
    for known in DIALECTS:
        dialect = dialect_of(known)
        for metadata, mark in [(dialect, ""), (generic, "!")]:
            if mark and dialect.EXPRESSION_METADATA == generic.EXPRESSION_METADATA:
                continue
            for name, text in of_dialect(dialect, metadata, names, no_brackets):
                if mark and text != by_name[name][known]:
                    by_name[name][known + mark] = text or "*=?"
                elif not mark:
                    by_name[name][known] = text
    return grouped(by_name)


def of_dialect(dialect, metadata, names, no_brackets):
    """The names of functions, operators and syntax, with the rules of each."""
    for name in names:
        found = rules(dialect, metadata, name)
        bare = parsed(dialect, name) if name in no_brackets else None
        if bare is not None and not isinstance(bare, exp.Column):
            found.setdefault("", Annotator(metadata).of(bare))
        yield name, compact(found)
    written = [(f"op {operator}", f"q0 {operator} q1") for operator in OPERATORS]
    written.extend((f"syntax {name}", text) for name, text in SYNTAX.items())
    for name, text in written:
        variants = {"*": text}
        if name.startswith("op "):
            variants.update({pattern: text.replace("q1", argument(pattern[1], 1)) for pattern in ("cs", "cn")})
        found = {}
        for pattern, variant in variants.items():
            tree = parsed(dialect, variant)
            rule = UNKNOWN if tree is None or isinstance(tree, exp.Column) else Annotator(metadata).of(tree)
            found[pattern] = starred(rule, 2) if name == "syntax ARRAY" else rule
        shown = [f"{pattern}={rule}" for pattern, rule in found.items() if pattern == "*" or rule != found["*"]]
        yield name, "\t".join(shown) if any(rule != UNKNOWN for rule in found.values()) else ""


def merged(lines):
    """One line for all dialects of which the same is true."""
    by_text = defaultdict(list)
    for known, text in lines:
        by_text[text].append(known)
    for text, dialects in by_text.items():
        where = "*" if len(dialects) == len(DIALECTS) else ",".join(dialects)
        yield where, text


def settings(dialect):
    """What the annotator asks of a dialect."""
    words = {
        "null": dialect.SUPPORTS_NULL_TYPE,
        "non_literal": dialect.PRIORITIZE_NON_LITERAL_TYPES,
    }
    default = dialect.DEFAULT_NULL_TYPE
    found = [word for word, is_set in words.items() if is_set]
    return " ".join(found + ([f"default={default.value}"] if default != exp.DType.UNKNOWN else []))


def type_words():
    """Every word that a tokenizer takes for the name of a type."""
    words = set()
    for known in DIALECTS:
        dialect = dialect_of(known)
        types = dialect.parser_class.TYPE_TOKENS
        words |= {word for word, token in dialect.tokenizer_class.KEYWORDS.items() if token in types}
    words |= {kind.value for kind in exp.DType}
    words |= {f"{word} UNSIGNED" for word in UNSIGNED}
    return sorted(word for word in words if re.fullmatch(r"[A-Z][A-Z0-9_ ]*", word))


def read(dialect, text):
    """The type that a text is read as."""
    try:
        found = exp.DataType.build(text, dialect=dialect)
    except Exception:
        return None
    return None if found.this in (exp.DType.USERDEFINED, exp.DType.UNKNOWN) else spelled(found)


def written(dialect, kind):
    """How a type is written: bare, with one parameter, with two."""
    def sql(*parameters):
        data_type = exp.DataType(
            this=kind, nullable=False,
            expressions=[exp.DataTypeParam(this=exp.Literal.number(one)) for one in parameters]
        )
        try:
            text = data_type.sql(dialect)
        except Exception:
            return "-"
        return re.sub("910(.)", r"{\1}", text)

    return [sql(), sql("9100"), sql("9100", "9101")]


def nested(dialect):
    """How arrays, maps and structs are written."""
    def kind(name):
        made = exp.DataType.build(name, udt=True)
        made.set("nullable", False)
        return made

    def field(name, data_type):
        return exp.ColumnDef(this=exp.to_identifier(name), kind=kind(data_type))

    def sql(of, *inner):
        return exp.DataType(this=exp.DType[of], expressions=list(inner), nested=True, nullable=False).sql(dialect)

    yield "array", sql("ARRAY", kind("q0"))
    yield "list", sql("LIST", kind("q0"))
    yield "map", sql("MAP", kind("q0"), kind("q1"))
    yield "struct", sql("STRUCT", field("a", "q0"), field("b", "q1"))


def types():
    """The table of types."""
    out = [f"kinds\t{' '.join(kind.value for kind in exp.DType)}\n"]
    for name in SETS:
        out.append(f"set\t{name}\t{' '.join(sorted(kind.value for kind in getattr(exp.DataType, name + '_TYPES')))}\n")
    coerced, flags, reserved, nullable, lengths, reads, writes, nests = [], [], [], [], [], [], [], []
    words = type_words()
    for known in DIALECTS:
        dialect = dialect_of(known)
        table = dialect.COERCES_TO or TypeAnnotator.COERCES_TO
        for kind, into in table.items():
            if into:
                coerced.append((known, f"{kind.value}\t{' '.join(sorted(one.value for one in into))}"))
        flags.append((known, settings(dialect)))
        words_in_quotes = sorted(dialect.generator_class.RESERVED_KEYWORDS)
        reserved.append((known, " ".join(words_in_quotes)))
        marked = [kind.value for kind in exp.DType if kind.into_expr().sql(dialect).startswith("Nullable(")]
        nullable.append((known, " ".join(marked)))
        for word in words:
            found = read(dialect, word)
            if found:
                reads.append((known, f"{word}\t{found}"))
        lengths.extend((known, kind) for kind in ("TEXT",) if "(" not in (read(dialect, "VARCHAR(7)") or "("))
        for kind in exp.DType:
            writes.append((known, "\t".join([kind.value, *written(dialect, kind)])))
        nests.extend((known, f"{name}\t{text}") for name, text in nested(dialect))
    tables = {
        "coerces": coerced, "settings": flags, "reserved": reserved, "nullable": nullable, "bare": lengths, "read": reads,
        "write": writes, "nested": nests,
    }
    for title, lines in tables.items():
        found = sorted(merged(lines), key=lambda line: (line[1], line[0]))
        out.extend(f"{title}\t{where}\t{text}\n" for where, text in found if text)
    return "".join(out)


def main():
    """Asks sqlglot and writes the tables."""
    logging.disable(logging.CRITICAL)
    (TARGET / "types.txt").write_text(types(), encoding="utf-8")
    (TARGET / "functions.txt").write_text(functions(), encoding="utf-8")


if __name__ == "__main__":
    main()
