"""Pairs of queries that differ by a law of the canonical form, or nearly: many of them aren't the same.

Tables have declared keys and NOT NULL columns, and rows that hold them. A family is a list of ways to write what looks
alike; a pair is two of them, both in the same random surroundings.
"""

KEYED = """CREATE TABLE p (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER, s VARCHAR);
CREATE TABLE q (id INTEGER PRIMARY KEY, pid INTEGER, x INTEGER NOT NULL, y INTEGER);
CREATE TABLE r (k1 INTEGER NOT NULL, k2 INTEGER NOT NULL, z INTEGER, PRIMARY KEY (k1, k2));
CREATE TABLE n (c INTEGER, d INTEGER, s VARCHAR);
CREATE TABLE m (u INTEGER UNIQUE, w INTEGER);
CREATE TABLE y (i INTEGER, g BIGINT, n DECIMAL(8, 2), f DOUBLE, s VARCHAR, b BOOLEAN)"""


class Laws:
    """Has what a `World` asks of its generator."""

    def __init__(self, rng):
        self.rng = rng
        self.tables = {"p": None, "q": None, "r": None, "n": None, "m": None, "y": None}

    def ddl(self):
        return KEYED

    def value(self, nullable=True):
        return "NULL" if nullable and self.rng.random() < 0.3 else str(self.rng.randint(0, 3))

    def text(self):
        return self.rng.choice(["NULL", "'x'", "'y'", "''", "'1'"])

    def rows(self, table):
        rng = self.rng
        keys = rng.sample(range(5), rng.choice([0, 1, 2, 3, 4]))
        rows = {
            "p": lambda: [f"({k}, {self.value(False)}, {self.value()}, {self.text()})" for k in keys],
            "q": lambda: [f"({k}, {self.value()}, {self.value(False)}, {self.value()})" for k in keys],
            "r": lambda: [f"({k // 3}, {k % 3}, {self.value()})" for k in keys],
            "n": lambda: [f"({self.value()}, {self.value()}, {self.text()})" for _ in range(rng.choice([0, 1, 3, 5]))],
            "m": lambda: [f"({k}, {self.value()})" for k in keys] + [f"(NULL, {self.value()})"] * rng.choice([0, 0, 2]),
            "y": lambda: [self.typed_row() for _ in range(rng.choice([0, 1, 3, 5]))],
        }[table]()
        return f"INSERT INTO {table} VALUES {', '.join(rows)}" if rows else None

    def typed_row(self):
        halves = [self.rng.choice(["NULL", "0", "1.5", "2", "2.25"]) for _ in range(2)]
        truth = self.rng.choice(["TRUE", "FALSE", "NULL"])
        text = self.rng.choice(["NULL", "'1'", "'2'", "'x'"])
        return f"({self.value()}, {self.value()}, {', '.join(halves)}, {text}, {truth})"

    def pair(self):
        family = self.rng.choice(FAMILIES)
        ways = family(self.rng)
        before, after = self.rng.choice(ways), self.rng.choice(ways)
        context = self.rng.choice(CONTEXTS)
        width = 2
        return context(before, width), context(after, width), family.__name__


# ---- surroundings of a query with the columns c1 and c2

def plain(query, _):
    return query


def in_cte(query, _):
    return f"WITH w AS ({query}) SELECT w.c1, w.c2 FROM w"


def filtered(query, _):
    return f"SELECT c2, c1 FROM ({query}) AS w WHERE w.c1 > 0"


def summed(query, _):
    return f"SELECT c1, COUNT(*) AS n1, SUM(c2) AS n2, COUNT(c2) AS n3 FROM ({query}) AS w GROUP BY c1"


def total(query, _):
    return f"SELECT COUNT(*) AS n1, MIN(c2) AS n2, SUM(c1) AS n3 FROM ({query}) AS w"


def deduplicated(query, _):
    return f"SELECT DISTINCT c1 FROM ({query}) AS w"


def left_joined(query, _):
    return f"SELECT p.id, w.c1, w.c2 FROM p LEFT JOIN ({query}) AS w ON p.id = w.c1"


def full_joined(query, _):
    return f"SELECT p.id, w.c2 FROM p FULL JOIN ({query}) AS w ON p.id = w.c1"


def left_filtered(query, _):
    return f"SELECT p.id, w.c1 FROM p LEFT JOIN ({query}) AS w ON p.id = w.c1 WHERE w.c2 > 0"


def asked(query, _):
    return f"SELECT p.id FROM p WHERE p.a IN (SELECT c1 FROM ({query}) AS w)"


def not_asked(query, _):
    return f"SELECT p.id FROM p WHERE NOT EXISTS (SELECT 1 FROM ({query}) AS w WHERE w.c1 = p.a)"


def in_union(query, _):
    return f"SELECT c1 FROM ({query}) AS w UNION ALL SELECT a FROM p"


def twice(query, _):
    return f"WITH w AS ({query}) SELECT w1.c1, w2.c2 FROM w AS w1 JOIN w AS w2 ON w1.c1 = w2.c1"


CONTEXTS = [plain, plain, plain, in_cte, filtered, summed, total, deduplicated, left_joined, full_joined, left_filtered,
            asked, not_asked, in_union, twice]


# ---- families

def condition(rng, *columns):
    column, other = rng.choice(columns), rng.choice(columns)
    number = rng.randint(0, 3)
    return rng.choice([
        f"{column} > {number}", f"{column} = {number}", f"{column} <> {number}", f"{column} IS NULL",
        f"{column} IS NOT NULL", f"{column} = {other}", f"{column} < {other} OR {other} IS NULL",
        f"NOT ({column} = {number} OR {other} = 1)", f"COALESCE({column}, {number}) = {number}",
        f"{column} IN (0, {number})", f"{column} NOT IN (0, {number})", f"{column} BETWEEN 1 AND {number}",
        f"CASE WHEN {column} > 1 THEN {other} ELSE 1 END = 1",
    ])


def nested_select(rng):
    p, o = condition(rng, "a", "b"), condition(rng, "b", "id")
    return [
        f"SELECT a AS c1, b AS c2 FROM p WHERE ({p}) AND ({o})",
        f"SELECT c1, c2 FROM (SELECT a AS c1, b AS c2, a, b, id FROM p WHERE {p}) AS i WHERE {o}",
        f"SELECT c1, c2 FROM (SELECT a AS c1, b AS c2, a, b, id FROM p WHERE {o}) AS i WHERE {p}",
        f"SELECT c1, c2 FROM (SELECT a AS c1, b AS c2 FROM p WHERE ({p}) OR ({o})) AS i",
        f"SELECT DISTINCT a AS c1, b AS c2 FROM p WHERE ({p}) AND ({o})",
    ]


