#!/usr/bin/env python3
"""Writes recorded/identifiers.json: how sqlglot normalizes identifiers in each dialect.

  VENV/bin/python tests/oracle/identifiers.py [--check]

Run it with the sqlglot of the modelled SQLMesh. Of each dialect, under its own strategy and under each that may be set, the
file says what becomes of a name as a column, as a table alone, and as a table behind a schema; bare and quoted.
`--check` compares with the file instead of writing it.
"""

import json
import sys
from pathlib import Path

from sqlglot import exp, parse_one
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from functions import DIALECTS

TARGET = Path(__file__).resolve().parent / "recorded" / "identifiers.json"
NAMES = ["Foo", "BAR_1", "ÄßÖ", "İx"]


def normalized(dialect, name, quoted):
    """The name as a column, as a table, as a qualified table."""
    def identifier():
        return exp.to_identifier(name, quoted=quoted)

    column = exp.column(identifier())
    table = exp.Table(this=identifier())
    qualified = exp.Table(this=identifier(), db=exp.to_identifier("s"))
    return " ".join(normalize_identifiers(node, dialect=dialect).name for node in (column, table, qualified))


def quotes(dialect):
    """What `x`, "x" and [x] are in a query: an identifier, a string, or something else."""
    kinds = {exp.Column: "identifier", exp.Literal: "string"}
    found = {}
    for text in ("`x`", '"x"', "[x]"):
        try:
            projection = parse_one(f"SELECT {text}", dialect=dialect).expressions[0]
            found[text] = kinds.get(type(projection), "other")
        except Exception:
            found[text] = "refused"
    return found


def recorded():
    answer = {}
    for name in DIALECTS:
        base = "" if name == "generic" else name
        settings = {"": base}
        for strategy in NormalizationStrategy:
            settings[strategy.value.lower()] = f"{base}, normalization_strategy={strategy.value}"
        answer[name] = {"quotes": quotes(base), "names": {}}
        for setting, dialect in settings.items():
            dialect = Dialect.get_or_raise(dialect)
            answer[name]["names"][setting] = {
                f"{name} {'quoted' if quoted else 'bare'}": normalized(dialect, name, quoted)
                for name in NAMES for quoted in (False, True)
            }
    return answer


def main():
    text = json.dumps(recorded(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if sys.argv[1:] != ["--check"]:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        sys.exit(f"sqlglot answers otherwise than {TARGET.name} says")


main()
