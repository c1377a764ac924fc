"""More constructs of DuckDB's SQL for the check of lineage, on top of what `generate.py` builds."""

from generate import Generator
from sql import Item, Join, Query, Relation, Select, Values


class Constructs(Generator):
    """Queries with constructs whose lineage has a rule of its own, and fewer that decide rows."""

    def query(self, depth, scope=None, ctes=None, only=None, root=False):
        query = super().query(depth, scope, ctes, only, root)
        if root and self.rng.random() < 0.35:
            return self.rng.choice([self.over, self.unpivoted, self.many_columns, self.starred])(query)
        return query

    def over(self, query):
        """A SELECT over the query that only passes on or computes: every column keeps its own dependences."""
        alias = self.alias()
        items, columns = [], []
        for at, (name, kind) in enumerate(query.columns):
            text = self.passed(alias, name, kind)
            items.append(Item(text, f"o{at}", "i"))
            columns.append((f"o{at}", "i"))
        return Query(Select(items, [Join("", Relation(alias, query=query))]), columns)

    def passed(self, alias, name, kind):
        column = f"{alias}.{name}"
        window = f"PARTITION BY {alias}.{self.rng.choice([name])}"
        return self.rng.choice([
            column,
            f"{column} IS NULL",
            f"count({column}) OVER ({window})",
            f"count(*) OVER ({window})",
            f"row_number() OVER ({window} ORDER BY {column})",
            f"coalesce({column}, {column})",
            f"(SELECT count(*) FROM {self.rng.choice(list(self.tables))} AS z WHERE {column} IS NOT NULL)",
            f"EXISTS (FROM {self.rng.choice(list(self.tables))} AS z WHERE {column} IS NULL)",
            f"{{'a': {column}, 'b': {alias}.{name}}}.a",
        ])

    def unpivoted(self, query):
        """UNPIVOT of the columns of one type."""
        names = [name for name, kind in query.columns if kind == "i"]
        if len(names) < 2 or len(set(names)) < len(names):
            return self.over(query)
        rest = [column for column in query.columns if column[0] not in names]
        suffix = f" UNPIVOT (val FOR what IN ({', '.join(names)}))"
        alias = self.alias()
        body = Select([Item("*", None, "star")], [Join("", Relation(alias, query=query, suffix=suffix))])
        return Query(body, rest + [("what", "s"), ("val", "i")])

    def many_columns(self, query):
        """Expressions over COLUMNS, which become one column for each that fits."""
        alias = self.alias()
        text = self.rng.choice([
            "count(COLUMNS(*))", "max(COLUMNS(*))", "COLUMNS(* EXCLUDE (nothing_such)) IS NULL", "COLUMNS('.*')",
            "COLUMNS(c -> c <> 'a')", "coalesce(COLUMNS(*), NULL)",
        ]).replace("* EXCLUDE (nothing_such)", "*")
        body = Select([Item(text, None, "star")], [Join("", Relation(alias, query=query))])
        return Query(body, query.columns)

    def starred(self, query):
        """A star with options over the query."""
        names = [name for name, _ in query.columns]
        if len(set(names)) < len(names):
            return self.over(query)
        alias, name = self.alias(), self.rng.choice(names)
        text = self.rng.choice([
            f"* RENAME ({name} AS other)", f"* REPLACE (({name} IS NULL) AS {name})", f"{alias}.*, {alias}.{name} AS again",
            f"{alias}.* EXCLUDE ({name}), 1 AS one", f"*, {alias} AS whole", f"* LIKE '%{name}%'",
        ])
        body = Select([Item(text, None, "star")], [Join("", Relation(alias, query=query))])
        return Query(body, query.columns)

    def relation(self, depth, scope, ctes):
        if self.rng.random() < 0.06:
            return self.struct_rows(scope)
        return super().relation(depth, scope, ctes)

    def struct_rows(self, scope):
        """A relation named like a column, whose column is named like one of its fields."""
        alias, name = self.rng.choice(["a", "b", "c", "d"]), self.rng.choice(["a", "b", "c", "r"])
        if alias in {known for known, _ in scope.relations}:
            alias = self.alias()
        rows = [f"({self.literal('r')})" for _ in range(self.rng.randint(1, 2))]
        columns = [(name, "r")]
        return Relation(alias, query=Query(Values(rows), columns), columns=[name]), columns

    def join(self, depth, scope, ctes):
        roll = self.rng.random()
        if roll > 0.1:
            return super().join(depth, scope, ctes)
        table = self.rng.choice(list(self.tables))
        columns, alias = self.tables[table], self.alias()
        if roll > 0.05:
            scope.add(alias, columns)
            return Join("POSITIONAL JOIN", Relation(alias, table))
        numbers = [name for name, kind in columns if kind == "i"]
        left = self.column(scope, "i")
        # The order of the other columns makes no tie matter: one row of a distinct list of numbers.
        name = self.rng.choice(numbers)
        query = Query(Select([Item(name, "n")], [Join("", Relation(table, table))], distinct="DISTINCT"), [("n", "i")])
        scope.add(alias, [("n", "i")])
        kind = self.rng.choice(["ASOF JOIN", "ASOF LEFT JOIN"])
        return Join(kind, Relation(alias, query=query), on=f"{left} >= {alias}.n")

    def i_expression(self, scope, depth):
        rng = self.rng
        if rng.random() > 0.2:
            return super().i_expression(scope, depth)
        def i():
            return self.expression(scope, "i", depth)
        table = rng.choice(list(self.tables))
        inner = rng.choice([name for name, kind in self.tables[table] if kind == "i"])
        return rng.choice([
            lambda: f"list_sum([z + {i()} for z in {self.expression(scope, 'l', depth)} if z > {i()}])",
            lambda: f"list_sum(list_filter({self.expression(scope, 'l', depth)}, (z, n) -> n < {i()}))",
            lambda: f"list_reduce([{i()}, {i()}], (z, y) -> z + y)",
            lambda: f"(SELECT count(*) FROM {table} AS z WHERE z.{inner} > {i()})",
            lambda: f"(SELECT sum(z.{inner} + {i()}) FROM {table} AS z)",
            lambda: f"(FROM {table} AS z SELECT max({inner}) WHERE {inner} < {i()})",
            lambda: f"(WITH z AS (SELECT {inner} AS n FROM {table}) SELECT max(n) FROM z WHERE n <> {i()})",
            lambda: f"(SELECT max(n) FROM (VALUES ({i()}), ({i()})) AS z(n))",
            lambda: f"(SELECT sum(n) FROM unnest({self.expression(scope, 'l', depth)}) AS z(n))",
            lambda: f"({i()} IN (SELECT {inner} FROM {table}))::INTEGER",
            lambda: f"({i()} >= ALL (SELECT {inner} FROM {table}))::INTEGER",
            lambda: f"struct_extract({self.expression(scope, 'r', depth)}, 'a')",
            lambda: f"({self.expression(scope, 'r', depth)}).b",
            lambda: f"({self.expression(scope, 'r', depth)})['a']",
            lambda: f"hash({self.row(scope)}) % 5",
            lambda: f"{self.expression(scope, 'l', depth)}[{i()}]",
        ])()

    def aggregate(self, scope):
        def i():
            return self.expression(scope, "i", 1)
        if self.rng.random() > 0.25:
            return super().aggregate(scope)
        return self.rng.choice([
            lambda: f"arg_max({i()}, ({self.everything(scope)}))" if scope.relations else "count(*)",
            lambda: f"len(string_agg({self.expression(scope, 's', 1)}, ',' ORDER BY {self.everything(scope)}))",
            lambda: f"first({i()} ORDER BY {self.everything(scope)})",
            lambda: f"count(*) FILTER ({self.expression(scope, 'b', 1)})",
            lambda: f"count({self.row(scope)})",
            lambda: f"quantile_disc({i()}, 0.5)",
            lambda: f"bool_or({self.expression(scope, 'b', 1)})::INTEGER",
        ])()