def on_and_where(rng):
    p, o = condition(rng, "p.a", "p.b"), condition(rng, "q.x", "q.y")
    kinds = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]
    return [
        f"SELECT p.a AS c1, q.y AS c2 FROM p {kind} q ON q.pid = p.id AND ({p}) WHERE {o}" for kind in kinds
    ] + [
        f"SELECT p.a AS c1, q.y AS c2 FROM p {kind} q ON q.pid = p.id AND ({o}) WHERE {p}" for kind in kinds
    ] + [
        f"SELECT p.a AS c1, q.y AS c2 FROM p {kind} q ON q.pid = p.id WHERE ({o}) AND ({p})" for kind in kinds
    ] + [
        f"SELECT p.a AS c1, i.y AS c2 FROM p {kind} (SELECT * FROM q WHERE {o}) AS i ON i.pid = p.id WHERE {p}"
        .replace("WHERE q.", "WHERE q.") for kind in kinds
    ] + [
        f"SELECT p.a AS c1, q.y AS c2 FROM p, q WHERE q.pid = p.id AND ({o}) AND ({p})",
        f"SELECT p.a AS c1, q.y AS c2 FROM q, p WHERE ({o}) AND p.id = q.pid AND ({p})",
    ]


def join_order(rng):
    p = condition(rng, "p.a", "q.y", "n.c")
    return [
        f"SELECT p.a AS c1, n.c AS c2 FROM p JOIN q ON q.pid = p.id JOIN n ON n.c = q.x WHERE {p}",
        f"SELECT p.a AS c1, n.c AS c2 FROM n JOIN q ON n.c = q.x JOIN p ON q.pid = p.id WHERE {p}",
        f"SELECT p.a AS c1, n.c AS c2 FROM n JOIN (p JOIN q ON q.pid = p.id) ON n.c = q.x AND ({p})",
        f"SELECT p.a AS c1, n.c AS c2 FROM p LEFT JOIN q ON q.pid = p.id JOIN n ON n.c = q.x WHERE {p}",
        f"SELECT p.a AS c1, n.c AS c2 FROM p LEFT JOIN (q JOIN n ON n.c = q.x) ON q.pid = p.id WHERE {p}",
        f"SELECT p.a AS c1, n.c AS c2 FROM p LEFT JOIN q ON q.pid = p.id LEFT JOIN n ON n.c = q.x WHERE {p}",
        f"SELECT p.a AS c1, n.c AS c2 FROM q RIGHT JOIN p ON q.pid = p.id LEFT JOIN n ON n.c = q.x WHERE {p}",
    ]


def twins(rng):
    """The same table twice, told apart by conditions only."""
    p = condition(rng, "l.a", "o.b")
    return [
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS l JOIN p AS o ON l.b = o.a WHERE {p}",
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS o JOIN p AS l ON l.b = o.a WHERE {p}",
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS l JOIN p AS o ON l.a = o.b WHERE {p}",
        f"SELECT o.a AS c1, l.b AS c2 FROM p AS l JOIN p AS o ON l.b = o.a WHERE {p}",
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS l, p AS o WHERE o.a = l.b AND ({p})",
    ]


def itself(rng):
    p = condition(rng, "l.a", "l.b")
    key = rng.choice(["id", "a"])
    return [
        f"SELECT l.a AS c1, l.b AS c2 FROM p AS l WHERE {p}",
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS l JOIN p AS o ON l.id = o.id WHERE {p}",
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS l JOIN p AS o ON l.{key} = o.{key} WHERE {p}",
        f"SELECT l.a AS c1, o.b AS c2 FROM p AS l LEFT JOIN p AS o ON l.id = o.id WHERE {p}",
        f"SELECT l.a AS c1, l.b AS c2 FROM p AS l JOIN m ON m.u = l.id JOIN m AS m2 ON m.u = m2.u WHERE {p}",
        f"SELECT l.a AS c1, l.b AS c2 FROM p AS l JOIN m ON m.u = l.id WHERE {p}",
        f"SELECT z1.z AS c1, z2.z AS c2 FROM r AS z1 JOIN r AS z2 ON z1.k1 = z2.k1 AND z1.k2 = z2.k2",
        f"SELECT z1.z AS c1, z2.z AS c2 FROM r AS z1 JOIN r AS z2 ON z1.k1 = z2.k1",
        f"SELECT z AS c1, z AS c2 FROM r",
        f"SELECT m.w AS c1, m2.w AS c2 FROM m JOIN m AS m2 ON m.u = m2.u",
        f"SELECT w AS c1, w AS c2 FROM m",
        f"SELECT w AS c1, w AS c2 FROM m WHERE u IS NOT NULL",
    ]


def unused_join(rng):
    where = rng.choice(["", " WHERE " + condition(rng, "q.x", "q.y")])
    return [f"SELECT q.x AS c1, q.y AS c2 FROM q{join}{where}" for join in [
        "", " LEFT JOIN p ON p.id = q.pid", " JOIN p ON p.id = q.pid", " LEFT JOIN p ON p.a = q.pid",
        " LEFT JOIN p ON p.id = q.pid AND p.a > 1", " LEFT JOIN p ON p.id > q.pid", " LEFT JOIN m ON m.u = q.x",
        " LEFT JOIN r ON r.k1 = q.x", " LEFT JOIN r ON r.k1 = q.x AND r.k2 = q.y", " LEFT JOIN r ON r.k1 = q.x AND r.k2 = r.z",
        " LEFT JOIN (SELECT c, COUNT(*) AS n FROM n GROUP BY c) AS g ON g.c = q.x",
        " LEFT JOIN (SELECT c, d FROM n GROUP BY c, d) AS g ON g.c = q.x",
        " LEFT JOIN (SELECT DISTINCT c FROM n) AS g ON g.c = q.x", " RIGHT JOIN p ON p.id = q.pid",
        " CROSS JOIN (SELECT COUNT(*) AS k FROM n) AS g", " CROSS JOIN (SELECT COUNT(*) AS k FROM n GROUP BY c) AS g",
        " CROSS JOIN (SELECT COUNT(*) AS k FROM n HAVING COUNT(*) > 1) AS g",
    ]]


def existence(rng):
    p = condition(rng, "n.d", "n.c")
    value = rng.choice(["p.a", "p.b"])
    return [
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE {value} IN (SELECT c FROM n WHERE {p})",
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE EXISTS (SELECT 1 FROM n WHERE n.c = {value} AND ({p}))",
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE EXISTS (SELECT DISTINCT d FROM n WHERE ({p}) AND n.c = {value})",
        f"SELECT p.a AS c1, p.b AS c2 FROM p JOIN (SELECT DISTINCT c FROM n WHERE {p}) AS g ON g.c = {value}",
        f"SELECT p.a AS c1, p.b AS c2 FROM p JOIN (SELECT c FROM n WHERE {p} GROUP BY c) AS g ON g.c = {value}",
        f"SELECT p.a AS c1, p.b AS c2 FROM p JOIN (SELECT c FROM n WHERE {p}) AS g ON g.c = {value}",
        f"SELECT p.a AS c1, p.b AS c2 FROM p JOIN (SELECT c, d FROM n WHERE {p} GROUP BY c, d) AS g ON g.c = {value}",
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE NOT {value} NOT IN (SELECT c FROM n WHERE {p})",
        f"SELECT p.a AS c1, p.b AS c2 FROM p LEFT JOIN (SELECT c, 1 AS i FROM n WHERE {p} GROUP BY c) AS g"
        f" ON g.c = {value} WHERE g.i IS NOT NULL",
        f"SELECT p.a AS c1, p.b AS c2 FROM p LEFT JOIN (SELECT c, 1 AS i FROM n WHERE {p}) AS g"
        f" ON g.c = {value} WHERE g.i IS NOT NULL",
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE {value} IN (SELECT MAX(c) FROM n WHERE {p})",
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE EXISTS (SELECT MAX(c) FROM n WHERE n.c = {value} AND ({p}))",
    ]


