"""Random SQLMesh projects as plain data: external tables, seeds and models that read them and each other.

A model has two texts: the one of its file, with macros, and the one that DuckDB runs. Both come from the same data.
"""

import copy
import json
import re
from dataclasses import dataclass, field

from constructs import Constructs
from generate import TYPES, Scope
from sql import Cte, Item, Join, Query, Relation, Select

CONFIG = "gateways: {{local: {{connection: {{type: duckdb}}}}}}\nmodel_defaults: {{dialect: duckdb, start: 2024-01-01}}\n" \
    "variables: {{least: {least}}}\n"
MACROS = """from sqlmesh import macro


@macro()
def scaled(evaluator, value):
    return f"({{value}}) * {factor}"


@macro()
def wider(evaluator, value):
    text = value.sql()
    return text if len(text) > 99 else f"{{text}} + {factor}"


@macro()
def beside(evaluator, value):
    other = "kk"
    return f"{{value}} + {{other}}"


@macro()
def most(evaluator, value):
    table = "aside"
    return f"{{value}} + (SELECT coalesce(max(y.k), {factor}) FROM {{table}} AS y)"
"""
PYTHON_MODEL = """from sqlmesh import ExecutionContext, model


@model("{name}", kind="FULL", columns={columns})
def execute(context: ExecutionContext, start, end, execution_time, **kwargs):
    {tables}
    return context.fetchdf(f"{text}")
"""
LEAST_IN_JINJA = "{{ var('least') }}"
DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"]
EVENTS = [("id", "i"), ("ds", "s"), ("a", "i"), ("c", "i"), ("s", "s")]


@dataclass
class Model:
    """A model with a query; `star` is the table whose columns `@STAR` stands for."""

    name: str
    query: Query
    kind: str = "FULL"
    key: list[str] = field(default_factory=list)
    star: str | None = None
    owner: str = "me"
    batch_size: int | None = None
    checked: str = "*"
    ends_deleted: bool = True
    begins_with_update: bool = False
    start: str | None = None
    lookback: int = 0
    more: str = ""
    audit: str | None = None
    language: str = "sql"
    grain: str | None = None
    metric: str | None = None
    test: "UnitTest | None" = None

    def path(self):
        return f"models/{self.name}.{'py' if self.language == 'python' else 'sql'}"

    def managed(self):
        """Columns that SQLMesh adds."""
        return ["valid_from", "valid_to"] if self.kind.startswith("SCD") else []

    def file(self):
        if self.language == "python":
            return self.python_file()
        options = {
            "INCREMENTAL_BY_TIME_RANGE": "time_column ds" + (f", batch_size {self.batch_size}" if self.batch_size else "")
                                         + (f", lookback {self.lookback}" if self.lookback else ""),
            "INCREMENTAL_BY_UNIQUE_KEY": f"unique_key ({', '.join(self.key)})",
            "SCD_TYPE_2_BY_COLUMN": f"unique_key ({', '.join(self.key)}), columns {self.checked}"
                                    + (", invalidate_hard_deletes true" if self.ends_deleted else ""),
            "SCD_TYPE_2_BY_TIME": f"unique_key ({', '.join(self.key)})"
                                  + (", invalidate_hard_deletes true" if self.ends_deleted else "")
                                  + (", updated_at_as_valid_from true" if self.begins_with_update else ""),
        }.get(self.kind)
        properties = [f"kind {self.kind} ({options})" if options else f"kind {self.kind}"]
        properties += [f"start '{self.start}'"] if self.start else []
        properties += ["partitioned_by (ds)"] if self.kind == "INCREMENTAL_BY_PARTITION" else []
        properties += [f"audits (check_{self.name})"] if self.audit else []
        properties += [f"grain {self.grain}"] if self.grain else []
        header = f"MODEL (name {self.name}, owner {self.owner}, {', '.join(properties)}{self.more});"
        text = self.query.render()
        if self.language == "jinja":
            text = f"JINJA_QUERY_BEGIN;\n{text.replace('@least', LEAST_IN_JINJA)}\nJINJA_END;"
        return f"{header}\n\n{text}\n"

    def python_file(self):
        """Code that asks for the rows of its query, whose tables it names as SQLMesh wants it."""
        columns = json.dumps({name: TYPES.get(kind, kind) for name, kind in self.query.columns})
        text = self.query.render().replace("{", "{{").replace("}", "}}").replace('"', '\\"')
        tables = sorted(set(re.findall(r"\b([tuve]|[sm]\d+)\b(?!\.)", text)))
        asked = "; ".join(f"context.resolve_table('{table}')" for table in tables) or "pass"
        return PYTHON_MODEL.format(name=self.name, columns=columns, tables=asked, text=text)

    def audit_file(self):
        return f"AUDIT (name check_{self.name});\n\nSELECT * FROM @this_model WHERE {self.audit}\n"

    def metric_file(self):
        return f"METRIC (name many_{self.name}, expression {self.metric_text(self.name)});\n"

    def metric_text(self, table):
        return f"SUM({table}.{self.metric})"

    def runnable(self, known, project, start, end):
        """The text that the engine runs; `known` are the columns of every table."""
        text = self.query.render().replace("@start_ds", f"'{start}'").replace("@end_ds", f"'{end}'")
        text = expanded(text, project)
        if self.language == "python":
            # SQLMesh takes the columns that the code declares, and makes the table with their types.
            columns = [f"CAST({name} AS {TYPES.get(kind, kind)}) AS {name}" for name, kind in self.query.columns]
            return f"SELECT {', '.join(columns)} FROM ({text}) AS answer"
        if self.star is not None:
            columns = known.get(self.star, [])
            text = text.replace(f"@STAR({self.star})", ", ".join(f"{self.star}.{name}" for name in columns))
        return text


