"""Queries as people write them: each shape takes parents and gives back columns with types, and SQL.

In: the generator's `rng` and the models to read from. Out: `Shape`.
Must never give a query that SQLMesh can't resolve: each column is taken from what a parent has.
"""

from dataclasses import dataclass

from vocabulary import LABEL_VALUES, sample

TIME_FILTER = "{ds} BETWEEN @start_ds AND @end_ds"


@dataclass
class Shape:
    """A query, its columns, and what stands before it."""

    columns: dict[str, str]
    query: str
    definitions: str = ""


class Projections:
    """The projections of a SELECT; a name that is taken already gets a number."""

    def __init__(self):
        """Begins with none."""
        self.columns, self.lines = {}, []

    def add(self, expression, name, type):
        """Adds `expression AS name`, shorter where the name says it already."""
        while name in self.columns:
            stem, _, number = name.rpartition("_")
            name = f"{stem}_{int(number) + 1}" if number.isdigit() and stem else f"{name}_2"
        self.columns[name] = type
        short = expression == name or expression.endswith("." + name)
        self.lines.append(expression if short else f"{expression} AS {name}")

    def add_star(self, qualifier, columns):
        """Adds `*` or `qualifier.*`, which stands for these columns."""
        self.columns |= columns
        self.lines.append(f"{qualifier}.*" if qualifier else "*")

    def select(self, rest):
        """The whole SELECT with what follows the projections."""
        return "SELECT\n  " + ",\n  ".join(self.lines) + f"\n{rest}"


def indent(text):
    """The text, two blanks further right."""
    return "\n".join("  " + line for line in text.split("\n"))


def staging(rng, parents, incremental):
    """Types and tidies one raw table in two steps."""
    (raw,) = parents
    source = every_column(rng, raw.columns, star_share=0.15)
    tidy = Projections()
    for name, type in raw.columns.items():
        tidy.add(cleaned(rng, name, type), name, type)
    where = "\nWHERE " + TIME_FILTER.format(ds="ds") if incremental else ""
    steps = f"source AS (\n{indent(source.select('FROM ' + raw.name))}\n), "
    steps += f"tidy AS (\n{indent(tidy.select('FROM source' + where))}\n)\n"
    last = every_column(rng, tidy.columns, star_share=0.1)
    return Shape(last.columns, "WITH " + steps + last.select("FROM tidy"))


def every_column(rng, columns, star_share):
    """All columns of the only source, by name or, in this share of cases, by a star."""
    projections = Projections()
    if rng.random() < star_share:
        projections.add_star("", columns)
    else:
        for name, type in columns.items():
            projections.add(name, name, type)
    return projections


def cleaned(rng, name, type):
    """How a staging model reads a raw column."""
    if type == "TEXT":
        return rng.choice(["LOWER({0})", "TRIM({0})", "COALESCE({0}, 'unknown')", "{0}"]).format(name)
    if type == "DOUBLE":
        return rng.choice(["{0}::DOUBLE", "COALESCE({0}, 0)", "ROUND({0}, 2)", "{0} / 100.0"]).format(name)
    return rng.choice(["{0}", f"CAST({{0}} AS {type})", f"{{0}}::{type}"]).format(name)


def enrich(rng, parents, incremental):
    """Joins one model with columns of others."""
    fact, *others = parents
    shape = Projections()
    if rng.random() < 0.25:
        shape.add_star("f", fact.columns)
    else:
        for name in ["id", "ds"] + sample(rng, fact.of_type("BIGINT", "TEXT", "DOUBLE"), 5, 14):
            shape.add(f"f.{name}", name, fact.columns[name])
    joins = ""
    for number, other in enumerate(others, 1):
        alias = f"d{number}"
        join = rng.choice(["LEFT JOIN", "LEFT JOIN", "INNER JOIN"])
        joins += f"\n{join} {other.name} AS {alias}\n  ON {on(rng, fact, alias)}"
        stem = other.name.split(".")[1].split("_")[1]
        for name in sample(rng, other.of_type("TEXT", "DOUBLE"), 1, 4):
            shape.add(joined(rng, f"{alias}.{name}", other.columns[name]), f"{stem}_{name}", other.columns[name])
    add_arithmetic(rng, shape, fact, "f.")
    where = "\nWHERE\n  " + TIME_FILTER.format(ds="f.ds") if incremental else ""
    return Shape(shape.columns, shape.select(f"FROM {fact.name} AS f{joins}{where}"))


def on(rng, fact, alias):
    """A join condition: a key of the fact, at times the day too."""
    key = rng.choice(fact.of_type("BIGINT") or ["id"])
    return f"f.{key} = {alias}.id" + (f" AND f.ds = {alias}.ds" if rng.random() < 0.3 else "")


def joined(rng, column, type):
    """How a column from the other side of a join is read."""
    if rng.random() < 0.4:
        return f"COALESCE({column}, {0 if type == 'DOUBLE' else repr('none')})"
    return column


def add_arithmetic(rng, shape, model, prefix):
    """Adds a measure or a label that is computed from others."""
    measures = model.of_type("DOUBLE")
    if len(measures) > 1:
        a, b = rng.sample(measures, 2)
        shape.add(f"{prefix}{a} - {prefix}{b}", f"net_{a}"[:40], "DOUBLE")
    if measures:
        a = rng.choice(measures)
        branches = f"WHEN {prefix}{a} > {rng.randint(1, 500)} THEN 'large' WHEN {prefix}{a} IS NULL THEN 'none'"
        shape.add(f"CASE {branches} ELSE 'small' END", f"{a}_size"[:40], "TEXT")