def absence(rng):
    value = rng.choice(["p.a", "p.b"])
    column = rng.choice(["n.c", "q.x", "q.pid"])
    table = column[0]
    return [
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE {value} NOT IN (SELECT {column} FROM {table})",
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {column} = {value})",
        f"SELECT p.a AS c1, p.b AS c2 FROM p LEFT JOIN (SELECT {column} AS k, 1 AS i FROM {table} GROUP BY {column}) AS g"
        f" ON g.k = {value} WHERE g.i IS NULL",
        f"SELECT p.a AS c1, p.b AS c2 FROM p LEFT JOIN (SELECT {column} AS k, 1 AS i FROM {table} GROUP BY {column}) AS g"
        f" ON g.k = {value} WHERE g.k IS NULL",
    ]


def membership_value(rng):
    value, column = rng.choice(["p.a", "p.b"]), rng.choice(["q.x", "q.y"])
    return [
        f"SELECT p.id AS c1, CAST({value} IN (SELECT {column} FROM q) AS INTEGER) AS c2 FROM p",
        f"SELECT p.id AS c1, CAST(EXISTS (SELECT 1 FROM q WHERE {column} = {value}) AS INTEGER) AS c2 FROM p",
        f"SELECT p.id AS c1, CAST(CASE WHEN g.i IS NOT NULL THEN TRUE ELSE FALSE END AS INTEGER) AS c2 FROM p"
        f" LEFT JOIN (SELECT {column} AS k, TRUE AS i FROM q GROUP BY {column}) AS g ON g.k = {value}",
    ]


def distinct_or_group(rng):
    p = condition(rng, "c", "d")
    return [
        f"SELECT DISTINCT c AS c1, d AS c2 FROM n WHERE {p}",
        f"SELECT c AS c1, d AS c2 FROM n WHERE {p} GROUP BY c, d",
        f"SELECT DISTINCT c AS c1, d AS c2 FROM n WHERE {p} GROUP BY c, d",
        f"SELECT c AS c1, d AS c2 FROM n WHERE {p}",
        f"SELECT DISTINCT c AS c1, MAX(d) AS c2 FROM n WHERE {p} GROUP BY c",
        f"SELECT c AS c1, MAX(d) AS c2 FROM n WHERE {p} GROUP BY c",
        f"SELECT DISTINCT c AS c1, MAX(d) AS c2 FROM n WHERE {p} GROUP BY c, s",
        f"SELECT c AS c1, d AS c2 FROM n WHERE {p} UNION SELECT c, d FROM n WHERE {p}",
        f"SELECT c AS c1, d AS c2 FROM (SELECT c, d FROM n WHERE {p} UNION ALL SELECT c, d FROM n WHERE {p}) AS i GROUP BY c, d",
        f"SELECT c AS c1, d AS c2 FROM n WHERE {p} UNION ALL SELECT c, d FROM n WHERE {p}",
        f"SELECT DISTINCT id AS c1, a AS c2 FROM p", f"SELECT id AS c1, a AS c2 FROM p",
        f"SELECT DISTINCT a AS c1, b AS c2 FROM p", f"SELECT a AS c1, b AS c2 FROM p",
        f"SELECT DISTINCT u AS c1, w AS c2 FROM m", f"SELECT u AS c1, w AS c2 FROM m",
    ]


def group_keys(rng):
    p = condition(rng, "p.b", "p.a")
    number = rng.randint(0, 3)
    return [
        f"SELECT id AS c1, COUNT(*) AS c2 FROM p WHERE {p} GROUP BY id",
        f"SELECT id AS c1, COUNT(*) AS c2 FROM p WHERE {p} GROUP BY id, a, s",
        f"SELECT id AS c1, COUNT(b) AS c2 FROM p WHERE {p} GROUP BY id, b",
        f"SELECT a AS c1, COUNT(*) AS c2 FROM p WHERE {p} GROUP BY a, b",
        f"SELECT a AS c1, COUNT(*) AS c2 FROM p WHERE ({p}) AND a = {number} GROUP BY a, b",
        f"SELECT {number} AS c1, COUNT(*) AS c2 FROM p WHERE ({p}) AND a = {number} GROUP BY b",
        f"SELECT a AS c1, COUNT(*) AS c2 FROM p WHERE {p} GROUP BY a, b HAVING a = {number}",
        f"SELECT {number} AS c1, COUNT(*) AS c2 FROM p WHERE ({p}) AND a = {number}",
        f"SELECT {number} AS c1, COUNT(*) AS c2 FROM p WHERE ({p}) AND a = {number} GROUP BY a",
        f"SELECT {number} AS c1, COUNT(*) AS c2 FROM p WHERE ({p}) AND a = {number} GROUP BY TRUE",
        f"SELECT u AS c1, COUNT(*) AS c2 FROM m GROUP BY u", f"SELECT u AS c1, COUNT(*) AS c2 FROM m GROUP BY u, w",
    ]


def groups_of_groups(rng):
    outer, inner = rng.choice([("SUM", "COUNT"), ("SUM", "SUM"), ("MIN", "MIN"), ("MAX", "MAX"), ("COUNT", "COUNT"),
                               ("SUM", "MAX"), ("MAX", "COUNT")])
    direct = inner if rng.random() < 0.7 else outer
    key = rng.choice(["c", "s"])
    return [
        f"SELECT LENGTH({key}::VARCHAR) AS c1, {direct}(d) AS c2 FROM n GROUP BY {key}",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, {outer}(v) AS c2 FROM"
        f" (SELECT {key}, {inner}(d) AS v FROM n GROUP BY {key}, d) AS i GROUP BY {key}",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, {outer}(v) AS c2 FROM"
        f" (SELECT {key}, {inner}(d) AS v FROM n GROUP BY {key}) AS i GROUP BY {key}",
        f"SELECT 1 AS c1, {outer}(v) AS c2 FROM (SELECT {key}, {inner}(d) AS v FROM n GROUP BY {key}) AS i",
        f"SELECT 1 AS c1, {direct}(d) AS c2 FROM n",
        f"SELECT 1 AS c1, {direct}(d) AS c2 FROM n HAVING COUNT(*) > 0",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, {outer}(v) AS c2 FROM"
        f" (SELECT {key}, {inner}(d) AS v FROM n GROUP BY {key} UNION ALL SELECT {key}, {inner}(d) FROM n GROUP BY {key}) AS i"
        f" GROUP BY {key}",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, {direct}(d) AS c2 FROM"
        f" (SELECT {key}, d FROM n UNION ALL SELECT {key}, d FROM n) AS i GROUP BY {key}",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, COUNT(DISTINCT d) AS c2 FROM n GROUP BY {key}",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, COUNT(d) AS c2 FROM (SELECT {key}, d FROM n GROUP BY {key}, d) AS i GROUP BY {key}",
        f"SELECT LENGTH({key}::VARCHAR) AS c1, COUNT(*) AS c2 FROM (SELECT {key}, d FROM n GROUP BY {key}, d) AS i GROUP BY {key}",
    ]


