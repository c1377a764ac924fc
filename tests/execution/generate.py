"""Random schemas, rows and queries in DuckDB's SQL, over every construct that resolution knows."""

from sql import Cte, Item, Join, Query, Relation, Select, SetOperation, Values

NAMES = ["a", "b", "c", "d", "k"]
TYPES = {"i": "INTEGER", "s": "VARCHAR", "b": "BOOLEAN", "l": "INTEGER[]", "r": "STRUCT(a INTEGER, b INTEGER)"}
MACROS = [
    "CREATE MACRO plus(x, y) AS x + 2 * y",
    "CREATE MACRO total(x) AS sum(x)",
    "CREATE MACRO allof(x, y) AS x AND y",
]


class Scope:
    """What expressions can refer to: relations here, and those of the queries around."""

    def __init__(self, outer=None):
        self.relations = []
        self.merged = []
        self.outer = outer

    def add(self, alias, columns):
        self.relations.append((alias, columns))

    def references(self, kind):
        """Every way to write a column of this type."""
        found = []
        for alias, columns in self.relations:
            found += [f"{alias}.{name}" for name, known in columns if known == kind]
        names = [(name, known) for _, columns in self.relations for name, known in columns]
        for name, known in names:
            alone = sum(other == name for other, _ in names) == 1
            if known == kind and (alone or name in self.merged):
                found.append(name)
        for alias, columns in self.relations:
            if kind == "i":
                found += [f"{alias}.{name}.a" for name, known in columns if known == "r"]
        return found