def expanded(text, project):
    """What becomes of the macros that the generator writes."""
    text = text.replace("@least", str(project.least))
    text = re.sub(r"@IF\((\d+) > (\d+), ([^,@]*), ([^,@]*)\)",
                  lambda found: found[3] if int(found[1]) > int(found[2]) else found[4], text)
    text = re.sub(r"@EACH\(\[([^\]]*)\], each -> (.*?) AS @\{each\}_up\)", each_column, text)
    # Without parentheses: SQLMesh puts the condition in as it is, and what stands around it binds as in the written text.
    text = re.sub(r"@(AND|OR)\(([^,()@]*), ([^,()@]*)\)", r"\2 \1 \3", text)
    text = re.sub(r"@scaled\(([^,()@]*)\)", rf"(\1) * {project.factor}", text)
    text = re.sub(r"@beside\(([^,()@]*)\)", r"\1 + kk", text)
    text = re.sub(r"@most\(([^,()@]*)\)", rf"\1 + (SELECT coalesce(max(y.k), {project.factor}) FROM aside AS y)", text)
    return re.sub(r"@wider\(([^,()@]*)\)", rf"\1 + {project.factor}", text)


def each_column(found):
    """The items that `@EACH([a, b], each -> t.@each + 1 AS @{each}_up)` stands for."""
    names = [name.strip() for name in found[1].split(",")]
    return ", ".join(f"{found[2].replace('@each', name)} AS {name}_up" for name in names)


@dataclass
class UnitTest:
    """A unit test of a model: rows of tables as the columns that they name, and columns expected of CTEs and of the query."""

    inputs: dict[str, list[str]]
    ctes: dict[str, list[str]]
    columns: list[str]

    def file(self, model):
        def rows(columns):
            return {"rows": [{column: 1 for column in columns}]}
        outputs = {"query": rows(self.columns)}
        if self.ctes:
            outputs["ctes"] = {name: rows(columns) for name, columns in self.ctes.items()}
        inputs = {name: rows(columns) for name, columns in self.inputs.items()}
        return json.dumps({f"test_{model}": {"model": model, "inputs": inputs, "outputs": outputs}}, indent=1) + "\n"


@dataclass
class Seed:
    """A CSV file with declared types."""

    name: str
    columns: list[tuple[str, str]]
    rows: list[list[str]]
    quoted: bool = False

    def file(self):
        columns = ", ".join(f"{name} {TYPES[kind]}" for name, kind in self.columns)
        return f"MODEL (name {self.name}, kind SEED (path '../seeds/{self.name}.csv'), columns ({columns}));\n"

    def csv(self):
        lines = [[name for name, _ in self.columns], *self.rows]
        mark = '"' if self.quoted else ""
        return "".join(",".join(f"{mark}{cell}{mark}" if cell else "" for cell in line) + "\n" for line in lines)

    def values(self):
        """The rows as the engine's literals: an empty cell is NULL."""
        def literal(cell, kind):
            return "NULL" if cell == "" else cell if kind == "i" else f"'{cell}'"
        kinds = [kind for _, kind in self.columns]
        return [[literal(cell, kind) for cell, kind in zip(row, kinds)] for row in self.rows]