def aggregates(rng):
    where = rng.choice(["", f" WHERE {condition(rng, 'a', 'b')}", " WHERE FALSE"])
    group = rng.choice(["", " GROUP BY s"])
    return [f"SELECT {one} AS c1, {two} AS c2 FROM {source}{where}{group}"
            for one in rng.sample(["COUNT(*)", "COUNT(1)", "COUNT(a)", "COUNT(b)", "COUNT(NULL)"], 3)
            for two in rng.sample(["MIN(b)", "MIN(DISTINCT b)", "MAX(b)", "SUM(b)", "SUM(DISTINCT b)"], 2)
            for source in ["p", "(SELECT p.* FROM q LEFT JOIN p ON p.id = q.pid) AS i"]]


def empties(rng):
    never = rng.choice(["FALSE", "NULL", "1 = 0", "a = NULL", "b = 1 AND FALSE", "NOT TRUE"])
    return [
        f"SELECT a AS c1, b AS c2 FROM p WHERE {never}", f"SELECT b AS c1, a AS c2 FROM p WHERE FALSE",
        f"SELECT COUNT(*) AS c1, SUM(a) AS c2 FROM p WHERE {never}", "SELECT 0 AS c1, NULL::INTEGER AS c2",
        f"SELECT COUNT(*) AS c1, SUM(a) AS c2 FROM p WHERE {never} GROUP BY b",
        f"SELECT a AS c1, b AS c2 FROM p UNION ALL SELECT a, b FROM p WHERE {never}", "SELECT a AS c1, b AS c2 FROM p",
        f"SELECT p.a AS c1, i.b AS c2 FROM p LEFT JOIN (SELECT * FROM p WHERE {never}) AS i ON TRUE",
        "SELECT a AS c1, NULL::INTEGER AS c2 FROM p",
    ]


def unions(rng):
    p = condition(rng, "v", "k")
    lift = f"SELECT k AS c1, v AS c2 FROM (SELECT c AS k, d AS v FROM n UNION ALL SELECT a, b FROM p) AS i WHERE {p}"
    inside = (f"SELECT k AS c1, v AS c2 FROM (SELECT c AS k, d AS v FROM n) AS i WHERE {p} UNION ALL "
              f"SELECT k, v FROM (SELECT a AS k, b AS v FROM p) AS i WHERE {p}")
    return [
        lift, inside, inside.replace("UNION ALL", "UNION"),
        f"SELECT a AS c1, b AS c2 FROM p UNION ALL (SELECT c, d FROM n UNION ALL SELECT x, y FROM q)",
        f"(SELECT a AS c1, b AS c2 FROM p UNION ALL SELECT x, y FROM q) UNION ALL SELECT c, d FROM n",
        f"(SELECT a AS c1, b AS c2 FROM p UNION SELECT x, y FROM q) UNION ALL SELECT c, d FROM n",
        f"SELECT a AS c1, b AS c2 FROM p UNION (SELECT x, y FROM q UNION ALL SELECT c, d FROM n)",
        f"SELECT a AS c1, b AS c2 FROM p UNION SELECT x, y FROM q UNION SELECT c, d FROM n",
        f"(SELECT a AS c1, b AS c2 FROM p EXCEPT SELECT x, y FROM q) EXCEPT SELECT c, d FROM n",
        f"SELECT a AS c1, b AS c2 FROM p EXCEPT (SELECT x, y FROM q EXCEPT SELECT c, d FROM n)",
        f"SELECT 1 AS c1, 2 AS c2 UNION ALL SELECT 3, 4", "SELECT * FROM (VALUES (1, 2), (3, 4)) AS i(c1, c2)",
        f"SELECT * FROM (VALUES (3, 4), (1, 2)) AS i(c1, c2)",
        f"SELECT s AS c1, 1 AS c2 FROM n UNION ALL SELECT a, b FROM p", "SELECT a AS c1, b AS c2 FROM p UNION ALL SELECT s, 1 FROM n",
    ]


def literal_columns(rng):
    text = rng.choice(["1", "'1'", "NULL", "'01'", "TRUE"])
    return [
        f"SELECT p.a AS c1, CAST(i.k AS INTEGER) AS c2 FROM p JOIN (SELECT id, {text} AS k FROM q) AS i ON i.id = p.id",
        f"SELECT p.a AS c1, CAST({text} AS INTEGER) AS c2 FROM p JOIN q ON q.id = p.id",
        f"SELECT p.a AS c1, CAST(i.k AS INTEGER) AS c2 FROM p LEFT JOIN (SELECT id, {text} AS k FROM q) AS i ON i.id = p.id",
        f"SELECT p.a AS c1, CAST({text} AS INTEGER) AS c2 FROM p LEFT JOIN q ON q.id = p.id",
        f"SELECT a AS c1, b AS c2 FROM (SELECT a, b, {text} AS k FROM p) AS i WHERE k = 1",
        f"SELECT a AS c1, b AS c2 FROM p WHERE {text} = 1",
        f"SELECT a AS c1, LENGTH(k || 'x') AS c2 FROM (SELECT a, {text} AS k FROM p) AS i",
        f"SELECT a AS c1, LENGTH({text} || 'x') AS c2 FROM p",
    ]


def logic(rng):
    p, o = condition(rng, "b", "a"), condition(rng, "b", "id")
    t = rng.choice(["TRUE", "FALSE", "NULL"])
    return [f"SELECT id AS c1, CAST(({value}) AS INTEGER) AS c2 FROM p" for value in [
        f"({p}) AND ({o})", f"NOT (NOT ({p}) OR NOT ({o}))", f"({p}) OR (({p}) AND ({o}))", p, f"({p}) AND (({p}) OR ({o}))",
        f"({p}) AND {t}", f"({p}) OR {t}", f"({p}) = TRUE", f"({p}) = FALSE", f"NOT ({p})", f"({p}) IS TRUE",
        f"CASE WHEN {p} THEN TRUE ELSE FALSE END", f"CASE WHEN {p} THEN FALSE ELSE TRUE END", f"NOT (({p}) IS TRUE)",
        f"CASE WHEN {p} THEN {o} ELSE {o} END", o, f"IF({p}, TRUE, {o})", f"({p}) IS DISTINCT FROM FALSE",
    ]] + [f"SELECT id AS c1, a AS c2 FROM p WHERE {value}" for value in [
        f"({p}) AND ({o})", f"NOT (NOT ({p}) OR NOT ({o}))", p, f"({p}) IS TRUE", f"({p}) = TRUE", f"({p}) OR NULL",
        f"({p}) AND NULL", f"CASE WHEN {p} THEN TRUE ELSE FALSE END", f"CASE WHEN {p} THEN FALSE ELSE {o} END",
        f"CASE WHEN {p} THEN FALSE ELSE TRUE END", f"NOT ({p})", f"NOT (({p}) IS TRUE)",
    ]]


