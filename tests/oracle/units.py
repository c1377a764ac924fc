#!/usr/bin/env python3
"""Writes src/plan/units.txt: which arguments of calls sqlglot reads as units of time, and which units it takes for one.

  VENV/bin/python tests/oracle/units.py

Run it with the sqlglot of the modelled SQLMesh. Each name is parsed in each dialect with up to four arguments, one of
them a unit that doesn't exist. Where that ends as the unit of a node, all units that sqlglot knows are tried there.

A line that begins with a number is a vocabulary: units and what each is read as, where that is another one. Those in
upper case are read so only if they are written so, those in lower case in any case. The other lines are calls: the name, numbers of arguments, the place, forms, vocabulary, dialects (`*`: all). Forms are `w` for words, `t` for texts,
`wt` where both give the same node, `k` for texts that keep their case where the vocabulary lacks them. `INTERVAL` is no call,
but the unit of an interval.
"""

import logging
from collections import defaultdict
from pathlib import Path

from functions import DIALECTS, dialect_of
from sqlglot import exp

TARGET = Path(__file__).resolve().parent.parent.parent / "src" / "plan" / "units.txt"
NO_UNIT = "zzQ"


def parsed(dialect, call):
    """A call's tree; nothing where it can't be read."""
    try:
        return dialect.parse(f"SELECT {call}")[0].expressions[0]
    except Exception:
        return None


def unit_of(tree, key="unit"):
    """The node that a call's unit became: a word or a text. A word has no case in comparisons."""
    if tree is None:
        return None
    node = tree.this if isinstance(tree, exp.Extract) else tree.args.get(key)
    if type(node) is exp.Var:
        return "w", node.name.upper()
    return ("t", node.name) if isinstance(node, exp.Literal) and node.is_string else None


def ask(name, count, place, form):
    """What a call makes of a unit, as a function of the dialect and the unit."""

    def answer(dialect, unit):
        unit = f"'{unit}'" if form == "t" else unit
        if name == "INTERVAL":
            return unit_of(parsed(dialect, f"INTERVAL '1' {unit}"))
        arguments = ", ".join(unit if at == place else f"q{at}" for at in range(count))
        # T-SQL's DATENAME becomes a call with a format.
        return unit_of(parsed(dialect, f"{name}({arguments})"), "format" if name == "DATENAME" else "unit")

    return answer


def others(answer, form, units):
    """The units that are read as others: in lower case where case doesn't count, else as written."""
    for unit in units:
        read = {written: answer(written) for written in (unit, unit.lower(), unit.capitalize())}
        found = {written: to[1] for written, to in read.items() if to and to[0] == form and to[1].upper() != unit}
        if len(found) == len(read) and len(set(found.values())) == 1:
            yield unit.lower(), found[unit]
        elif unit in found:
            yield unit, found[unit]


def readings(name, count, place, units):
    """By dialect: forms, and the units that are read as others."""
    for known in DIALECTS:
        dialect, found = dialect_of(known), {}
        for form in "wt":
            answer = ask(name, count, place, form)
            got = answer(dialect, NO_UNIT)
            if got is None or got[1].upper() != NO_UNIT.upper():
                continue
            kept = "k" if got[1] == NO_UNIT else got[0]
            found[form] = (kept, tuple(others(lambda unit: answer(dialect, unit), got[0], units)))
        if len(found) == 2 and found["w"] == found["t"]:
            yield known, "wt", found["w"][1]
        else:
            for form, (kept, vocabulary) in found.items():
                if kept != "k" or vocabulary:
                    yield known, "k" if kept == "k" else form, vocabulary


def main():
    """Asks sqlglot and writes the table."""
    logging.disable(logging.CRITICAL)
    parsers = [dialect_of(known).parser_class for known in DIALECTS]
    names = sorted({name for parser in parsers for name in (*parser.FUNCTIONS, *parser.FUNCTION_PARSERS)})
    mappings = [dialect_of(known).DATE_PART_MAPPING for known in DIALECTS]
    mappings.append(exp.TimeUnit.UNABBREVIATED_UNIT_NAME)
    units = sorted({unit for mapping in mappings for pair in mapping.items() for unit in pair if " " not in unit})
    calls = [(name, count, place) for name in names for count in range(1, 5) for place in range(count)]
    found = defaultdict(lambda: defaultdict(list))
    for name, count, place in [*calls, ("INTERVAL", 1, 0)]:
        for known, forms, vocabulary in readings(name, count, place, units):
            found[name, place, forms, vocabulary][count].append(known)
    vocabularies = {vocabulary: str(at) for at, vocabulary in enumerate(dict.fromkeys(key[3] for key in found))}
    lines = []
    for vocabulary, number in vocabularies.items():
        lines.append(" ".join([number, *(f"{unit}:{to}" for unit, to in vocabulary)]))
    for (name, place, forms, vocabulary), by_count in sorted(found.items()):
        by_dialects = defaultdict(str)
        for count, dialects in by_count.items():
            by_dialects["*" if len(dialects) == len(DIALECTS) else ",".join(dialects)] += str(count)
        for dialects, counts in by_dialects.items():
            lines.append(f"{name} {counts} {place} {forms} {vocabularies[vocabulary]} {dialects}")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
