"""What reads models without being one, run in DuckDB: audits, unit tests and metrics; and the parts of a query that nobody reads.

Each question is whether the engine refuses the names in it. `None` stands for what can't be told.
"""

import re
from dataclasses import replace

from edits import get, texts
from engine import duckdb
from sql import Item, Join, Query, Relation, Select

REFUSED = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


def refuses(connection, text):
    """Does the engine refuse the names in a query? `None` if it can't do it whatever the names."""
    try:
        connection.execute(f"EXPLAIN {text}")
    except REFUSED:
        return True
    except duckdb.Error:
        return None
    return False


def refuses_a_part(connection, query, text_of):
    """Does the engine refuse a query as soon as something reads every CTE and named window in it? `None` if it can't do one
    of them at all, so that nothing is known of the names there."""
    if any(has_idle_window(get(place)) for select in query.selects() for place in texts(select)):
        return True
    # One part that the engine can't do would hide the next one, so each is tried by itself as well.
    queries = [with_all_read(query), *(with_one_read(query, at) for at in range(len(ctes(query))))]
    told = [refuses(connection, text_of(query)) for query in queries]
    return True if True in told else None if None in told[1:] else False


def audit_refused(connection, model):
    """Does the engine refuse the model's audit?"""
    return refuses(connection, f"SELECT * FROM after.{model.name} WHERE {model.audit}") is True


def metric_refused(connection, model, columns):
    """Does the engine refuse the model's metric? Without columns the model isn't there."""
    if columns is None:
        return True
    return refuses(connection, f"SELECT {model.metric_text(model.name)} FROM after.{model.name}") is True


def unit_test_refused(connection, model, columns_of, text_of):
    """Is the model's unit test one that SQLMesh refuses (`core/test/definition.py`)? It needs a table for each that the query
    reads, and compares the CTEs and the columns that it expects. `columns_of` gives the columns of a table, or nothing."""
    test = model.test
    connection.execute("DROP SCHEMA IF EXISTS fed CASCADE")
    connection.execute("CREATE SCHEMA fed")
    for name, given in test.inputs.items():
        columns = columns_of(name)
        if columns is None:
            return None
        if not set(given) <= set(columns):
            return True
        connection.execute(f"CREATE VIEW fed.{name} AS SELECT * FROM after.{name}")
    connection.execute("SET search_path = 'fed'")
    told = [refuses(connection, text_of(model.query)), refuses_a_part(connection, model.query, text_of)]
    told += [refuses(connection, f"SELECT {quoted(test.columns)} FROM ({text_of(model.query)}) AS answer")]
    named = {cte.name: (at, cte) for at, (owner, cte) in enumerate(ctes(model.query)) if owner is model.query}
    for name, columns in test.ctes.items():
        if name not in named:
            return True
        told.append(refuses(connection, text_of(with_one_read(model.query, named[name][0], quoted(columns)))))
    return True if True in told else None if None in told else False


def quoted(columns):
    return ", ".join(f'"{column}"' for column in columns)


def with_all_read(query):
    """The query with every CTE and every named window read, which may have no reader."""
    query = query.copy()
    for owner in list(query.queries()):
        for cte in owner.ctes:
            reading_too(owner, cte.name)
    for select in query.selects():
        for name in select.windows:
            select.qualify.append(f"count(*) OVER {name} >= 0")
    return query


def ctes(query):
    """Each CTE with the query that it belongs to, at any depth."""
    return [(owner, cte) for owner in query.queries() for cte in owner.ctes]


def with_one_read(query, at, what="count(*)"):
    """A query that reads nothing but one CTE, which may stand inside of others."""
    query = query.copy()
    owner, _ = ctes(query)[at]
    read = [(around, cte) for around, cte in ctes(query) if any(inner is owner for inner in cte.query.queries())]
    for around, cte in [ctes(query)[at], *read]:
        around.body, around.order, around.limit = counted(cte.name, what), [], ""
        what = "count(*)"
    return query


def counted(name, what="count(*)"):
    return Select([Item(what)], [Join("", Relation(name, name))])


def reading_too(owner, name):
    """The rows of the query, which names this CTE as well."""
    inner = Query(owner.body, owner.columns, order=owner.order, limit=owner.limit)
    count = Query(counted(name), [("n", "i")])
    owner.body = Select([Item("rows_of_it.*", None, "star")],
                        [Join("", Relation("rows_of_it", query=inner)), Join("CROSS JOIN", Relation("read", query=count))])
    owner.order, owner.limit = [], ""


def has_idle_window(text):
    """Is there a named window without a call over it, in the text of an expression?"""
    calls = re.findall(r"\bOVER (\w+)", text)
    named = re.findall(r"\bWINDOW (\w+) AS", text)
    return any(calls.count(name) < named.count(name) for name in named)