def equal_columns(rng):
    p = condition(rng, "p.id", "p.b")
    other = p.replace("p.id", "q.pid")
    kind = rng.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
    number = rng.randint(0, 3)
    return [
        f"SELECT p.id AS c1, q.x AS c2 FROM p JOIN q ON p.id = q.pid WHERE {p}",
        f"SELECT q.pid AS c1, q.x AS c2 FROM p JOIN q ON p.id = q.pid WHERE {other}",
        f"SELECT p.id AS c1, q.x AS c2 FROM p JOIN q ON p.id = q.pid WHERE ({p}) AND ({other})",
        f"SELECT p.id AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.pid WHERE {p}",
        f"SELECT q.pid AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.pid WHERE {p}",
        f"SELECT q.pid AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.pid WHERE {other}",
        f"SELECT p.id AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.pid AND ({other}) WHERE {p}",
        f"SELECT p.id AS c1, q.x + p.id AS c2 FROM p {kind} q ON p.id = q.pid WHERE p.id = {number}",
        f"SELECT {number} AS c1, q.x + {number} AS c2 FROM p {kind} q ON p.id = q.pid WHERE p.id = {number}",
        f"SELECT {number} AS c1, q.x + q.pid AS c2 FROM p {kind} q ON {number} = q.pid WHERE p.id = {number}",
        f"SELECT {number} AS c1, q.x + {number} AS c2 FROM p {kind} q ON p.id = q.pid WHERE q.pid = {number}",
        f"SELECT p.id AS c1, q.x AS c2 FROM p JOIN q ON p.id = q.pid AND p.id IS NOT NULL AND q.pid IS NOT NULL WHERE {p}",
        f"SELECT COALESCE(p.id, q.pid) AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.pid WHERE {p}",
    ]


def bounds(rng):
    x, y = rng.randint(0, 3), rng.randint(0, 3)
    return [f"SELECT c AS c1, d AS c2 FROM n WHERE {value}" for value in [
        f"c > {x} AND c > {y}", f"c > {x}", f"c > {y}", f"c > {x} OR c > {y}", f"c >= {x} AND c > {y}", f"c < {x} AND c > {y}",
        f"c BETWEEN {x} AND {y}", f"c >= {x} AND c <= {y}", f"c >= {y} AND c <= {x}", f"c IN ({x}, {y})", f"c = {x} OR c = {y}",
        f"NOT (c <> {x} AND c <> {y})", f"c NOT IN ({x}, {y})", f"c <> {x} AND c <> {y}", f"c > {x} AND c IS NOT NULL",
        f"c > {x} AND d IS NOT NULL", f"c = c", "c IS NOT NULL", "TRUE", f"c + 1 > {x}", f"c + {x} + {y} > 2", f"c + {x + y} > 2",
        f"c - {x} - {y} > 0", f"c - ({x} - {y}) > 0",
    ]]


def limits(rng):
    where = rng.choice(["", " WHERE a > 0", " WHERE id > 0"])
    return [
        f"SELECT id AS c1, id AS c2 FROM p{where} ORDER BY id LIMIT 2",
        f"SELECT c1, c1 AS c2 FROM (SELECT id AS c1 FROM p{where} ORDER BY id LIMIT 2) AS i",
        f"SELECT c1, c1 AS c2 FROM (SELECT id AS c1 FROM p ORDER BY id LIMIT 2) AS i" + where.replace("id", "c1").replace("a >", "c1 >"),
        f"SELECT c1, c1 AS c2 FROM (SELECT id AS c1 FROM p{where} ORDER BY id) AS i ORDER BY c1 LIMIT 2",
        f"SELECT c1, c1 AS c2 FROM (SELECT id AS c1 FROM p{where} ORDER BY id LIMIT 3) AS i ORDER BY c1 LIMIT 2",
        f"SELECT a AS c1, a AS c2 FROM p{where} ORDER BY a LIMIT 2",
        f"SELECT DISTINCT a AS c1, a AS c2 FROM p{where} ORDER BY a LIMIT 2",
        f"SELECT a AS c1, COUNT(*) AS c2 FROM p{where} GROUP BY a ORDER BY a LIMIT 2",
    ]


def windows(rng):
    p, o = condition(rng, "x", "y"), condition(rng, "pid")
    call = rng.choice(["SUM(y)", "COUNT(*)", "RANK()", "DENSE_RANK()", "MAX(x)", "COUNT(y)", "COUNT(1)"])
    over = rng.choice(["PARTITION BY pid", "PARTITION BY pid ORDER BY x", "ORDER BY y", "PARTITION BY pid, x", "",
                       "PARTITION BY pid ORDER BY x RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
                       "PARTITION BY pid ORDER BY y ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"])
    if "RANK" in call and "ORDER" not in over:
        over += " ORDER BY id"
    if "RANK" in call:
        over = over.split(" RANGE")[0].split(" ROWS")[0]
    window = f"{call} OVER ({over})"
    ways = [
        f"SELECT pid AS c1, {window} AS c2 FROM q",
        f"SELECT pid AS c1, {window} AS c2 FROM q WHERE {o}",
        f"SELECT pid AS c1, {window} AS c2 FROM q WHERE {p}",
        f"SELECT pid AS c1, {window} AS c2 FROM (SELECT * FROM q WHERE {o}) AS q",
        f"SELECT c1, c2 FROM (SELECT pid AS c1, pid, x, y, {window} AS c2 FROM q) AS i WHERE {o}",
        f"SELECT c1, c2 FROM (SELECT pid AS c1, pid, x, y, {window} AS c2 FROM q) AS i WHERE {p}",
        f"SELECT pid AS c1, {window} AS c2 FROM q QUALIFY {o}",
        f"SELECT pid AS c1, {window} AS c2 FROM q QUALIFY {p}",
        f"SELECT pid AS c1, {window} AS c2 FROM q QUALIFY {window} > 1",
        f"SELECT c1, c2 FROM (SELECT pid AS c1, {window} AS c2 FROM q) AS i WHERE c2 > 1",
        f"SELECT DISTINCT pid AS c1, {window} AS c2 FROM q",
        f"SELECT DISTINCT pid AS c1, {window} AS c2 FROM q LEFT JOIN n ON n.c = q.x",
        f"SELECT pid AS c1, {window} AS c2 FROM q LEFT JOIN m ON m.u = q.x",
        f"SELECT q.pid AS c1, {window} AS c2 FROM q JOIN p ON p.id = q.pid".replace("(ORDER BY id", "(ORDER BY q.id")
        .replace("ORDER BY id", "ORDER BY q.id"),
        f"SELECT pid AS c1, {window} AS c2 FROM q WHERE EXISTS (SELECT 1 FROM p WHERE p.id = q.pid)",
    ]
    return [way.replace("OVER ()", "OVER ()") for way in ways]


def windows_over_groups(rng):
    window = rng.choice(["SUM(COUNT(*)) OVER ()", "RANK() OVER (ORDER BY COUNT(*))", "COUNT(*) OVER (PARTITION BY c)"])
    p = condition(rng, "c")
    return [
        f"SELECT c AS c1, {window} AS c2 FROM n GROUP BY c",
        f"SELECT c AS c1, {window} AS c2 FROM n WHERE {p} GROUP BY c",
        f"SELECT c AS c1, {window} AS c2 FROM n GROUP BY c HAVING {p}",
        f"SELECT c1, c2 FROM (SELECT c AS c1, {window} AS c2 FROM n GROUP BY c) AS i WHERE {p.replace('c ', 'c1 ')}"
        .replace("(c,", "(c1,").replace("(c ", "(c1 "),
        f"SELECT DISTINCT c AS c1, {window} AS c2 FROM n GROUP BY c",
        f"SELECT c AS c1, {window} AS c2 FROM n GROUP BY c, d",
    ]


