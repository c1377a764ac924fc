"""Queries as plain data: what the generator builds, the edits change and the engine runs as text."""

import copy
from dataclasses import dataclass, field


@dataclass
class Item:
    """One item of a SELECT list; `kind` is the type of its value, or "star"."""

    text: str
    alias: str | None = None
    kind: str = "i"

    def render(self):
        return self.text if self.alias is None else f"{self.text} AS {self.alias}"


@dataclass
class Relation:
    """Something in FROM: a name, or a query in parentheses."""

    alias: str
    name: str | None = None
    query: "Query | None" = None
    text: str | None = None
    lateral: bool = False
    columns: list[str] = field(default_factory=list)
    suffix: str = ""

    def render(self):
        names = f"({', '.join(self.columns)})" if self.columns else ""
        if self.query is not None:
            return f"{'LATERAL ' if self.lateral else ''}({self.query.render()}){self.suffix} AS {self.alias}{names}"
        if self.text is not None:
            return f"{self.text} AS {self.alias}{names}"
        return f"{self.name} AS {self.alias}{names}" if self.alias != self.name or names else self.name


@dataclass
class Join:
    """How a relation is joined; the first of a FROM has the kind ""."""

    kind: str
    relation: Relation
    on: str | None = None
    using: list[str] = field(default_factory=list)
    nested: "list[Join]" = field(default_factory=list)

    def render(self):
        relation = self.relation.render()
        if self.nested:
            relation = "(" + " ".join([relation, *(join.render() for join in self.nested)]) + ")"
        text = f"{self.kind} {relation}".strip()
        if self.using:
            return f"{text} USING ({', '.join(self.using)})"
        return f"{text} ON {self.on}" if self.on is not None else text


@dataclass
class Select:
    """A SELECT."""

    items: list[Item]
    joins: list[Join]
    distinct: str = ""
    where: list[str] = field(default_factory=list)
    group: list[str] | None = None
    having: list[str] = field(default_factory=list)
    windows: dict[str, str] = field(default_factory=dict)
    qualify: list[str] = field(default_factory=list)

    def render(self):
        parts = ["SELECT", self.distinct, ", ".join(item.render() for item in self.items)]
        if self.joins:
            parts += ["FROM", " ".join(join.render() for join in self.joins).replace(" ,", ",")]
        for word, conditions in [("WHERE", self.where)]:
            parts += [word, " AND ".join(conditions)] if conditions else []
        if self.group is not None:
            parts += ["GROUP BY", ", ".join(self.group)]
        parts += ["HAVING", " AND ".join(self.having)] if self.having else []
        if self.windows:
            parts += ["WINDOW", ", ".join(f"{name} AS ({spec})" for name, spec in self.windows.items())]
        parts += ["QUALIFY", " AND ".join(self.qualify)] if self.qualify else []
        return " ".join(part for part in parts if part)


@dataclass
class Values:
    """VALUES."""

    rows: list[str]

    def render(self):
        return "VALUES " + ", ".join(self.rows)


@dataclass
class SetOperation:
    """Two queries combined."""

    op: str
    left: "Query"
    right: "Query"

    def render(self):
        return f"({self.left.render()}) {self.op} ({self.right.render()})"


@dataclass
class Cte:
    """A named query."""

    name: str
    query: "Query"
    columns: list[str] = field(default_factory=list)

    def render(self):
        names = f"({', '.join(self.columns)})" if self.columns else ""
        return f"{self.name}{names} AS ({self.query.render()})"


@dataclass
class Query:
    """A query with its CTEs, order and limit; `columns` are its outputs as (name, type)."""

    body: Select | SetOperation | Values
    columns: list[tuple[str, str]]
    ctes: list[Cte] = field(default_factory=list)
    recursive: bool = False
    order: list[str] = field(default_factory=list)
    limit: str = ""

    def render(self):
        parts = []
        if self.ctes:
            parts.append("WITH RECURSIVE" if self.recursive else "WITH")
            parts.append(", ".join(cte.render() for cte in self.ctes))
        parts.append(self.body.render())
        if self.order:
            parts.append("ORDER BY " + ", ".join(self.order))
        parts.append(self.limit)
        return " ".join(part for part in parts if part)

    def copy(self):
        return copy.deepcopy(self)

    def queries(self):
        """This query and all inside it that are kept as data."""
        yield self
        for cte in self.ctes:
            yield from cte.query.queries()
        if isinstance(self.body, SetOperation):
            yield from self.body.left.queries()
            yield from self.body.right.queries()
        if isinstance(self.body, Select):
            for join in all_joins(self.body):
                if join.relation.query is not None:
                    yield from join.relation.query.queries()

    def selects(self):
        """Every SELECT in it."""
        return [query.body for query in self.queries() if isinstance(query.body, Select)]


def all_joins(select):
    """The joins of a SELECT, nested ones included."""
    for join in select.joins:
        yield join
        yield from join.nested