@dataclass
class Project:
    """One state of a project. `external` are the columns of the tables outside, as (name, type's letter or name)."""

    external: dict[str, list[tuple[str, str]]]
    seeds: dict[str, Seed]
    models: dict[str, Model]
    least: int = 1
    factor: int = 2

    def copy(self):
        return copy.deepcopy(self)

    def files(self):
        found = {"config.yaml": CONFIG.format(least=self.least)}
        tables = [{"name": name, "columns": {column: TYPES.get(kind, kind) for column, kind in columns}}
                  for name, columns in self.external.items()]
        found["external_models.yaml"] = json.dumps(tables)
        for seed in self.seeds.values():
            found[f"models/{seed.name}.sql"] = seed.file()
            found[f"seeds/{seed.name}.csv"] = seed.csv()
        found["macros/__init__.py"], found["macros/shop.py"] = "", MACROS.format(factor=self.factor)
        for model in self.models.values():
            found[model.path()] = model.file()
            if model.audit:
                found[f"audits/check_{model.name}.sql"] = model.audit_file()
            if model.metric:
                found[f"metrics/many_{model.name}.sql"] = model.metric_file()
            if model.test:
                found[f"tests/test_{model.name}.yaml"] = model.test.file(model.name)
        return found


class ProjectGenerator(Constructs):
    """Builds models over tables outside, seeds, and the models before."""

    def __init__(self, rng):
        super().__init__(rng)
        self.outside = {**self.tables, "e": EVENTS}
        self.seeds = {name: self.seed(name) for name in ["s0", "s1"]}
        self.given = {**self.outside, **{name: seed.columns for name, seed in self.seeds.items()}}
        self.models = {}

    def project(self):
        return Project(dict(self.outside), dict(self.seeds), dict(self.models))

    def seed(self, name):
        rng = self.rng
        names = rng.sample(["a", "b", "c", "k"], rng.randint(2, 3))
        columns = [(name, rng.choice("iis") if at else "i") for at, name in enumerate(names)]
        rows = [[self.cell(kind) for _, kind in columns] for _ in range(rng.randint(1, 5))]
        return Seed(name, columns, rows)

    def cell(self, kind):
        if self.rng.random() < 0.15:
            return ""
        return str(self.rng.randint(0, 3)) if kind == "i" else self.rng.choice(["x", "y", "a"])

    def add(self, model):
        """From here on the model can be read."""
        self.models[model.name] = model
        self.given[model.name] = [column for column in model.query.columns]

    def add_readers(self, model):
        """Sometimes a unit test and a metric of the model, whose columns are known now."""
        rng = self.rng
        names = [name for name, _ in model.query.columns]
        numbers = [name for name, kind in model.query.columns if kind == "i"]
        if numbers and rng.random() < 0.25:
            model.metric = rng.choice(numbers)
        if model.language == "python" or rng.random() < 0.6:
            return
        def some(columns):
            return rng.sample(columns, rng.randint(1, len(columns)))
        read = [table for table in self.given if re.search(rf"\b{table}\b", model.file())]
        inputs = {table: some([name for name, _ in self.given[table]]) for table in read if rng.random() < 0.97}
        ctes = {cte.name: some([name for name, _ in cte.query.columns]) for cte in model.query.ctes if not cte.columns}
        model.test = UnitTest(inputs, ctes, some(names))

    def model(self, name):
        """A model over a few tables, mostly models where there are some."""
        rng = self.rng
        readable = {table for table, columns in self.given.items() if any(kind == "i" for _, kind in columns)}
        above = sorted(readable & set(self.models))
        chosen = rng.sample(above, min(len(above), rng.choice([1, 1, 2])))
        chosen += rng.sample(sorted(readable - set(above)), 1 if chosen and rng.random() < 0.6 else 2)
        self.tables = {table: self.given[table] for table in chosen}
        roll = rng.random()
        if roll < 0.06:
            return self.by_grain(name, rng.choice(chosen))
        if roll < 0.12:
            return self.by_time(name)
        if roll < 0.24:
            return self.by_key(name, rng.choice(["INCREMENTAL_BY_UNIQUE_KEY", "SCD_TYPE_2_BY_COLUMN", "SCD_TYPE_2_BY_TIME"]))
        if roll < 0.30:
            return self.by_partition(name)
        if roll < 0.50 and above:
            return self.audited(self.plain_reader(name, rng.choice(above)))
        query = self.query(rng.choice([1, 1, 2, 2, 3]), root=True)
        while "POSITIONAL" in query.render():
            # A model's rows have no places.
            query = self.query(rng.choice([1, 1, 2, 2, 3]), root=True)
        kind, language = rng.choice([("FULL", "sql")] * 3 + [("VIEW", "sql")] * 3 + [("FULL", "python"), ("FULL", "jinja")])
        return self.audited(Model(name, query, kind, language=language))

    def audited(self, model):
        """Sometimes with an audit over one of its columns."""
        columns = [column for column, kind in model.query.columns if kind == "i"]
        if columns and model.language != "python" and self.rng.random() < 0.3:
            model.audit = f"{self.rng.choice(columns)} < {self.rng.randint(0, 2)}"
        return model

    def plain_reader(self, name, parent):
        """A model that mostly passes on: what reaches its parent's columns is told apart in it."""
        rng = self.rng
        columns = self.given[parent]
        alias = self.alias()
        if rng.random() < 0.3:
            items = [Item(f"@STAR({parent})", None, "star"), Item(str(rng.randint(0, 3)), "extra")]
            body = Select(items, [Join("", Relation(parent, parent))])
            return Model(name, Query(body, [*columns, ("extra", "i")]), "FULL", star=parent)
        scope, joined = Scope(), self.by_its_key(alias, columns)
        scope.add(alias, columns)
        chosen = rng.sample(columns, rng.randint(1, len(columns)))
        items = [Item(f"{alias}.{column}", column, kind) for column, kind in chosen]
        items += [Item(self.with_macro(scope), "more", "i")]
        numbers = [column for column, kind in columns if kind == "i"]
        given = [*chosen, ("more", "i")]
        if numbers and rng.random() < 0.35:
            looped = rng.sample(numbers, rng.randint(1, min(2, len(numbers))))
            text = f"@EACH([{', '.join(looped)}], each -> {alias}.@each + {rng.randint(0, 2)} AS @{{each}}_up)"
            items.append(Item(text, None, "loop"))
            given += [(f"{column}_up", "i") for column in looped]
        if numbers and rng.random() < 0.3:
            # The code names what it isn't handed: another item.
            items += [Item(self.expression(scope, "i", 1), "kk"), Item(f"@beside({alias}.{rng.choice(numbers)})", "besides", "i")]
            given += [("kk", "i"), ("besides", "i")]
        ctes = []
        if numbers and rng.random() < 0.25:
            ctes = [Cte("aside", self.one_column())]
            items.append(Item(f"@most({alias}.{rng.choice(numbers)})", "topped", "i"))
            given.append(("topped", "i"))
        where = [self.expression(scope, "b", 1)] if rng.random() < 0.3 else []
        if numbers and rng.random() < 0.3:
            both = [f"{alias}.{rng.choice(numbers)} {rng.choice(['>', '<>'])} {rng.randint(0, 2)}" for _ in range(2)]
            where.append(f"@{rng.choice(['AND', 'OR'])}({', '.join(both)})")
        where += [f"{alias}.{column} > @least" for column, kind in columns if kind == "i" and rng.random() < 0.1]
        body = Select(items, [Join("", Relation(alias, parent)), *joined], where=where)
        return Model(name, Query(body, given, ctes), rng.choice(["FULL", "VIEW"]))

    def one_column(self):
        """The column k over some table."""
        rng, alias, scope = self.rng, self.alias(), Scope()
        table = rng.choice(sorted(self.tables))
        scope.add(alias, self.tables[table])
        where = [self.expression(scope, "b", 1)] if rng.random() < 0.4 else []
        return Query(Select([Item(self.expression(scope, "i", 1), "k")], [Join("", Relation(alias, table))], where=where), [("k", "i")])

    def by_its_key(self, alias, columns):
        """Sometimes a join that nothing reads, mostly by what is declared as its key."""
        keyed = [model for model in self.models.values() if model.key or model.grain]
        numbers = [column for column, kind in columns if kind == "i"]
        if not keyed or not numbers or self.rng.random() < 0.6:
            return []
        model, other = self.rng.choice(keyed), self.alias()
        on = f"{alias}.{self.rng.choice(numbers)} = {other}.{model.grain or model.key[0]}"
        return [Join(self.rng.choice(["LEFT JOIN", "LEFT JOIN", "JOIN"]), Relation(other, model.name), on=on)]

    def with_macro(self, scope):
        rng = self.rng
        value, column = self.expression(scope, "i", 1), self.column(scope, "i")
        if "," in value or rng.random() < 0.3:
            return value
        return rng.choice([f"@IF(@least > {rng.randint(0, 2)}, {value}, {column})", f"@scaled({column})", f"@wider({column})"])

    def over_events(self):
        """FROM the events, sometimes with something joined."""
        rng = self.rng
        scope = Scope()
        scope.add("e", EVENTS)
        joins = [Join("", Relation("e", "e"))]
        table = rng.choice(sorted(self.tables))
        if table != "e" and rng.random() < 0.6:
            alias = self.alias()
            number = rng.choice([column for column, kind in self.given[table] if kind == "i"])
            joins.append(Join(rng.choice(["JOIN", "LEFT JOIN"]), Relation(alias, table), on=f"e.id = {alias}.{number}"))
            scope.add(alias, self.given[table])
        return joins, scope

    def by_grain(self, name, parent):
        """One row for each value of a column, which is declared as the grain."""
        rng, alias = self.rng, self.alias()
        scope = Scope()
        scope.add(alias, self.given[parent])
        key = f"{alias}.{rng.choice([column for column, kind in self.given[parent] if kind == 'i'])}"
        items = [Item(key, "id"), *(Item(self.aggregate(scope), f"n{at}") for at in range(2))]
        body = Select(items, [Join("", Relation(alias, parent))], where=[f"{key} IS NOT NULL"], group=[key])
        return self.audited(Model(name, Query(body, [("id", "i")]), rng.choice(["FULL", "VIEW"]), grain="id"))

    def by_time(self, name):
        rng = self.rng
        joins, scope = self.over_events()
        where = ["e.ds BETWEEN @start_ds AND @end_ds"]
        where += [self.expression(scope, "b", 1)] if rng.random() < 0.4 else []
        where += ["e.a >= @least"] if rng.random() < 0.3 else []
        if rng.random() < 0.5:
            items = [Item("e.ds", "ds", "s"), *(Item(self.aggregate(scope), f"n{at}", "i") for at in range(2))]
            group = ["e.ds"]
        else:
            items = [Item(self.with_macro(scope), f"n{at}", "i") for at in range(2)] + [Item("e.ds", "ds", "s")]
            group = None
        body = Select(items, joins, where=where, group=group)
        columns = [(item.alias, item.kind) for item in items if not item.text.startswith("list(")]
        return Model(name, Query(body, columns), "INCREMENTAL_BY_TIME_RANGE", batch_size=rng.choice([None, 1]))

    def by_partition(self, name):
        model = self.by_time(name)
        body = model.query.body
        body.where = [condition for condition in body.where if "@start_ds" not in condition]
        model.kind, model.batch_size = "INCREMENTAL_BY_PARTITION", None
        return model

    def by_key(self, name, kind):
        rng = self.rng
        joins, scope = self.over_events()
        where = [self.expression(scope, "b", 1)] if rng.random() < 0.4 else []
        items = [Item("e.id", "id", "i"), *(Item(self.aggregate(scope), f"n{at}", "i") for at in range(2))]
        if kind == "SCD_TYPE_2_BY_TIME":
            items.append(Item("CAST(max(e.ds) AS TIMESTAMP)", "updated_at", "TIMESTAMP"))
        body = Select(items, joins, where=where, group=["e.id"])
        columns = [(item.alias, item.kind) for item in items if not item.text.startswith("list(")]
        return Model(name, Query(body, columns), kind, key=["id"], ends_deleted=rng.random() < 0.5,
                     begins_with_update=rng.random() < 0.5)