def latest(rng):
    """The first row of each partition, by an order that tells all rows apart."""
    order = rng.choice(["id", "y DESC, id", "id DESC"])
    number = f"ROW_NUMBER() OVER (PARTITION BY pid ORDER BY {order})"
    p = condition(rng, "pid")
    return [
        f"SELECT pid AS c1, x AS c2 FROM q QUALIFY {number} = 1",
        f"SELECT pid AS c1, x AS c2 FROM (SELECT *, {number} AS rn FROM q) AS i WHERE rn = 1",
        f"WITH w AS (SELECT *, {number} AS rn FROM q WHERE {p}) SELECT pid AS c1, x AS c2 FROM w WHERE rn = 1",
        f"SELECT pid AS c1, x AS c2 FROM (SELECT *, {number} AS rn FROM q) AS i WHERE rn = 1 AND ({p})",
        f"SELECT pid AS c1, x AS c2 FROM q WHERE {p} QUALIFY {number} = 1",
        f"SELECT pid AS c1, x AS c2 FROM (SELECT *, {number} AS rn FROM q) AS i WHERE rn <= 1",
        f"SELECT pid AS c1, x AS c2 FROM q QUALIFY RANK() OVER (PARTITION BY pid ORDER BY {order}) = 1",
        f"SELECT pid AS c1, MIN(x) AS c2 FROM q GROUP BY pid",
    ]


def choices(rng):
    a, b = rng.choice([("a", "b"), ("b", "a"), ("b", "1"), ("b", "NULL")])
    return [f"SELECT id AS c1, {value} AS c2 FROM p" for value in [
        f"COALESCE({a}, {b})", f"CASE WHEN {a} IS NULL THEN {b} ELSE {a} END", f"CASE WHEN {a} IS NOT NULL THEN {a} ELSE {b} END",
        f"CASE WHEN {a} IS NOT NULL THEN {a} WHEN {b} IS NOT NULL THEN {b} END", f"IF({a} IS NULL, {b}, {a})",
        f"COALESCE(COALESCE({a}, {b}), {a})", f"COALESCE({b}, {a})", f"COALESCE({a}, {b}, 2)", f"COALESCE({a}, COALESCE({b}, 2))",
        f"NULLIF({a}, {b})", f"CASE WHEN {a} = {b} THEN NULL ELSE {a} END", f"CASE WHEN {b} = {a} THEN NULL ELSE {a} END",
        f"CASE WHEN {a} <> {b} THEN {a} END", f"CASE WHEN {a} = {b} THEN NULL ELSE {b} END", f"CASE WHEN {a} <> 1 THEN {a} END",
        f"NULLIF({a}, 1)", f"CASE {a} WHEN 1 THEN 5 WHEN 2 THEN 6 ELSE 7 END",
        f"CASE WHEN {a} = 1 THEN 5 WHEN 2 = {a} THEN 6 ELSE 7 END", f"CASE {a} WHEN 2 THEN 6 WHEN 1 THEN 5 ELSE 7 END",
        f"CASE WHEN {a} > 1 THEN CASE WHEN {b} > 1 THEN 1 END END", f"CASE WHEN {a} > 1 AND {b} > 1 THEN 1 END",
        f"CAST({a} AS INTEGER)", f"{a}", f"{a} + {b}", f"{b} + {a}", f"{a} * {b}", f"{b} * {a}",
        f"CAST(NOT {a} < {b} AS INTEGER)", f"CAST({a} >= {b} AS INTEGER)", f"CAST({a} NOT BETWEEN 1 AND {b} AS INTEGER)",
        f"CAST({a} < 1 OR {a} > {b} AS INTEGER)", f"CAST(COALESCE({a} > 1, FALSE) AS INTEGER)",
        f"CAST(CASE WHEN {a} > 1 THEN TRUE ELSE FALSE END AS INTEGER)", f"CAST({a} IS NOT DISTINCT FROM {b} AS INTEGER)",
        f"CAST({a} = {b} OR ({a} IS NULL AND {b} IS NULL) AS INTEGER)",
    ]]


def factored(rng):
    p, o, q = (condition(rng, "a", "b") for _ in range(3))
    return [f"SELECT a AS c1, b AS c2 FROM p WHERE {value}" for value in [
        f"(({p}) AND ({o})) OR (({p}) AND ({q}))", f"({p}) AND (({o}) OR ({q}))", f"(({o}) AND ({p})) OR ({p})", p,
        f"(({p}) OR ({o})) AND (({p}) OR ({q}))", "a = b OR (a IS NULL AND b IS NULL)", "a IS NOT DISTINCT FROM b",
        "b IS NOT DISTINCT FROM a", "NOT a IS DISTINCT FROM b", "a = b OR b IS NULL",
    ]]


def filtered_aggregates(rng):
    call, value = rng.choice([("SUM", "b"), ("COUNT", "b"), ("COUNT", "1"), ("MIN", "b"), ("AVG", "a"), ("MAX", "a")])
    p = condition(rng, "a", "b")
    group, key = rng.choice([("", "1"), (" GROUP BY s", "LENGTH(s)")])
    ways = [f"{call}({value}) FILTER (WHERE {p})", f"{call}(CASE WHEN {p} THEN {value} END)",
            f"{call}(CASE WHEN {p} THEN {value} ELSE NULL END)", f"{call}({value})", f"COUNT(*) FILTER (WHERE {p})",
            f"COUNT(CASE WHEN {p} THEN 'x' END)", f"COUNT(CASE WHEN {p} THEN b END)", f"COUNT(CASE WHEN {p} THEN 0 END)",
            f"SUM(CASE WHEN {p} THEN 1 ELSE 0 END)", f"COUNT_IF({p})", f"COUNT(DISTINCT {value}) FILTER (WHERE {p})",
            f"COUNT(DISTINCT CASE WHEN {p} THEN {value} END)", f"COUNT(IF({p}, 1, NULL))"]
    return [f"SELECT {key} AS c1, {way} AS c2 FROM p{group}" for way in ways] + [
        f"SELECT {key} AS c1, {call}({value}) AS c2 FROM p WHERE {p}{group}"]


def found_or_not(rng):
    column = rng.choice(["n.c", "n.d", "q.x", "q.pid"])
    table = column[0]
    other = rng.choice([column, "n.d" if table == "n" else "q.y"])
    p = condition(rng, column, other)
    value = rng.choice(["p.a", "p.b"])
    on = f"{column} = {value}"
    return [f"SELECT p.a AS c1, p.b AS c2 FROM p {rest}" for rest in [
        f"LEFT JOIN {table} ON {on} WHERE {column} IS NULL", f"LEFT JOIN {table} ON {on} WHERE {other} IS NULL",
        f"LEFT JOIN {table} ON {on} AND ({p}) WHERE {column} IS NULL", f"LEFT JOIN {table} ON {on} AND p.a > 1 WHERE {column} IS NULL",
        f"WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {on})", f"WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {on} AND ({p}))",
        f"ANTI JOIN {table} ON {on}", f"SEMI JOIN {table} ON {on}", f"SEMI JOIN {table} ON {on} AND ({p})",
        f"WHERE {value} NOT IN (SELECT {column} FROM {table})", f"WHERE EXISTS (SELECT 1 FROM {table} WHERE {on} AND ({p}))",
        f"WHERE {value} IN (SELECT {column} FROM {table} WHERE {p})", f"JOIN {table} ON {on} AND ({p})",
        f"LEFT JOIN {table} ON COALESCE({column}, 1) = {value} WHERE {column} IS NULL",
    ]]


