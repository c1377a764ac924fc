"""More constructs of DuckDB's SQL for the check of lineage, on top of what `generate.py` builds."""

from generate import Generator
from sql import Cte, Item, Join, Query, Relation, Select, SetOperation, Values


class Constructs(Generator):
    """Queries with constructs whose lineage has a rule of its own, and fewer that decide rows."""

    def query(self, depth, scope=None, ctes=None, only=None, root=False):
        query = super().query(depth, scope, ctes, only, root)
        if root and self.rng.random() < 0.35:
            wrap = [self.over, self.unpivoted, self.pivoted, self.many_columns, self.starred, self.framed, self.cut,
                    self.unnested, self.beside, self.asked, self.spread, self.by_name]
            return self.rng.choice(wrap)(query)
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
        nulls = self.rng.choice(["", "INCLUDE NULLS "])
        suffix = f" UNPIVOT {nulls}(val FOR what IN ({', '.join(names)}))"
        alias = self.alias()
        body = Select([Item("*", None, "star")], [Join("", Relation(alias, query=query, suffix=suffix))])
        return Query(body, rest + [("what", "s"), ("val", "i")])

    def pivoted(self, query):
        """PIVOT with several aggregates, several keys or groups of its own."""
        names = [name for name, kind in query.columns if kind == "i"]
        if len(names) < 3 or len({name for name, _ in query.columns}) < len(query.columns):
            return self.over(query)
        value, key, other = self.rng.sample(names, 3)
        keys = self.rng.choice([
            f"{key} IN (0, 1)", f"{key} IN (0 AS none, 1 AS one)", f"{key} IN (0, 1) {other} IN (0, 2)",
            f"{key} IN (0, 1) GROUP BY {other}", f"{key} IN (0, 1, 2) {other} IN (0, 1) GROUP BY {value}",
        ])
        aggregates = self.rng.choice([f"sum({value}) AS s", f"max({value}) AS m, count(*) AS n", f"count({value}) AS n"])
        alias = self.alias()
        suffix = f" PIVOT ({aggregates} FOR {keys})"
        body = Select([Item("*", None, "star")], [Join("", Relation(alias, query=query, suffix=suffix))])
        return Query(body, [("s", "i")])

    def framed(self, query):
        """Windows with frames over the query."""
        alias = self.alias()
        names = [f"{alias}.{name}" for name, _ in query.columns]
        if len({name for name, _ in query.columns}) < len(query.columns):
            return self.over(query)
        numbers = [f"{alias}.{name}" for name, kind in query.columns if kind == "i"] or ["1"]
        order = ", ".join(names)
        items = []
        for at, (name, _) in enumerate(query.columns):
            n, column = self.rng.choice(numbers), f"{alias}.{name}"
            call = self.rng.choice([
                f"count({column}) OVER (ORDER BY {order} ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
                f"first_value({column}) OVER (ORDER BY {order} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)",
                f"count(*) OVER (ORDER BY {n} RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)",
                f"count(*) OVER (ORDER BY {n} GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES)",
                f"lag({column}, 1) OVER (PARTITION BY {n} ORDER BY {order})",
                f"last_value({column} IGNORE NULLS) OVER (ORDER BY {order})",
                f"ntile(2) OVER (ORDER BY {order})",
                f"count(*) FILTER ({column} IS NULL) OVER (PARTITION BY {n})",
                f"max({n}) OVER w",
                f"count({column}) OVER (w ORDER BY {order})",
            ])
            items.append(Item(call, f"o{at}"))
        windows = {"w": f"PARTITION BY {self.rng.choice(names)}"}
        body = Select(items, [Join("", Relation(alias, query=query))], windows=windows)
        return Query(body, [(f"o{at}", "i") for at in range(len(items))])

    def cut(self, query):
        """An order and a limit that subqueries decide, or groups by a subquery."""
        alias = self.alias()
        if len({name for name, _ in query.columns}) < len(query.columns):
            return self.over(query)
        names = [name for name, _ in query.columns]
        table = self.rng.choice(list(self.tables))
        number = self.rng.choice([name for name, kind in self.tables[table] if kind == "i"])
        name = self.rng.choice(names)
        inside = f"(SELECT count(*) FROM {table} AS z WHERE z.{number} IS NOT NULL AND {alias}.{name} IS NOT NULL)"
        every = ", ".join(f"{alias}.{one}" for one in names)
        relation = [Join("", Relation(alias, query=query))]
        kind = self.rng.choice(["order", "limit", "group", "having", "qualify"])
        if kind in ["order", "limit"]:
            found = Query(Select([Item("*", None, "star")], relation), query.columns)
            found.order = [inside, every] if kind == "order" else [every]
            found.limit = f"LIMIT (SELECT max({number}) FROM {table} WHERE {number} > 0)" if kind == "limit" else "LIMIT 2"
            return found
        if kind == "qualify":
            body = Select([Item("*", None, "star")], relation, qualify=[f"row_number() OVER (ORDER BY {every}) > {inside}"])
            return Query(body, query.columns)
        items = [Item(f"{alias}.{name}", name), Item("count(*)", "n")]
        body = Select(items, relation, group=[f"{alias}.{name}"])
        if kind == "group":
            body.group.append(inside)
        else:
            body.having = [f"count(*) > {inside}"]
        return Query(body, [(name, "i"), ("n", "i")])

    def unnested(self, query):
        """Lists and structs unnested in the SELECT list."""
        alias = self.alias()
        lists = [name for name, kind in query.columns if kind == "l"]
        rows = [name for name, kind in query.columns if kind == "r"]
        others = [name for name, kind in query.columns if kind in "is"]
        if len({name for name, _ in query.columns}) < len(query.columns) or not others:
            return self.over(query)
        items = [Item(f"{alias}.{others[0]}", others[0])]
        values = [f"{alias}.{name}" for name in lists] or [f"[{alias}.{others[0]}, {alias}.{others[-1]}]"]
        items.append(Item(f"unnest({self.rng.choice(values)})", "part"))
        items += [Item(f"{alias}.{name}.*", None, "star") for name in rows[:1]]
        return Query(Select(items, [Join("", Relation(alias, query=query))]), [(others[0], "i"), ("part", "i")])

    def beside(self, query):
        """The query beside a table: stars without the columns of one of them, laterals, a set of groups."""
        alias, other = self.alias(), self.alias()
        names = [name for name, _ in query.columns]
        if len(set(names)) < len(names):
            return self.over(query)
        table = self.rng.choice(list(self.tables))
        shared = [name for name, kind in self.tables[table] if (name, kind) in query.columns]
        name, number = self.rng.choice(names), self.rng.choice([n for n, kind in self.tables[table] if kind == "i"])
        first = Join("", Relation(alias, query=query))
        lateral = Query(Select([Item(f"max(z.{number})", "most")], [Join("", Relation("z", table))],
                               where=[f"{alias}.{name} IS NOT NULL"]), [("most", "i")])
        roll = self.rng.random()
        if roll < 0.3:
            excluded = ", ".join(f"{other}.{one}" for one in shared) or f"{alias}.{name}"
            body = Select([Item(f"* EXCLUDE ({excluded})", None, "star")], [first, Join("CROSS JOIN", Relation(other, table))])
        elif roll < 0.55:
            body = Select([Item(f"{alias}.*", None, "star"), Item(f"{other}.most", "most")],
                          [first, Join("LEFT JOIN", Relation(other, query=lateral, lateral=True), on="TRUE")])
        elif roll < 0.8 or not shared:
            sets = self.rng.choice([f"CUBE ({alias}.{name}, {other}.{number})",
                                    f"GROUPING SETS (({alias}.{name}), ({other}.{number}), ())"])
            items = [Item(f"{alias}.{name}", "g"), Item(f"grouping({alias}.{name})", "h"), Item("count(*)", "n"),
                     Item(f"max({other}.{number})", "most")]
            body = Select(items, [first, Join("CROSS JOIN", Relation(other, table))], group=[sets])
        else:
            kind = self.rng.choice(["SEMI JOIN", "ANTI JOIN"])
            body = Select([Item("*", None, "star")], [first, Join(kind, Relation(other, table), using=[self.rng.choice(shared)])])
        return Query(body, query.columns)

    def asked(self, query):
        """Questions about other tables, correlated over one step or two, as values and as a filter."""
        alias = self.alias()
        numbers = [f"{alias}.{name}" for name, kind in query.columns if kind == "i"]
        if len({name for name, _ in query.columns}) < len(query.columns) or not numbers:
            return self.over(query)
        def inner(table):
            return self.rng.choice([name for name, kind in self.tables[table] if kind == "i"])
        def question():
            one, two, n = self.rng.choice(list(self.tables)), self.rng.choice(list(self.tables)), self.rng.choice(numbers)
            return self.rng.choice([
                f"{n} IN (SELECT z.{inner(one)} FROM {one} AS z WHERE z.{inner(one)} > {self.rng.choice(numbers)})",
                f"EXISTS (FROM {one} AS z WHERE EXISTS (FROM {two} AS y WHERE y.{inner(two)} = z.{inner(one)} AND y.{inner(two)} = {n}))",
                f"NOT EXISTS (FROM {one} AS z WHERE z.{inner(one)} = {n})",
                f"{n} > ANY (SELECT z.{inner(one)} FROM {one} AS z)",
                f"(SELECT count(*) FROM {one} AS z, {two} AS y WHERE z.{inner(one)} = y.{inner(two)} AND z.{inner(one)} < {n}) > 1",
                f"(SELECT max(z.{inner(one)}) OVER () FROM {one} AS z ORDER BY ALL LIMIT 1) = {n}",
            ])
        items = [Item(question(), "asked"), Item(self.rng.choice(numbers), "plain")]
        body = Select(items, [Join("", Relation(alias, query=query))])
        if self.rng.random() < 0.5:
            body.where = [question()]
        return Query(body, [("asked", "b"), ("plain", "i")])

    def spread(self, query):
        """A row of lists for each row, beside it or in its place; orders and groups over them."""
        alias = self.alias()
        numbers = [f"{alias}.{name}" for name, kind in query.columns if kind == "i"]
        names = [f"{alias}.{name}" for name, _ in query.columns]
        if len(set(names)) < len(names) or len(numbers) < 2:
            return self.over(query)
        first, second = self.rng.sample(numbers, 2)
        rows = self.rng.choice([
            f"unnest([{first}, {second}])", f"generate_series(0, {first} % 3)", f"range({first} % 4)",
            f"unnest(list_filter([{first}, {second}, 1], z -> z <> {second}))",
        ])
        relation = Join("", Relation(alias, query=query))
        beside = Join(self.rng.choice([",", "CROSS JOIN"]), Relation("s", text=rows, columns=["n"]))
        roll = self.rng.random()
        if roll < 0.25:
            body = Select([Item(self.rng.choice(names), "kept"), Item("s.n", "n")], [relation, beside])
        elif roll < 0.45:
            items = [Item(self.rng.choice(names), "kept"), Item("count(*)", "many"), Item("max(s.n)", "most")]
            body = Select(items, [relation, beside], group=["kept"])
        elif roll < 0.6:
            body = Select([Item(self.rng.choice(names), "kept")], [relation])
            found = Query(body, [("kept", "i")])
            found.order = [f"unnest([{first}, {second}])"] if self.rng.random() < 0.5 else [f"unnest(range({second} % 3))"]
            return found
        elif roll < 0.8:
            items = [Item(self.rng.choice(names), "kept"), Item(f"unnest(range({first} % 3))", "a"),
                     Item(f"unnest([{second}])", "b"), Item("row_number() OVER (ORDER BY " + ", ".join(names) + ")", "place")]
            body = Select(items, [relation])
        else:
            items = [Item(f"unnest(list_transform([{first}, {second}], (z, at) -> z + at))", "a"),
                     Item(f"list_zip([{first}], [{second}])[1]", "b")]
            body = Select(items, [relation], distinct=self.rng.choice(["", "DISTINCT"]))
        return Query(body, [("kept", "i")])

    def by_name(self, query):
        """The query and a table in one by the names of their columns."""
        names = dict(query.columns)
        table = self.rng.choice(list(self.tables))
        if len(names) < len(query.columns) or any(names.get(name, kind) != kind for name, kind in self.tables[table]):
            return self.over(query)
        right = Query(Select([Item("*", None, "star")], [Join("", Relation(table, table))]), self.tables[table])
        op = self.rng.choice(["UNION ALL BY NAME", "UNION BY NAME"])
        return Query(SetOperation(op, query, right), query.columns + [one for one in self.tables[table] if one[0] not in names])

    def recursive_cte(self, ctes):
        """Recursion over a table: steps that read it, or pass values on from column to column."""
        rng = self.rng
        if rng.random() < 0.4:
            return super().recursive_cte(ctes)
        name, table = rng.choice(["r1", "r2"]), rng.choice(list(self.tables))
        numbers = [known for known, kind in self.tables[table] if kind == "i"]
        first, second = rng.choice(numbers), rng.choice(numbers)
        base = Query(Select([Item(f"z.{first}", "a"), Item(f"z.{second}", "b"), Item("0", "n")], [Join("", Relation("z", table))]),
                     [("a", "i"), ("b", "i"), ("n", "i")])
        joins = [Join("", Relation(name, name))]
        value = rng.choice(["a", "b", "a + b", "coalesce(a, b)"])
        if rng.random() < 0.5:
            joins.append(Join("JOIN", Relation("y", table), on=f"y.{rng.choice(numbers)} = {name}.{rng.choice('ab')}"))
            value = rng.choice([value, f"y.{rng.choice(numbers)}"])
        step = Select([Item(value), Item(rng.choice(["a", "b", "7"])), Item("n + 1")], joins, where=["n < 2"])
        ctes[name] = base.columns
        return Cte(name, Query(SetOperation("UNION", base, Query(step, base.columns)), base.columns))

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
