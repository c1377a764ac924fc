//! ClickHouse's `WITH expression AS name`: the expression stands wherever the name is asked for, also before a column of that
//! name. In the queries inside, and in the WITH, their own columns and aliases come first; there both readings are kept.

use super::super::tree::{Name, Node, Op, Tree};

/// As what the parser is given such an expression, inside of a common table expression.
const MARK: &str = "__impact_syntax_expression";

/// How many nodes expressions may add to a query: names that stand for names double with each.
const BUDGET: usize = 100_000;

/// The expressions of a WITH, by name.
#[derive(Default)]
pub(super) struct Named {
    expressions: Vec<(Name, Tree)>,
    budget: usize,
}

impl Named {
    pub(super) fn of(with: &Tree) -> Self {
        let mut named = Named { expressions: Vec::new(), budget: BUDGET };
        for cte in &with.kids {
            if let (Some(name), Some(expression)) = (cte.first().and_then(|kid| kid.ident()), expression_of(cte)) {
                let expression = named.put(expression, false);
                named.expressions.push((name.clone(), expression));
            }
        }
        named
    }

    pub(super) fn is_empty(&self) -> bool {
        self.expressions.is_empty()
    }

    /// The tree with expressions in the place of their names. `inside`: it is part of a query inside.
    pub(super) fn put(&mut self, tree: &Tree, inside: bool) -> Tree {
        if let Some(expression) = self.meant(tree, inside) {
            return expression;
        }
        if tree.kids.is_empty() {
            return tree.clone();
        }
        let inside = inside || tree.op == Op::Query;
        let hidden = self.hide_parameters(tree);
        let kids: Vec<Tree> = tree.kids.iter().map(|kid| self.put_in(tree, kid, inside)).collect();
        self.expressions.extend(hidden);
        tree.with_kids(kids)
    }

    fn put_in(&mut self, parent: &Tree, kid: &Tree, inside: bool) -> Tree {
        match self.meant(kid, inside).filter(|_| parent.op == Op::Projection) {
            // The column keeps the name.
            Some(expression) => {
                let name = kid.first().and_then(|name| name.ident()).cloned().unwrap_or_else(|| "".into());
                Node::new(Op::Alias(name), vec![expression], kid.span)
            }
            None => self.put(kid, inside),
        }
    }

    /// Takes away the names that are parameters of this lambda.
    fn hide_parameters(&mut self, tree: &Tree) -> Vec<(Name, Tree)> {
        if tree.op != Op::Lambda {
            return Vec::new();
        }
        let is_parameter = |name: &Name| tree.kids.iter().any(|kid| kid.ident() == Some(name));
        let (hidden, kept) =
            std::mem::take(&mut self.expressions).into_iter().partition(|(name, _)| is_parameter(name));
        self.expressions = kept;
        hidden
    }

    fn meant(&mut self, tree: &Tree, inside: bool) -> Option<Tree> {
        let [only] = tree.kids.as_slice() else { return None };
        let name = only.ident().filter(|_| tree.op == Op::Column)?;
        let (_, expression) = self.expressions.iter().rev().find(|(known, _)| known == name)?;
        self.budget = self.budget.checked_sub(expression.size())?;
        Some(match inside {
            true => Node::new(Op::Uncertain, vec![tree.clone(), expression.clone()], tree.span),
            false => expression.clone(),
        })
    }
}

/// Is it an expression with a name, not a query?
pub fn is_named_expression(cte: &Tree) -> bool {
    expression_of(cte).is_some()
}

fn expression_of(cte: &Tree) -> Option<&Tree> {
    let mut node = cte.kids.iter().find(|kid| kid.op == Op::Query)?;
    loop {
        let [.., only] = node.kids.as_slice() else { return None };
        match &only.op {
            Op::Select | Op::Projection | Op::Query => node = only,
            Op::Function(name) if name.eq_ignore_ascii_case(MARK) => return only.first(),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::{Dialect, Family};
    use crate::sql::tree::{Op, Tree};

    fn body(sql: &str) -> Tree {
        let tree = crate::sql::query(sql, Dialect::new(Family::ClickHouse)).expect("a query");
        tree.kids.iter().find(|kid| !matches!(kid.op, Op::With(_))).expect("a body").clone()
    }

    #[test]
    fn the_expression_stands_where_its_name_is_asked_for() {
        for (named, written) in [
            ("WITH 'x' AS k SELECT k, a FROM t", "SELECT 'x' AS k, a FROM t"),
            (
                "WITH abs(a) AS x, f(x) AS y SELECT y FROM t WHERE x > 1",
                "SELECT f(abs(a)) AS y FROM t WHERE abs(a) > 1",
            ),
            (
                "WITH (SELECT MAX(a) FROM t) AS m SELECT b FROM t WHERE a = m",
                "SELECT b FROM t WHERE a = (SELECT MAX(a) FROM t)",
            ),
            ("WITH 1 AS x SELECT x AS y UNION ALL SELECT x FROM t", "SELECT 1 AS y UNION ALL SELECT 1 AS x FROM t"),
        ] {
            assert_eq!(body(named), body(&format!("WITH z AS (SELECT 1) {written}")), "{named}");
        }
    }

    #[test]
    fn what_is_nearer_comes_first() {
        for (named, written) in [
            ("WITH 1 AS x SELECT arrayMap(x -> x + 1, a) AS y FROM t", "SELECT arrayMap(x -> 1 + 1, a) AS y FROM t"),
            ("WITH 1 AS x SELECT y FROM (SELECT x AS y FROM t) AS s", "SELECT y FROM (SELECT 1 AS y FROM t) AS s"),
            ("WITH 1 AS x SELECT (SELECT MAX(x) FROM t) AS y", "SELECT (SELECT MAX(1) FROM t) AS y"),
        ] {
            assert_ne!(body(named), body(&format!("WITH z AS (SELECT 1) {written}")), "{named}");
        }
        let (lambda, plain) = ("SELECT arrayMap(x -> x + 1, a) AS y FROM t", "WITH z AS (SELECT 1)");
        assert_eq!(body(&format!("WITH 1 AS x {lambda}")), body(&format!("{plain} {lambda}")));
    }

    #[test]
    fn names_for_names_for_names_end() {
        let doubled: Vec<String> = (1..60).map(|at| format!("x{} + x{} AS x{at}", at - 1, at - 1)).collect();
        let sql = format!("WITH 1 AS x0, {} SELECT x59", doubled.join(", "));
        assert!(body(&sql).size() < 1_000_000);
    }
}
