"""The places where two rendered queries differ, in the words of `--explain-sqlmesh`.

In: two trees of sqlglot's. Out: the steps that keep SQLMesh from taking one for the other with additions.
SQLMesh stops at the first difference that it comes to, in an order that isn't fixed; here all are told.
"""

CLAUSES = {"where": "WHERE", "having": "HAVING", "qualify": "QUALIFY"}


def steps(before, after):
    """What `_is_only_projection_additions` stumbles over: unsafe additions, and places that differ."""
    from sqlglot import exp
    from sqlmesh.core.model import definition

    found, selects = [], list(zip(before.find_all(exp.Select), after.find_all(exp.Select)))
    for old, new in selects:
        if is_extended(old, new):
            added = [projection for projection in new.expressions if projection not in old.expressions]
            if not all(map(definition._added_projection_preserves_cardinality, added)):
                found.append("set_returning_added")
            elif not definition._projections_only_safely_added(old, new):
                found.append("ordinals_shifted")
    step = found[0] if found else "queries_differ"
    return [[step, *sorted(set(places(before, after, "")))]]


def is_extended(old, new):
    """Are all projections of the one still there, in their order, beside others?"""
    rest = iter(new.expressions)
    return len(old.expressions) < len(new.expressions) and all(
        any(projection == other for other in rest) for projection in old.expressions
    )


def places(before, after, around):
    """All places; `around` tells which CTE or subquery this is."""
    from sqlglot import exp

    before, after = before.unnest(), after.unnest()
    old, new = before.ctes, after.ctes
    if [cte.alias for cte in old] != [cte.alias for cte in new]:
        yield f"the list of CTEs{around}"
    for was, is_ in zip(old, new):
        if was != is_:
            yield from places(was.this, is_.this, f" of the CTE `{is_.alias}`")
    if type(before) is not type(after):
        yield f"the form of the query{around}"
    elif isinstance(before, exp.Select):
        yield from of_select(before, after, around)
    elif isinstance(before, exp.SetOperation):
        yield from (place for side in ("this", "expression") for place in inside(before, after, side, around))
        others = [{key: value for key, value in tree.args.items() if key not in ("this", "expression", "with_")} for tree in (before, after)]
        if others[0] != others[1]:
            yield f"the set operation or what follows it{around}"
            yield f"ORDER BY, LIMIT or what follows the query{around}"
    elif before != after:
        yield f"the values{around}"


def inside(before, after, side, around):
    """The places in one side of a set operation."""
    if before.args[side] != after.args[side]:
        yield from places(before.args[side], after.args[side], around)


def of_select(before, after, around):
    """The places in a SELECT, but for its CTEs."""
    old, new = before.expressions, after.expressions
    for at in range(max(len(old), len(new))):
        if at >= len(old) or at >= len(new) or old[at] != new[at]:
            for projection in (*old[at : at + 1], *new[at : at + 1]):
                name = "a star" if projection.is_star else f"the projection `{projection.alias_or_name}`"
                yield f"{name}{around}"
    yield from of_relations(before, after, around)
    for key, clause in CLAUSES.items():
        if before.args.get(key) != after.args.get(key):
            yield f"{clause}{around}"
    if any(before.args.get(key) != after.args.get(key) for key in ("group", "distinct")):
        yield f"GROUP BY or DISTINCT{around}"
    told = {"expressions", "from_", "joins", "laterals", "group", "distinct", "with_", *CLAUSES}
    keys = (before.args.keys() | after.args.keys()) - told
    if any((before.args.get(key) or None) != (after.args.get(key) or None) for key in keys):
        yield f"ORDER BY, LIMIT or what follows the query{around}"


def of_relations(before, after, around):
    """The places in FROM, joins included."""
    from sqlglot import exp

    old, new = ([tree.args.get("from_"), *tree.args.get("joins", []), *tree.args.get("laterals", [])] for tree in (before, after))
    if len(old) != len(new):
        yield f"FROM and its joins{around}"
    for was, is_ in zip(old, new):
        if was == is_:
            continue
        alias = f" `{is_.alias_or_name}`" if is_ is not None and is_.alias_or_name else ""
        relations = [tree.this if isinstance(tree, (exp.From, exp.Join)) else tree for tree in (was, is_)]
        if all(isinstance(relation, exp.Subquery) for relation in relations) and relations[0].this != relations[1].this:
            yield from places(relations[0].this, relations[1].this, f" of the subquery{alias}")
        if relations[0] != relations[1]:
            yield f"the table{alias} in FROM{around}"
        if isinstance(is_, exp.Join):
            yield f"the join of{alias}{around}"
