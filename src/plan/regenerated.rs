//! What becomes of a query with macros, which SQLMesh writes in its dialect and reads again (`MacroEvaluator.transform`).
//!
//! In: an expression of such a query. Out: what sqlglot reads of the text that it writes of it, where that is another tree: DuckDB's
//! `IF(a, b, c)` comes back as CASE, `ROWS UNBOUNDED PRECEDING` as a frame with BETWEEN. The table (`regenerated.txt`, written by
//! `tests/oracle/regenerated.py`) has expressions with places for others in them; types are `belief`'s.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::dialect::Dialect;
use crate::lex::{TokenKind, lex_code};
use crate::project::{Body, Model};
use crate::sql::parse::on_deep_stack;
use crate::sql::tree::{Node, Op, Span, Tree};
use crate::{belief, sql};

use super::reading;
use super::side::{Side, Subqueries};

const TABLE: &str = include_str!("regenerated.txt");

/// The dialects that the table knows, in the order of [`TABLES`].
const DIALECTS: [&str; 13] = [
    "athena",
    "bigquery",
    "clickhouse",
    "databricks",
    "duckdb",
    "mysql",
    "postgres",
    "presto",
    "redshift",
    "snowflake",
    "spark",
    "trino",
    "tsql",
];
static TABLES: [OnceLock<Rewrites>; DIALECTS.len()] = [const { OnceLock::new() }; DIALECTS.len()];

/// Expressions with places, by what stands at their root, and what is written of them.
type Rewrites = BTreeMap<String, Vec<(Tree, Tree)>>;

/// What stands in the places of an expression.
type Places = BTreeMap<String, Tree>;

/// Does SQLMesh write the model's query anew: is there a macro or a variable in it?
pub(super) fn is_regenerated(model: &Model) -> bool {
    let Body::Sql(body) = &model.body else { return false };
    let text = body.query.and_then(|query| body.text.get(query.start..query.end)).unwrap_or_default();
    let tokens = lex_code(text, model.dialect.lexical());
    tokens.windows(2).any(|pair| match pair {
        [at, name] => at.is_symbol('@') && (name.kind == TokenKind::Word || name.is_symbol('{')),
        _ => false,
    }) || tokens.iter().any(|token| token.kind == TokenKind::Word && token.text(text).starts_with('@'))
}

fn rewrites(dialect: Dialect) -> Option<&'static Rewrites> {
    let at = DIALECTS.iter().position(|known| *known == dialect.name())?;
    Some(TABLES.get(at)?.get_or_init(|| on_deep_stack(|| read(DIALECTS[at], dialect))))
}

fn read(name: &str, dialect: Dialect) -> Rewrites {
    let mut rewrites = Rewrites::new();
    for line in TABLE.lines() {
        let parts = line.split_once(' ').and_then(|(dialects, rest)| Some((dialects, rest.split_once(" => ")?)));
        let Some((dialects, (from, to))) = parts else { continue };
        if !dialects.split(',').any(|known| known == name) {
            continue;
        }
        // What only sqlglot reads is none of the queries that are compared.
        if let (Ok(from), Ok(to)) = (sql::expression(from, dialect), sql::expression(to, dialect)) {
            let (from, to) = (without_spans(&from), without_spans(&to));
            let found = rewrites.entry(root(&from)).or_default();
            if fits(&from, &to, &mut Places::new()) {
                // It stays as it is once it is written so.
                found.push((to.clone(), to.clone()));
            }
            found.push((from, to));
        }
    }
    // An expression with fewer places for anything says more, and a larger one.
    for found in rewrites.values_mut() {
        found.sort_by_key(|(from, _)| (anything(from), Reverse(size(from))));
    }
    rewrites
}

fn root(tree: &Tree) -> String {
    match &tree.op {
        Op::Function(name) => format!("{name}/{}", tree.kids.len()),
        Op::Binary(op) => format!("{op}/{}", tree.kids.len()),
        op => format!("{:?}", std::mem::discriminant(op)),
    }
}

fn without_spans(tree: &Tree) -> Tree {
    Node::new(tree.op.clone(), tree.kids.iter().map(without_spans).collect(), Span::default())
}

fn size(tree: &Tree) -> usize {
    1 + tree.kids.iter().map(size).sum::<usize>()
}