def asking_joins(rng):
    p = condition(rng, "p.a", "p.b")
    distinct = rng.choice(["", "DISTINCT "])
    return [f"SELECT {distinct}q.x AS c1, q.y AS c2 FROM q {rest}" for rest in [
        f"JOIN p ON p.id = q.pid AND ({p})", f"WHERE EXISTS (SELECT 1 FROM p WHERE p.id = q.pid AND ({p}))",
        f"JOIN p ON p.b = q.pid AND ({p})", f"WHERE EXISTS (SELECT 1 FROM p WHERE p.b = q.pid AND ({p}))",
        f"JOIN p ON p.id = q.pid JOIN n ON n.c = p.b WHERE {p}",
        f"WHERE EXISTS (SELECT 1 FROM p JOIN n ON n.c = p.b WHERE p.id = q.pid AND ({p}))",
        f"WHERE EXISTS (SELECT 1 FROM p WHERE p.id = q.pid AND ({p}) AND EXISTS (SELECT 1 FROM n WHERE n.c = p.b))",
        f"JOIN p ON p.id = q.pid AND ({p}) AND EXISTS (SELECT 1 FROM n WHERE n.c = p.b)",
        f"LEFT JOIN (SELECT DISTINCT s FROM n WHERE s IN ('1', '01')) AS g ON CAST(g.s AS INTEGER) = q.x",
        f"JOIN (SELECT DISTINCT c FROM n) AS g ON g.c = q.x", f"WHERE q.x IN (SELECT c FROM n)",
        f"JOIN n ON n.c = q.x", f"JOIN m ON m.u = q.x", f"WHERE EXISTS (SELECT 1 FROM m WHERE m.u = q.x)",
    ]]


def merged_columns(rng):
    kind = rng.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
    return [
        f"SELECT id AS c1, q.x AS c2 FROM p {kind} q USING (id)",
        f"SELECT p.id AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.id",
        f"SELECT q.id AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.id",
        f"SELECT COALESCE(p.id, q.id) AS c1, q.x AS c2 FROM p {kind} q ON p.id = q.id",
    ]


def typed(rng):
    """A value of some type, and conditions on it."""
    return rng.choice(["i", "g", "n", "f", "s", "1", "2.5", "1.50", "'2'", "NULL", "i + 1", "CAST(i AS BIGINT)", "n * 2",
                       "CAST(NULL AS DOUBLE)", "CAST(s AS VARCHAR)"])


def first_that_is_there(rng):
    x, y, z = (typed(rng) for _ in range(3))
    values = [
        f"COALESCE({x}, {y}, {z})", f"COALESCE(COALESCE({x}, {y}), {z})", f"COALESCE({x}, COALESCE({y}, {z}))",
        f"CASE WHEN {x} IS NOT NULL THEN {x} WHEN {y} IS NOT NULL THEN {y} ELSE {z} END",
        f"CASE WHEN {x} IS NULL THEN COALESCE({y}, {z}) ELSE {x} END", f"IFNULL({x}, IFNULL({y}, {z}))",
        f"CASE WHEN {x} IS NOT NULL THEN {x} ELSE CASE WHEN {y} IS NOT NULL THEN {y} ELSE {z} END END",
    ]
    return [f"SELECT i AS c1, {value} AS c2 FROM y" for value in values]


def never_taken(rng):
    x, y = typed(rng), typed(rng)
    values = [
        x, f"CASE WHEN TRUE THEN {x} ELSE {y} END", f"CASE WHEN 1 = 0 THEN {y} ELSE {x} END", f"IF(1 < 2, {x}, {y})",
        f"CASE WHEN FALSE THEN {y} WHEN TRUE THEN {x} END", f"CASE WHEN b THEN {x} ELSE {x} END",
        f"CASE WHEN b THEN {x} WHEN FALSE THEN {y} ELSE {x} END", f"COALESCE({x})", f"CASE WHEN 1 = 1 THEN {x} ELSE NULL END",
    ]
    return [f"SELECT i AS c1, {value} AS c2 FROM y" for value in values]


def null_if_equal(rng):
    x, y = typed(rng), typed(rng)
    values = [f"NULLIF({x}, {y})", f"CASE WHEN {x} = {y} THEN NULL ELSE {x} END", f"CASE WHEN {x} <> {y} THEN {x} END",
              f"CASE WHEN {y} = {x} THEN NULL ELSE {y} END", f"NULLIF({y}, {x})"]
    return [f"SELECT i AS c1, {value} AS c2 FROM y" for value in values]


def cases_of_truths(rng):
    test = rng.choice(["i = 1", "b", "i > 1 OR NULL", "i = 1 AND NULL", "NULL", "FALSE", "(i = 1) IS TRUE", "NOT b"])
    other = rng.choice(["i = 1", "b", "NULL", "FALSE", "TRUE", "(i = 1) IS TRUE"])
    values = [f"CASE b WHEN {test} THEN 1 ELSE 2 END", f"CASE b WHEN {other} THEN 1 ELSE 2 END",
              f"CASE WHEN b = ({test}) THEN 1 ELSE 2 END", f"CASE WHEN {test} THEN 1 ELSE 2 END",
              f"CASE {test} WHEN b THEN 1 ELSE 2 END", f"IF({test}, 1, 2)"]
    return [f"SELECT i AS c1, {value} AS c2 FROM y" for value in values]


def known_values(rng):
    column, number = rng.choice(["i", "g", "n", "f"]), rng.randint(0, 2)
    values = [column, str(number), f"CAST({number} AS BIGINT)", f"CAST({number} AS DOUBLE)", f"{number}.00", f"{column} + 0"]
    return [f"SELECT i AS c1, {wrapped.format(value)} AS c2 FROM y WHERE {column} = {number}"
            for value in values for wrapped in ["{}", "{} / 2", "{} // 2"]]


def casts(rng):
    value = rng.choice(["i", "g", "n", "f", "s", "i + 1", "n * 2", "COUNT(*)", "SUM(i)", "MAX(g)", "1", "COALESCE(i, 1)"])
    kinds = ["INTEGER", "BIGINT", "DOUBLE", "DECIMAL(8, 2)", "VARCHAR", "HUGEINT"]
    group = " GROUP BY i" if "(" in value and "COALESCE" not in value else ""
    values = [value, *(f"CAST({value} AS {kind})" for kind in kinds), f"TRY_CAST({value} AS {rng.choice(kinds)})"]
    return [f"SELECT i AS c1, {one} AS c2 FROM y{group}" for one in values]


