"""Random edits of a query: some keep its meaning, most don't. Each returns whether it found something to do."""

import re

from sql import Cte, Item, Join, Query, Relation, Select, SetOperation, all_joins

WORD = re.compile(r"\b[a-z_][a-z_0-9]*\b")


def pick_select(rng, query):
    selects = query.selects()
    return rng.choice(selects) if selects else None


def texts(select):
    """Every place in a SELECT that holds an expression, as (get, set)."""
    places = []
    for item in select.items:
        places.append((item, "text"))
    for join in all_joins(select):
        if join.on is not None:
            places.append((join, "on"))
        if join.relation.text is not None:
            places.append((join.relation, "text"))
    for clause in [select.where, select.having, select.qualify] + ([select.group] if select.group else []):
        places += [(clause, at) for at in range(len(clause))]
    places += [(select.windows, name) for name in select.windows]
    return places


def get(place):
    holder, key = place
    return getattr(holder, key) if isinstance(key, str) and not isinstance(holder, dict) else holder[key]


def put(place, text):
    holder, key = place
    if isinstance(key, str) and not isinstance(holder, dict):
        setattr(holder, key, text)
    else:
        holder[key] = text


def replace_one(rng, pattern, text, new):
    found = list(re.finditer(pattern, text))
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + new(match.group(0)) + text[match.end():]


def in_text(pattern, new):
    def edit(rng, query, _generator):
        select = pick_select(rng, query)
        if select is None:
            return False
        places = texts(select)
        rng.shuffle(places)
        for place in places:
            changed = replace_one(rng, pattern, get(place), lambda found: new(rng, found))
            if changed is not None and changed != get(place):
                put(place, changed)
                return True
        return False
    return edit


change_number = in_text(r"\b[0-9]+\b", lambda rng, _: str(rng.randint(0, 4)))
change_comparison = in_text(r" (=|<>|<|>|<=|>=) ", lambda rng, _: f" {rng.choice(['=', '<>', '<', '>', '<=', '>='])} ")
change_arithmetic = in_text(r" [-+*] ", lambda rng, _: f" {rng.choice('+-*')} ")
change_aggregate = in_text(r"\b(sum|min|max)\(", lambda rng, _: rng.choice(["sum(", "min(", "max("]))
change_connective = in_text(r" (AND|OR) ", lambda rng, _: rng.choice([" AND ", " OR "]))
change_column = in_text(r"(?<=\.)[abcdk]\b", lambda rng, _: rng.choice("abcdk"))
change_name = in_text(r"(?<![.\w'])[abcdk]\b(?!\()", lambda rng, _: rng.choice("abcdk"))
change_function = in_text(r"\b(coalesce|ifnull|nullif|greatest|plus)\(",
                          lambda rng, _: rng.choice(["coalesce(", "ifnull(", "nullif(", "plus("]))
change_cast = in_text(r"AS (BIGINT|INT|INTEGER|DOUBLE|VARCHAR|TEXT)\)",
                      lambda rng, _: f"AS {rng.choice(['BIGINT', 'INT', 'INTEGER', 'VARCHAR', 'TEXT'])})")
add_parentheses = in_text(r"\b[a-z0-9]+\.[a-z]\b", lambda rng, found: f"({found})")
change_join_in_text = in_text(r" (LEFT JOIN|RIGHT JOIN|FULL JOIN|JOIN) ",
                              lambda rng, _: f" {rng.choice(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])} ")
drop_qualifier = in_text(r"\b[a-z][a-z0-9]*\.(?=[abcdkxyn]\b)", lambda rng, _: "")
spell_function = in_text(r"\b(sum|upper|ifnull|count|max)\(", lambda rng, found: found.upper())
flip_comparison = in_text(r"[a-z0-9]+\.[a-z] (=|<|>) [a-z0-9]+\.[a-z]\b", lambda rng, found: " ".join([
    found.split(" ")[2], {"=": "=", "<": ">", ">": "<"}[found.split(" ")[1]], found.split(" ")[0]]))