class Generator:
    """Builds queries over a random schema."""

    def __init__(self, rng, kinds="iiiissblr"):
        self.rng = rng
        self.fresh = 0
        self.tables = {}
        for table in ["t", "u", "v"]:
            names = rng.sample(NAMES, rng.randint(2, 4))
            self.tables[table] = [(name, rng.choice(kinds if at else "i")) for at, name in enumerate(names)]

    def ddl(self):
        """CREATE TABLE statements."""
        def columns(table):
            return ", ".join(f"{name} {TYPES[kind]}" for name, kind in self.tables[table])
        return "; ".join(f"CREATE TABLE {table} ({columns(table)})" for table in self.tables)

    def rows(self, table):
        """INSERT for random rows with NULLs and duplicates; sometimes none."""
        rows = []
        for _ in range(self.rng.choice([0, 1, 2, 3, 4, 5])):
            row = "(" + ", ".join(self.constant(kind) for _, kind in self.tables[table]) + ")"
            rows += [row] * self.rng.choice([1, 1, 2])
        return f"INSERT INTO {table} VALUES {', '.join(rows)}" if rows else None

    def constant(self, kind):
        if self.rng.random() < 0.2:
            return "NULL"
        return self.literal(kind)

    def literal(self, kind):
        rng = self.rng
        return {
            "i": lambda: str(rng.randint(0, 3)),
            "s": lambda: rng.choice(["'x'", "'y'", "'a'", "''"]),
            "b": lambda: rng.choice(["TRUE", "FALSE"]),
            "l": lambda: rng.choice(["[1, 2]", "[2]", "[]::INTEGER[]", "[0, NULL, 3]"]),
            "r": lambda: f"{{'a': {rng.randint(0, 2)}, 'b': {rng.randint(0, 2)}}}",
            "TIMESTAMP": lambda: f"TIMESTAMP '2024-01-0{rng.randint(1, 9)}'",
        }.get(kind, lambda: f"NULL::{kind}")()

    def alias(self):
        self.fresh += 1
        return f"q{self.fresh}"

    # ---- expressions

    def column(self, scope, kind):
        at = scope
        while at.outer is not None and self.rng.random() < 0.3:
            at = at.outer
        found = at.references(kind)
        return self.rng.choice(found) if found else self.literal(kind)

    def expression(self, scope, kind, depth=2):
        if depth <= 0 or self.rng.random() < 0.4:
            return self.column(scope, kind) if self.rng.random() < 0.85 else self.literal(kind)
        if kind not in TYPES:
            return self.column(scope, kind)
        return getattr(self, f"{kind}_expression")(scope, depth - 1)

    def i_expression(self, scope, depth):
        rng = self.rng
        def i():
            return self.expression(scope, "i", depth)
        return rng.choice([
            lambda: f"({i()} + {i()})",
            lambda: f"({i()} - {i()})",
            lambda: f"{i()} * {i()}",
            lambda: f"-{i()}",
            lambda: f"coalesce({i()}, {i()})",
            lambda: f"ifnull({i()}, {i()})",
            lambda: f"nullif({i()}, {i()})",
            lambda: f"greatest({i()}, {i()})",
            lambda: f"CASE WHEN {self.expression(scope, 'b', depth)} THEN {i()} ELSE {i()} END",
            lambda: f"CASE {i()} WHEN {i()} THEN {i()} END",
            lambda: f"length({self.expression(scope, 's', depth)})",
            lambda: f"CAST({i()} AS {rng.choice(['BIGINT', 'INT', 'INTEGER', 'DOUBLE', 'DECIMAL(8, 2)'])})",
            lambda: f"plus({i()}, {i()})",
            lambda: f"len({self.expression(scope, 'l', depth)})",
            lambda: f"list_sum(list_transform({self.expression(scope, 'l', depth)}, z -> z + {i()}))",
            lambda: f"({self.subquery(scope, 'i', scalar=True).render()})",
            lambda: f"(SELECT max({i()}) FROM {rng.choice(list(self.tables))} AS z)",
        ])()

    def s_expression(self, scope, depth):
        def s():
            return self.expression(scope, "s", depth)
        return self.rng.choice([
            lambda: f"upper({s()})",
            lambda: f"({s()} || {s()})",
            lambda: f"coalesce({s()}, {s()})",
            lambda: f"CAST({self.expression(scope, 'i', depth)} AS {self.rng.choice(['VARCHAR', 'TEXT'])})",
            lambda: f"substr({s()}, 1, 1)",
            lambda: f"CAST({self.row(scope)} AS VARCHAR)",
        ])()

    def row(self, scope):
        """A whole row: the name of a relation as a value."""
        return self.rng.choice(scope.relations)[0] if scope.relations else "'row'"

    def b_expression(self, scope, depth):
        rng = self.rng
        kind = rng.choice("iiis")
        def x():
            return self.expression(scope, kind, depth)
        def b():
            return self.expression(scope, "b", depth)
        return rng.choice([
            lambda: f"{x()} {rng.choice(['=', '<>', '<', '>', '<=', '>='])} {x()}",
            lambda: f"{x()} {rng.choice(['=', '<', '>'])} {x()}",
            lambda: f"{x()} IS {rng.choice(['NULL', 'NOT NULL'])}",
            lambda: f"{x()} IN ({x()}, {x()})",
            lambda: f"{x()} BETWEEN {x()} AND {x()}",
            lambda: f"{x()} IS NOT DISTINCT FROM {x()}",
            lambda: f"({b()} AND {b()})",
            lambda: f"({b()} OR {b()})",
            lambda: f"(NOT {b()})",
            lambda: f"allof({b()}, {b()})",
            lambda: f"{x()} {rng.choice(['IN', 'NOT IN'])} ({self.subquery(scope, kind).render()})",
            lambda: f"{rng.choice(['', 'NOT '])}EXISTS ({self.subquery(scope, kind).render()})",
        ])()

    def l_expression(self, scope, depth):
        def i():
            return self.expression(scope, "i", depth)
        table = self.rng.choice(list(self.tables))
        names = [name for name, _ in self.tables[table]]
        self.rng.shuffle(names)
        order = ", ".join(f"z.{name}" for name in names)
        number = self.rng.choice([f"z.{name}" for name, kind in self.tables[table] if kind == "i"])
        return self.rng.choice([
            lambda: f"[{i()}, {i()}]",
            lambda: f"ARRAY(SELECT {number} FROM {table} AS z ORDER BY {order})",
            lambda: f"(SELECT list(x) FROM (SELECT {number} AS x FROM {table} AS z ORDER BY {order}) AS o)",
        ])()

    def r_expression(self, scope, depth):
        return f"{{'a': {self.expression(scope, 'i', depth)}, 'b': {self.expression(scope, 'i', depth)}}}"

    def aggregate(self, scope):
        def i():
            return self.expression(scope, "i", 1)
        return self.rng.choice([
            lambda: "count(*)",
            lambda: f"sum({i()})",
            lambda: f"min({i()})",
            lambda: f"max({i()})",
            lambda: f"count(DISTINCT {i()})",
            lambda: f"sum({i()}) FILTER (WHERE {self.expression(scope, 'b', 1)})",
            lambda: f"total({i()})",
            lambda: f"list({i()} ORDER BY {self.everything(scope)})",
        ])()

    def everything(self, scope):
        """Every column: an order without ties."""
        names = [f"{alias}.{name}" for alias, columns in scope.relations for name, _ in columns]
        return ", ".join(names) if names else "1"

    def window(self, scope, named):
        rng = self.rng
        def i():
            return self.expression(scope, "i", 1)
        call = rng.choice(["row_number()", f"sum({i()})", f"lag({i()})", "count(*)", f"rank()", f"first_value({i()})"])
        if named and rng.random() < 0.6:
            return f"{call} OVER {rng.choice(named)}"
        return f"{call} OVER ({self.window_spec(scope)})"

    def window_spec(self, scope):
        partition = f"PARTITION BY {self.expression(scope, 'i', 1)} " if self.rng.random() < 0.7 else ""
        return f"{partition}ORDER BY {self.expression(scope, 'i', 1)}, {self.everything(scope)}"

    def subquery(self, outer, kind, scalar=False):
        query = self.query(1, Scope(outer), ctes={}, only=kind)
        if scalar and isinstance(query.body, Select):
            item = query.body.items[0]
            if query.body.group is None and not query.body.windows and not query.body.qualify:
                query.body.items = [Item(f"max({item.text})", item.alias)]
                query.body.distinct, query.order, query.limit = "", [], ""
        return query

    # ---- queries

    def query(self, depth, scope=None, ctes=None, only=None, root=False):
        rng = self.rng
        ctes = dict(ctes or {})
        scope = scope or Scope()
        own, recursive = [], False
        if depth > 1 and rng.random() < 0.5:
            for _ in range(rng.randint(1, 2)):
                own.append(self.cte(depth - 1, ctes))
            if rng.random() < 0.2:
                own.append(self.recursive_cte(ctes))
                recursive = True
        if only is None and depth > 1 and rng.random() < 0.2:
            query = self.set_operation(depth - 1, ctes, scope.outer)
        else:
            query = self.select(depth, scope, ctes, only)
        query.ctes, query.recursive = own + query.ctes, recursive
        self.tail(query, root)
        return query

    def tail(self, query, root):
        roll = self.rng.random()
        sortable = all(kind in "isb" for _, kind in query.columns)
        if roll < 0.12 and sortable and isinstance(query.body, Select) and "ON" not in query.body.distinct:
            numbers = [str(at + 1) for at in range(len(query.columns))]
            self.rng.shuffle(numbers)
            query.order = self.rng.choice([["ALL"], numbers])
            query.limit = f"LIMIT {self.rng.randint(1, 3)}" + self.rng.choice(["", " OFFSET 1"])
        elif roll < 0.25 and not query.order and not root and sortable:
            # Ordered inside, cut outside.
            query.order = ["ALL"]
            inner = query.copy()
            inner.ctes, ctes, recursive = [], inner.ctes, inner.recursive
            alias = self.alias()
            body = Select([Item("*", None, "star")], [Join("", Relation(alias, query=inner))])
            query.body, query.order, query.ctes, query.recursive = body, [], ctes, recursive
            query.limit = f"LIMIT {self.rng.randint(1, 2)}"
        elif roll < 0.3 and not query.order:
            query.order = [str(self.rng.randint(1, len(query.columns)))]

    def cte(self, depth, ctes):
        name = self.rng.choice(["c1", "c2", "c3", "t", "u"])
        query = self.query(depth, ctes=ctes)
        names = []
        columns = query.columns
        if self.rng.random() < 0.2:
            names = self.rng.sample(NAMES, min(len(columns), self.rng.randint(1, 3)))
            columns = [(names[at] if at < len(names) else name, kind) for at, (name, kind) in enumerate(columns)]
        if len({name for name, _ in columns}) < len(columns):
            names, columns = [], query.columns
        ctes[name] = columns
        return Cte(name, query, names)

    def recursive_cte(self, ctes):
        rng = self.rng
        name = rng.choice(["r1", "r2"])
        first = self.query(1, ctes=ctes, only="i")
        base = Query(Select([Item(first.columns[0][0] if False else rng.choice(["0", "1"]), "a"),
                             Item(rng.choice(["0", "1", "2"]), "b")], []), [("a", "i"), ("b", "i")])
        step = Select([Item(rng.choice(["a + 1", "b + 1", "a + b + 1"])), Item(rng.choice(["b", "a", "b + 1", "7"]))],
                      [Join("", Relation(name, name))], where=[rng.choice(["a < 4", "a + b < 5"]), "a < 9", "b < 9"])
        op = rng.choice(["UNION ALL", "UNION"])
        body = SetOperation(op, base, Query(step, base.columns))
        ctes[name] = base.columns
        return Cte(name, Query(body, base.columns))

    def set_operation(self, depth, ctes, outer):
        left = self.query(depth, Scope(outer), ctes)
        kinds = [kind for _, kind in left.columns]
        op = self.rng.choice(["UNION ALL", "UNION ALL", "UNION", "EXCEPT", "INTERSECT", "UNION ALL BY NAME",
                              "UNION BY NAME", "EXCEPT ALL"])
        right = self.select(1, Scope(outer), ctes, kinds=kinds)
        if "BY NAME" in op:
            names = dict(left.columns)
            named = {name: kind for name, kind in right.columns}
            if any(names.get(name, kind) != kind for name, kind in named.items()):
                op = "UNION ALL"
        if "BY NAME" in op:
            columns = left.columns + [(n, k) for n, k in right.columns if n not in dict(left.columns)]
        else:
            columns = left.columns
        return Query(SetOperation(op, left, right), columns)

    def relation(self, depth, scope, ctes):
        rng = self.rng
        roll = rng.random()
        if roll < 0.25 and depth > 1:
            alias = self.alias()
            lateral = bool(scope.relations) and rng.random() < 0.35
            inner = Scope(scope) if lateral else Scope(scope.outer)
            query = self.query(depth - 1, inner, ctes)
            pivot = [name for name, kind in query.columns if kind == "i"]
            if len(pivot) > 2 and rng.random() < 0.3:
                keys = [column for column in query.columns if column[0] not in pivot[:2]]
                suffix = f" PIVOT (sum({pivot[0]}) FOR {pivot[1]} IN (0, 1, 2))"
                return Relation(alias, query=query, suffix=suffix), keys
            return Relation(alias, query=query, lateral=lateral and rng.random() < 0.7), query.columns
        if roll < 0.32:
            alias = self.alias()
            columns = [("x", "i"), ("y", "i")]
            rows = [f"({rng.randint(0, 3)}, {self.constant('i')})" for _ in range(rng.randint(1, 3))]
            return Relation(alias, query=Query(Values(rows), columns), columns=["x", "y"]), columns
        if roll < 0.4:
            alias = self.alias()
            lists = scope.references("l")
            argument = rng.choice(lists) if lists and rng.random() < 0.7 else self.literal("l")
            text = rng.choice([f"unnest({argument})", f"generate_series({rng.randint(0, 1)}, {rng.randint(1, 3)})"])
            return Relation(alias, text=text, columns=["n"]), [("n", "i")]
        names = list(self.tables) + 3 * list(ctes)
        name = rng.choice(names)
        columns = ctes.get(name) or self.tables[name]
        taken = {alias for alias, _ in scope.relations}
        alias = name if name not in taken and rng.random() < 0.6 else self.alias()
        if rng.random() < 0.08:
            names = rng.sample(["e", "f", "g", "h", "m"], min(len(columns), 2))
            columns = [(names[at], k) if at < len(names) else (n, k) for at, (n, k) in enumerate(columns)]
            return Relation(alias, name, columns=names), columns
        return Relation(alias, name), columns

    def joins(self, depth, scope, ctes):
        rng = self.rng
        relation, columns = self.relation(depth, scope, ctes)
        scope.add(relation.alias, columns)
        joins = [Join("", relation)]
        while rng.random() < 0.4 and len(joins) < 3:
            joins.append(self.join(depth, scope, ctes))
        return joins

    def join(self, depth, scope, ctes):
        rng = self.rng
        before = list(scope.relations)
        relation, columns = self.relation(depth, scope, ctes)
        known = [name for _, c in before for name, _ in c]
        common = [n for n, k in columns if known.count(n) == 1 and (n, k) in [x for _, c in before for x in c]]
        scope.add(relation.alias, columns)
        correlated = relation.text is not None or relation.lateral or relation.query is not None
        kind = rng.choice([",", "CROSS JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN",
                           "SEMI JOIN", "ANTI JOIN"])
        if correlated and kind not in [",", "CROSS JOIN", "JOIN"]:
            kind = "LEFT JOIN"
        if kind in [",", "CROSS JOIN"]:
            return Join(kind, relation)
        if common and rng.random() < 0.45:
            if rng.random() < 0.3 and kind not in ["SEMI JOIN", "ANTI JOIN"]:
                shared = [n for n, _ in columns if n in known]
                if all(known.count(n) == 1 for n in shared):
                    scope.merged += shared
                    return Join(f"NATURAL {kind}", relation)
            using = rng.sample(common, rng.randint(1, len(common)))
            if kind not in ["SEMI JOIN", "ANTI JOIN"]:
                scope.merged += using
            else:
                scope.relations.pop()
            return Join(kind, relation, using=using)
        on = self.expression(scope, "b", 2) if rng.random() < 0.4 else self.equality(before, relation.alias, columns)
        if kind in ["SEMI JOIN", "ANTI JOIN"]:
            scope.relations.pop()
            return Join(kind, relation, on=on)
        if rng.random() < 0.3:
            inner_relation, inner_columns = self.relation(1, Scope(), ctes)
            if inner_relation.alias not in {alias for alias, _ in scope.relations}:
                condition = self.equality([(relation.alias, columns)], inner_relation.alias, inner_columns)
                scope.add(inner_relation.alias, inner_columns)
                inner = Join(rng.choice(["JOIN", "LEFT JOIN"]), inner_relation, on=condition)
                return Join(kind, relation, on=on, nested=[inner])
        return Join(kind, relation, on=on)

    def equality(self, before, alias, columns):
        pairs = [(f"{other}.{name}", f"{alias}.{mine}") for other, c in before for name, kind in c
                 for mine, known in columns if kind == known]
        if not pairs:
            return "TRUE"
        left, right = self.rng.choice(pairs)
        return self.rng.choice([f"{left} = {right}", f"{right} = {left}"])

    def select(self, depth, scope, ctes, only=None, kinds=None):
        rng = self.rng
        joins = self.joins(depth, scope, ctes)
        select = Select([], joins)
        for _ in range(rng.choice([0, 0, 1, 2])):
            select.where.append(self.expression(scope, "b", 2))
        wanted = [only] if only else list(kinds) if kinds else [rng.choice("iiiss") for _ in range(rng.randint(1, 4))]
        if rng.random() < 0.3 and (only is None or only == "i"):
            self.grouped(select, scope, wanted, exact=bool(only or kinds))
        else:
            self.plain(select, scope, wanted, exact=bool(only or kinds))
        columns = [(item.alias or item.text.split(".")[-1], item.kind) for item in select.items if item.kind != "star"]
        columns += select.__dict__.pop("starred", [])
        query = Query(select, columns)
        if rng.random() < 0.1 and select.group is None and select.distinct == "" and not only:
            select.distinct = f"DISTINCT ON ({self.expression(scope, 'i', 1)})"
            query.order = [self.expression(scope, "i", 1), self.everything(scope)]
        return query

    def name_for(self, used):
        free = [name for name in NAMES + [f"n{at}" for at in range(1, 30)] if name not in used]
        name = self.rng.choice(free)
        used.add(name)
        return name

    def plain(self, select, scope, wanted, exact):
        rng = self.rng
        used = set()
        if rng.random() < 0.15:
            select.windows = {"w": self.window_spec(scope)}
        if not exact and rng.random() < 0.15:
            self.star(select, scope, used)
        aliases = []
        for kind in wanted:
            if kind == "i" and rng.random() < 0.15:
                text = self.window(scope, list(select.windows))
            elif aliases and kind == "i" and rng.random() < 0.2:
                text = f"{rng.choice(aliases)} + 1"
            else:
                text = self.expression(scope, kind, 2)
            alias = self.name_for(used)
            select.items.append(Item(text, alias, kind))
            if kind == "i" and "OVER" not in text:
                aliases.append(alias)
        if aliases and rng.random() < 0.15 and not exact:
            select.where.append(f"{rng.choice(aliases)} > 0")
        if rng.random() < 0.12:
            select.distinct = "DISTINCT"
        if rng.random() < 0.12:
            select.qualify.append(f"{self.window(scope, list(select.windows))} > {rng.randint(0, 2)}")

    def star(self, select, scope, used):
        rng = self.rng
        names = [name for _, columns in scope.relations for name, _ in columns]
        if len(set(names)) < len(names):
            return
        columns = [column for _, c in scope.relations for column in c]
        option = rng.choice(["", "", "EXCLUDE", "REPLACE"])
        name, kind = rng.choice(columns)
        text = "*"
        if option == "EXCLUDE" and len(columns) > 1:
            text = f"* EXCLUDE ({name})"
            columns.remove((name, kind))
        elif option == "REPLACE":
            text = f"* REPLACE ({self.expression(scope, kind, 1)} AS {name})"
        elif len(scope.relations) == 1 and rng.random() < 0.5:
            text = f"{scope.relations[0][0]}.*"
        select.items.append(Item(text, None, "star"))
        select.starred = columns
        used.update(name for name, _ in columns)

    def grouped(self, select, scope, wanted, exact):
        rng = self.rng
        used, keys = set(), []
        plain_keys = []
        for at, kind in enumerate(wanted):
            if (kind != "i" or rng.random() < 0.4) and not (exact and len(wanted) == 1):
                text = self.expression(scope, kind, 1)
                alias = self.name_for(used)
                keys.append(rng.choice([text, str(at + 1), alias]) if not text.lstrip("-").isdigit() else str(at + 1))
                plain_keys.append(text)
            else:
                text, alias = self.aggregate(scope), self.name_for(used)
                if rng.random() < 0.2:
                    text = f"{text} + 1" if not text.startswith("list") else f"len({text})"
                elif text.startswith("list"):
                    text = f"len({text})"
            select.items.append(Item(text, alias, kind))
        roll = rng.random()
        if keys:
            select.group = keys
            if roll < 0.15:
                select.group = [f"ROLLUP ({', '.join(plain_keys)})"]
            elif roll < 0.25:
                select.group = ["ALL"]
            elif roll < 0.32:
                select.group = [f"GROUPING SETS (({', '.join(plain_keys)}), ())"]
        if rng.random() < 0.25:
            select.having.append(f"{self.aggregate(scope).replace('list(', 'count(')} {rng.choice(['>', '<'])} 2"
                                 if rng.random() < 0.7 else f"{rng.choice(sorted(used))} IS NOT NULL")