def aggregate(rng, parents, incremental):
    """Groups one model, sometimes joined with a second, by day and labels."""
    fact, *others = parents
    groups = ["ds", *sample(rng, fact.of_type("TEXT"), 1, 3)]
    base = Projections()
    for name in dict.fromkeys(["id", *groups, *fact.of_type("BIGINT", "DOUBLE")]):
        base.add(f"f.{name}", name, fact.columns[name])
    join = f"\nINNER JOIN {others[0].name} AS d1\n  ON {on(rng, fact, 'd1')}" if others else ""
    condition = TIME_FILTER.format(ds="f.ds") if incremental else f"f.id > {rng.randint(0, 9)}"
    cte = base.select(f"FROM {fact.name} AS f{join}\nWHERE\n  {condition}")
    shape = Projections()
    shape.add("MIN(id)", "id", "BIGINT")
    for name in groups:
        shape.add(name, name, fact.columns[name])
    add_aggregates(rng, shape, fact)
    having = "\nHAVING\n  COUNT(*) > 1" if rng.random() < 0.25 else ""
    rest = "FROM base\nGROUP BY\n  " + ",\n  ".join(groups) + having
    return Shape(shape.columns, f"WITH base AS (\n{indent(cte)}\n)\n" + shape.select(rest))


def add_aggregates(rng, shape, model):
    """Adds counts, sums and distinct counts."""
    shape.add("COUNT(*)", "row_count", "BIGINT")
    for name in sample(rng, model.of_type("DOUBLE"), 2, 5):
        function = rng.choice(["SUM", "SUM", "AVG", "MAX", "MIN"])
        shape.add(f"{function}({name})", name, "DOUBLE")
    for name in sample(rng, model.of_type("BIGINT"), 1, 2):
        shape.add(f"COUNT(DISTINCT {name})", f"{name.removesuffix('_id')}_count"[:40], "BIGINT")


def windowed(rng, parents, incremental):
    """Keeps the latest row of each key and compares it with the one before."""
    (fact,) = parents[:1]
    key = rng.choice(fact.of_type("BIGINT") or ["id"])
    ranked = every_column(rng, fact.columns, star_share=0.5)
    ranked.add(f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY ds DESC, id)", "position", "BIGINT")
    where = "\nWHERE\n  " + TIME_FILTER.format(ds="ds") if incremental else ""
    shape = Projections()
    for name in ["id", "ds"] + fact.of_type("BIGINT", "TEXT", "DOUBLE"):
        shape.add(name, name, fact.columns[name])
    for name in sample(rng, fact.of_type("DOUBLE"), 1, 2):
        shape.add(f"LAG({name}) OVER (PARTITION BY {key} ORDER BY ds)", f"previous_{name}"[:40], "DOUBLE")
    cte = indent(ranked.select(f"FROM {fact.name}{where}"))
    return Shape(shape.columns, f"WITH ranked AS (\n{cte}\n)\n" + shape.select("FROM ranked\nWHERE\n  position <= 2"))


def union(rng, parents, incremental):
    """Puts several models below each other under common names."""
    branches, columns = [], {}
    for model in parents:
        branch = Projections()
        branch.add("id", "id", "BIGINT")
        branch.add("ds", "ds", "DATE")
        branch.add(f"'{model.name.split('.')[1]}'", "origin", "TEXT")
        branch.add(rng.choice(model.of_type("BIGINT") or ["id"]), "key_id", "BIGINT")
        branch.add(rng.choice(model.of_type("DOUBLE") or ["NULL::DOUBLE"]), "amount", "DOUBLE")
        branch.add(rng.choice(model.of_type("TEXT") or ["NULL::TEXT"]), "label", "TEXT")
        where = "\nWHERE\n  " + TIME_FILTER.format(ds="ds") if incremental else ""
        branches.append(branch.select(f"FROM {model.name}{where}"))
        columns = branch.columns
    return Shape(columns, "\nUNION ALL\n".join(branches))


def report(rng, parents, incremental):
    """A table with a column for each value of a label, written with macros."""
    (fact,) = parents[:1]
    label = rng.choice(fact.of_type("TEXT") or ["'none'"])
    measure = rng.choice(fact.of_type("DOUBLE") or ["1.0"])
    values = sample(rng, LABEL_VALUES, 2, 4)
    shape = Projections()
    shape.add("MIN(id)", "id", "BIGINT")
    shape.add("ds", "ds", "DATE")
    shape.add(f"@IF(@threshold > 50, SUM({measure}), MAX({measure}))", "total", "DOUBLE")
    each = ", ".join(f"'{value}'" for value in values)
    shape.lines.append(f"@EACH([{each}], x -> SUM(CASE WHEN {label} = x THEN {measure} ELSE 0 END) AS total_@x)")
    shape.columns |= {f"total_{value}": "DOUBLE" for value in values}
    condition = TIME_FILTER.format(ds="ds") if incremental else f"{measure} > @threshold"
    query = shape.select(f"FROM {fact.name}\nWHERE\n  {condition}\nGROUP BY\n  ds")
    return Shape(shape.columns, query, f"@DEF(threshold, {rng.randint(1, 100)});\n\n")