def unions_of_types(rng):
    x, y = typed(rng), typed(rng)
    never = rng.choice(["FALSE", "1 = 0", "NULL"])
    return [
        f"SELECT i AS c1, {x} AS c2 FROM y", f"SELECT i AS c1, {x} AS c2 FROM y UNION ALL SELECT i, {y} FROM y WHERE {never}",
        f"SELECT i AS c1, {y} AS c2 FROM y WHERE {never} UNION ALL SELECT i, {x} FROM y",
        f"SELECT i AS c1, {x} AS c2 FROM y UNION ALL (SELECT i, {y} FROM y LIMIT 0)",
        f"SELECT c1, c2 FROM (SELECT i AS c1, {x} AS c2 FROM y UNION ALL SELECT i, {y} FROM y) AS o WHERE c1 = 1",
        f"SELECT i AS c1, {x} AS c2 FROM y WHERE i = 1 UNION ALL SELECT i, {y} FROM y WHERE i = 1",
    ]


def asked_values(rng):
    """An aggregate of a subquery, and of groups that are joined."""
    call, zero = rng.choice([("MAX(q.x)", "{}"), ("SUM(q.y)", "{}"), ("COUNT(*)", "COALESCE({}, 0)"), ("COUNT(q.y)", "COALESCE({}, 0)"),
                             ("MIN(q.y + 1)", "{} + 1"), ("SUM(q.x)", "COALESCE({}, 2)"), ("COUNT(DISTINCT q.x)", "{}")])
    o, key, value = condition(rng, "q.x", "q.y"), rng.choice(["q.pid", "q.y", "q.pid + 1"]), rng.choice(["p.id", "p.b", "p.a + 1"])
    where = rng.choice(["", f"({o}) AND "])
    asked = f"(SELECT {{}} FROM q WHERE {where}{key} = {value})"
    groups = f"(SELECT {key} AS k, {call} AS v FROM q {'WHERE ' + o if where else ''} GROUP BY {key}) AS g"
    outside, inside = zero.format(asked.format(call)), asked.format(zero.format(call))
    limit = rng.randint(0, 3)
    return [
        f"SELECT p.a AS c1, {asked.format(call)} AS c2 FROM p", f"SELECT p.a AS c1, {outside} AS c2 FROM p",
        f"SELECT p.a AS c1, {inside} AS c2 FROM p",
        *(f"SELECT p.a AS c1, {one} AS c2 FROM p {kind} {groups} ON g.k = {value}"
          for one in ["g.v", zero.format("g.v"), "COALESCE(g.v, 0)"] for kind in ["LEFT JOIN", "JOIN"]),
        f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE {asked.format(call)} > {limit}",
        f"SELECT p.a AS c1, p.b AS c2 FROM p JOIN {groups} ON g.k = {value} WHERE g.v > {limit}",
        f"SELECT p.a AS c1, (SELECT {call} FROM q) AS c2 FROM p", f"SELECT p.a AS c1, g.v AS c2 FROM p CROSS JOIN (SELECT {call} AS v FROM q) AS g",
        f"SELECT p.a AS c1, SUM({asked.format(call)}) AS c2 FROM p GROUP BY p.a",
        f"SELECT p.a AS c1, SUM(g.v) AS c2 FROM p LEFT JOIN {groups} ON g.k = {value} GROUP BY p.a",
    ]


def counted_rows(rng):
    """Counts that are compared with nothing, and questions for a row."""
    table, column, value = rng.choice([("n", "n.c", "p.b"), ("q", "q.pid", "p.id"), ("m", "m.u", "p.b")])
    p, what = condition(rng, f"{table}.{column[2:]}", column), rng.choice(["*", "1", column])
    rest = f"FROM {table} WHERE {column} = {value} AND ({p})"
    tests = [f"(SELECT COUNT({what}) {rest}) {test}" for test in ["> 0", ">= 1", "<> 0", "= 0", "< 1", "<= 0", "> 1"]]
    tests += [f"0 < (SELECT COUNT(*) {rest})", f"EXISTS (SELECT 1 {rest})", f"NOT EXISTS (SELECT 1 {rest})",
              f"(SELECT COUNT(*) {rest} GROUP BY {column}) = 0", f"(SELECT COUNT(*) {rest} HAVING COUNT(*) > 0) = 0",
              f"(SELECT SUM(1) {rest}) > 0"]
    kept = rng.random() < 0.6
    return [f"SELECT p.a AS c1, p.b AS c2 FROM p WHERE {test}" if kept else
            f"SELECT p.a AS c1, CAST({test} AS INTEGER) AS c2 FROM p" for test in tests]


def joined_and_deduplicated(rng):
    """DISTINCT over a join of which only one side is read."""
    left, key, value = rng.choice([("p", "id", "b"), ("m", "u", "w"), ("r", "k1", "z")])
    right, column = rng.choice([("n", "c"), ("q", "pid"), ("q", "id")])
    on = f"{right}.{column} = {left}.{value}"
    p = condition(rng, f"{right}.{column}", f"{left}.{value}")
    items = f"{left}.{key} AS c1, {left}.{value} AS c2"
    return [
        f"SELECT DISTINCT {items} FROM {left} JOIN {right} ON {on} AND ({p})",
        f"SELECT {items} FROM {left} JOIN {right} ON {on} AND ({p})",
        f"SELECT DISTINCT {items} FROM {left} LEFT JOIN {right} ON {on} AND ({p})",
        f"SELECT {items} FROM {left} WHERE EXISTS (SELECT 1 FROM {right} WHERE {on} AND ({p}))",
        f"SELECT DISTINCT {items} FROM {left} WHERE EXISTS (SELECT 1 FROM {right} WHERE {on} AND ({p}))",
        f"SELECT {items} FROM {left}, {right} WHERE {on} AND ({p}) GROUP BY {left}.{key}, {left}.{value}",
        f"SELECT DISTINCT {left}.{value} AS c1, {left}.{value} AS c2 FROM {left} JOIN {right} ON {on} AND ({p})",
        f"SELECT {left}.{value} AS c1, {left}.{value} AS c2 FROM {left} WHERE EXISTS (SELECT 1 FROM {right} WHERE {on} AND ({p}))",
    ]


def turned_tests(rng):
    """CASE with a test and its opposite."""
    column, other = rng.choice([("a", "b"), ("b", "a"), ("b", "id")])
    number = rng.randint(0, 2)
    ways = []
    for test, opposite in [(f"{column} IS NULL", f"{column} IS NOT NULL"), (f"{column} = {number}", f"NOT {column} = {number}"),
                           (f"{column} IS DISTINCT FROM {other}", f"{column} IS NOT DISTINCT FROM {other}")]:
        ways += [f"CASE WHEN {test} THEN {number} ELSE {other} END", f"CASE WHEN {opposite} THEN {other} ELSE {number} END",
                 f"CASE WHEN {test} THEN NULL ELSE {other} END", f"CASE WHEN {opposite} THEN {other} END",
                 f"COALESCE({column}, {number})", f"CASE WHEN {test} THEN {number} ELSE {column} END"]
    return [f"SELECT id AS c1, {way} AS c2 FROM p" for way in ways]


FAMILIES = [nested_select, on_and_where, join_order, twins, itself, unused_join, existence, absence, membership_value,
            distinct_or_group, group_keys, groups_of_groups, aggregates, empties, unions, literal_columns, logic,
            equal_columns, bounds, limits, windows, windows_over_groups, latest, choices, factored, filtered_aggregates,
            found_or_not, asking_joins, merged_columns, first_that_is_there, never_taken,
            null_if_equal, cases_of_truths, known_values, casts, unions_of_types, asked_values,
            counted_rows, joined_and_deduplicated, turned_tests]