fn anything(tree: &Tree) -> usize {
    usize::from(place(tree).is_some_and(|name| name.starts_with('q'))) + tree.kids.iter().map(anything).sum::<usize>()
}

/// The name of the place that an expression of the table is.
fn place(tree: &Tree) -> Option<String> {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Column, [name]) => name.ident().map(|name| name.to_lowercase()).filter(|name| is_place(name, 'q')),
        (Op::Number(text) | Op::Text(text), []) if text.len() == 5 && text.starts_with("9000") => {
            Some(text.to_string())
        }
        (Op::Text(text), []) => Some(text.to_string()).filter(|text| is_place(text, 't')),
        _ => None,
    }
}

fn is_place(name: &str, letter: char) -> bool {
    name.len() == 2 && name.starts_with(letter) && name.ends_with(|c: char| c.is_ascii_digit())
}

/// Is the tree the expression with something in its places?
fn fits(from: &Tree, tree: &Tree, places: &mut Places) -> bool {
    let Some(name) = place(from) else {
        let is_same = from.op == tree.op && from.kids.len() == tree.kids.len();
        return is_same && from.kids.iter().zip(&tree.kids).all(|(from, kid)| fits(from, kid, places));
    };
    let may_be = match name.as_bytes().first() {
        Some(b'9') => match &tree.op {
            Op::Number(_) => true,
            // How long an interval is.
            Op::Text(text) => text.parse::<u32>().is_ok(),
            _ => false,
        },
        Some(b't') => matches!(tree.op, Op::Text(_)),
        // What stands among arguments without being one.
        _ => !matches!(tree.op, Op::Other(_) | Op::Modifier(_) | Op::Distinct | Op::OrderItem(..) | Op::Filter),
    };
    may_be && places.entry(name).or_insert_with(|| tree.clone()) == tree
}

impl Side<'_> {
    /// The expression as it is read from what sqlglot writes of it, qualified; nothing where that is the same tree.
    pub(super) fn regenerated(&self, tree: &Tree, subqueries: Subqueries) -> Option<Tree> {
        let candidates = rewrites(self.dialect)?.get(&root(tree))?;
        candidates.iter().find_map(|(from, to)| {
            let mut places = Places::new();
            fits(from, tree, &mut places).then(|| self.filled(to, &places, subqueries))
        })
    }

    fn filled(&self, to: &Tree, places: &Places, subqueries: Subqueries) -> Tree {
        if let Some(found) = place(to).and_then(|name| places.get(&name)) {
            return self.qualified(found, subqueries);
        }
        if let Op::Text(text) = &to.op {
            return Node::leaf(Op::Text(with_texts(text, places).into()), to.span);
        }
        let kids: Vec<Tree> = to.kids.iter().map(|kid| self.filled(kid, places, subqueries)).collect();
        match (&to.op, to.kids.get(1).map(|of| &of.op)) {
            (Op::Cast(is_safe), Some(Op::Type(name))) => {
                let of = self.kind_of(name).map_or_else(|| reading::data_type(name, self.dialect).into(), Into::into);
                let of = Node::leaf(Op::Type(of), to.span);
                let value = kids.into_iter().take(1);
                Node::new(
                    Op::Cast(*is_safe || reading::casts_are_safe(self.dialect)),
                    value.chain([of]).collect(),
                    to.span,
                )
            }
            _ => self.finished(to, kids, subqueries),
        }
    }

    /// A type as it is read again.
    pub(super) fn regenerated_type(&self, read: belief::DataType) -> belief::DataType {
        if self.is_regenerated { belief::reread(&read, self.dialect) } else { read }
    }
}

/// A text with those of the places in it: `'$.t0'`.
fn with_texts(text: &str, places: &Places) -> String {
    places.iter().fold(text.to_owned(), |text, (name, tree)| match &tree.op {
        Op::Text(value) => text.replace(name, value),
        Op::Number(value) => text.replace(name, value),
        _ => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        for name in DIALECTS {
            let dialect = Dialect::parse(name).expect("a dialect");
            let lines =
                TABLE.lines().filter(|line| line.split(' ').next().is_some_and(|d| d.split(',').any(|d| d == name)));
            let found: usize = rewrites(dialect).expect("a table").values().map(Vec::len).sum();
            let all = lines.count();
            assert!(found * 10 > all * 9, "{name}: {found} of {all}");
        }
    }
}