def shuffle_conditions(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or len(select.where) < 2:
        return False
    rng.shuffle(select.where)
    return True


def add_item(rng, query, generator):
    select = pick_select(rng, query)
    if select is None:
        return False
    used = {item.alias for item in select.items}
    name = rng.choice([name for name in ["a", "b", "c", "z1", "z2"] if name not in used])
    aliases = [join.relation.alias for join in select.joins]
    text = rng.choice(["1", "NULL", f"{rng.choice(aliases)}.{rng.choice('abcdk')}" if aliases else "2", "count(*)",
                       "unnest([1, 2])", "row_number() OVER ()", "total(1)", "random() < 2"])
    select.items.insert(rng.randint(0, len(select.items)), Item(text, name))
    return True


def drop_item(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or len(select.items) < 2:
        return False
    select.items.pop(rng.randrange(len(select.items)))
    return True


def swap_items(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or len(select.items) < 2:
        return False
    first, second = rng.sample(range(len(select.items)), 2)
    select.items[first], select.items[second] = select.items[second], select.items[first]
    return True


def swap_aliases(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or len(select.items) < 2:
        return False
    first, second = rng.sample(select.items, 2)
    first.alias, second.alias = second.alias, first.alias
    return True


def change_alias(rng, query, _generator):
    """Often to the name of a column: the alias captures, or stops to."""
    select = pick_select(rng, query)
    items = [item for item in select.items if item.alias] if select else []
    if not items:
        return False
    rng.choice(items).alias = rng.choice(["a", "b", "c", "d", "k", "z3"])
    return True


def change_join(rng, query, _generator):
    select = pick_select(rng, query)
    joins = [join for join in all_joins(select) if "JOIN" in join.kind and "CROSS" not in join.kind] if select else []
    if not joins:
        return False
    join = rng.choice(joins)
    prefix = "NATURAL " if "NATURAL" in join.kind else ""
    join.kind = prefix + rng.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN", "LEFT OUTER JOIN"])
    return True


def unnest_join(rng, query, _generator):
    """`a JOIN (b JOIN c)` becomes `a JOIN b JOIN c`, or the other way."""
    select = pick_select(rng, query)
    if select is None:
        return False
    for at, join in enumerate(select.joins):
        if join.nested:
            nested, join.nested = join.nested, []
            select.joins[at + 1: at + 1] = nested
            return True
    if len(select.joins) == 3 and select.joins[1].on and select.joins[2].on:
        select.joins[1].nested = [select.joins.pop(2)]
        return True
    return False


def swap_relations(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or len(select.joins) < 2 or select.joins[1].nested:
        return False
    first, second = select.joins[0], select.joins[1]
    first.relation, second.relation = second.relation, first.relation
    return True


def change_using(rng, query, _generator):
    select = pick_select(rng, query)
    joins = [join for join in all_joins(select) if join.using] if select else []
    if not joins:
        return False
    join = rng.choice(joins)
    if len(join.using) > 1 and rng.random() < 0.5:
        join.using.pop()
    elif rng.random() < 0.5:
        join.using, join.kind = [], "NATURAL " + join.kind
    else:
        left, right = select.joins[0].relation.alias, join.relation.alias
        join.on = " AND ".join(f"{left}.{name} = {right}.{name}" for name in join.using)
        join.using = []
    return True


def toggle_distinct(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or "ON" in select.distinct:
        return False
    select.distinct = "" if select.distinct else "DISTINCT"
    return True


def change_set_operation(rng, query, _generator):
    found = [part.body for part in query.queries() if isinstance(part.body, SetOperation)]
    if not found:
        return False
    body = rng.choice(found)
    if rng.random() < 0.4:
        body.left, body.right = body.right, body.left
    else:
        body.op = rng.choice(["UNION ALL", "UNION", "EXCEPT", "INTERSECT", "UNION ALL BY NAME", "UNION BY NAME"])
    return True


def drop_condition(rng, query, _generator):
    select = pick_select(rng, query)
    clauses = [clause for clause in [select.where, select.having, select.qualify] if clause] if select else []
    if not clauses:
        return False
    clause = rng.choice(clauses)
    clause.pop(rng.randrange(len(clause)))
    return True


def add_condition(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or not select.joins:
        return False
    alias = rng.choice(select.joins).relation.alias
    column = rng.choice("abcdk")
    select.where.append(rng.choice([f"{alias}.{column} IS NOT NULL", f"{column} IS NOT NULL", "1 = 1", "1 = 0"]))
    return True


def move_condition(rng, query, _generator):
    """From WHERE to ON."""
    select = pick_select(rng, query)
    if select is None or not select.where:
        return False
    joins = [join for join in select.joins if join.on is not None]
    if not joins:
        return False
    join = rng.choice(joins)
    join.on = f"{join.on} AND {select.where.pop()}"
    return True


def change_group(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None:
        return False
    if select.group is None:
        select.group = [rng.choice(["ALL", "1"])]
    elif rng.random() < 0.3:
        select.group = ["ALL"]
    elif len(select.group) > 1 and rng.random() < 0.6:
        select.group.pop()
    elif rng.random() < 0.5:
        select.group = [f"ROLLUP ({', '.join(select.group)})"]
    else:
        select.group.append(rng.choice(["a", "b", "1", "'x'"]))
    return True


def change_order(rng, query, _generator):
    part = rng.choice(list(query.queries()))
    if part.order and rng.random() < 0.4:
        if part.limit:
            rng.shuffle(part.order)
        else:
            part.order = []
    elif part.limit:
        part.limit = f"LIMIT {rng.randint(1, 4)}"
    elif part.columns:
        part.order = [f"{rng.randint(1, len(part.columns))} DESC"]
    return True


def rename_cte(rng, query, _generator):
    """A CTE under another name, which may be a table's."""
    owners = [part for part in query.queries() if part.ctes]
    if not owners:
        return False
    owner = rng.choice(owners)
    cte = rng.choice(owner.ctes)
    new = rng.choice(["renamed", "c1", "t", "v"])
    old, cte.name = cte.name, new
    for part in owner.queries():
        if isinstance(part.body, Select):
            for join in all_joins(part.body):
                if join.relation.name == old and rng.random() < 0.9:
                    join.relation.name = new
    return True


def shadow_table(rng, query, generator):
    """A CTE with a table's name captures the table, if something reads it."""
    table = rng.choice(list(generator.tables))
    columns = generator.tables[table]
    items = [Item(name, None, kind) for name, kind in columns]
    body = Select(items, [Join("", Relation(table, table))], where=rng.choice([[], [f"{columns[0][0]} > 0"]]))
    query.ctes.insert(0, Cte(table, Query(body, list(columns))))
    return not query.recursive


def reorder_ctes(rng, query, _generator):
    owners = [part for part in query.queries() if len(part.ctes) > 1]
    if not owners:
        return False
    rng.shuffle(rng.choice(owners).ctes)
    return True


def drop_cte(rng, query, _generator):
    owners = [part for part in query.queries() if part.ctes]
    if not owners:
        return False
    owner = rng.choice(owners)
    owner.ctes.pop(rng.randrange(len(owner.ctes)))
    return True


def inline_cte(rng, query, _generator):
    """The readers of a CTE get its query instead."""
    owners = [part for part in query.queries() if part.ctes and not part.recursive]
    if not owners:
        return False
    owner = rng.choice(owners)
    cte = owner.ctes[-1]
    if any(isinstance(part.body, Select) and any(j.relation.name == cte.name for j in all_joins(part.body))
           for part in cte.query.queries()):
        return False
    for part in [Query(owner.body, owner.columns)]:
        for inner in part.queries():
            if isinstance(inner.body, Select):
                for join in all_joins(inner.body):
                    relation = join.relation
                    if relation.name == cte.name and not relation.columns:
                        relation.name, relation.query, relation.columns = None, cte.query.copy(), list(cte.columns)
    owner.ctes.pop()
    return True


def wrap_relation(rng, query, _generator):
    """A relation becomes a subquery over itself: all of it, or a part."""
    select = pick_select(rng, query)
    joins = [j for j in all_joins(select) if j.relation.name and not j.relation.columns] if select else []
    if not joins:
        return False
    relation = rng.choice(joins).relation
    extra = rng.choice([[], [], [Item("1", "extra")]])
    body = Select([Item("*", None, "star"), *extra], [Join("", Relation(relation.name, relation.name))],
                  distinct=rng.choice(["", "", "DISTINCT"]))
    relation.query, relation.name = Query(body, []), None
    return True


def rename_relation(rng, query, _generator):
    """Another alias for a relation, here and in this SELECT's expressions."""
    select = pick_select(rng, query)
    joins = list(all_joins(select)) if select else []
    if not joins:
        return False
    relation = rng.choice(joins).relation
    old, new = relation.alias, rng.choice(["p", "o", "t"])
    relation.alias = new
    for place in texts(select):
        put(place, re.sub(rf"\b{old}\.", f"{new}.", get(place)))
    return True


def star_options(rng, query, _generator):
    select = pick_select(rng, query)
    stars = [item for item in select.items if item.kind == "star"] if select else []
    if not stars:
        return False
    rng.choice(stars).text = rng.choice(["*", f"* EXCLUDE ({rng.choice('abcdk')})",
                                         f"* REPLACE (1 AS {rng.choice('abcdk')})",
                                         f"* RENAME ({rng.choice('abcdk')} AS zz)"])
    return True


def expand_alias(rng, query, _generator):
    """A reference to an earlier alias is replaced by what it stands for."""
    select = pick_select(rng, query)
    if select is None:
        return False
    for at, item in enumerate(select.items):
        for other in select.items[at + 1:]:
            if item.alias and other.text == f"{item.alias} + 1":
                other.text = f"{item.text} + 1"
                return True
    return False


def change_window(rng, query, _generator):
    select = pick_select(rng, query)
    if select is None or not select.windows:
        return False
    if rng.random() < 0.5:
        name, spec = next(iter(select.windows.items()))
        for place in texts(select):
            text = get(place)
            if isinstance(text, str) and text is not spec:
                put(place, text.replace(f"OVER {name}", f"OVER ({spec})"))
        if not any("OVER w" in get(place) for place in texts(select)):
            select.windows = {}
        return True
    select.windows = {name: spec + " DESC" for name, spec in select.windows.items()}
    return True


EDITS = [
    change_number, change_comparison, change_arithmetic, change_aggregate, change_connective, change_column,
    change_name, change_function, change_cast, add_parentheses, drop_qualifier, spell_function, flip_comparison,
    change_join_in_text, shuffle_conditions, add_item, add_item, drop_item, swap_items, swap_aliases, change_alias,
    change_join, unnest_join, swap_relations, change_using, toggle_distinct, change_set_operation, drop_condition,
    add_condition, move_condition, change_group, change_order, rename_cte, shadow_table, reorder_ctes, drop_cte,
    inline_cte, wrap_relation, rename_relation, star_options, expand_alias, change_window,
]


def edited(rng, query, generator):
    """A copy with one to three edits, and their names."""
    changed = query.copy()
    names = []
    for _ in range(40):
        edit = rng.choice(EDITS)
        if edit(rng, changed, generator):
            names.append(getattr(edit, "__name__", "text"))
        if len(names) >= rng.choice([1, 1, 1, 2, 3]):
            break
    return changed, names
