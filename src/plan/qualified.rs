//! Expressions as sqlglot's `qualify` leaves them.
//!
//! In: an expression of a resolved query. Out: the same with columns as alias and name, functions under their common
//! names, subqueries and calls of macros as hashes. Without SQLMesh's optimizer columns stay as written.

use std::sync::Arc;

use crate::dialect::{Dialect, Family};
use crate::resolve::{BlockId, BlockKind};
use crate::sql::tree::{END_LEFT_OUT, Name, Node, Op, Tree};
use crate::state::refused::is_column;

use super::cache::called_by;
use super::side::{Side, Subqueries};
use super::simplify::{boolean_mark, is_binary, is_comparison};
use super::{functions, modulo, reading, readings};

/// How deep an expression may nest, aliases put in, before the rest is compared as it stands.
const MAX_DEPTH: usize = 300;

impl Side<'_> {
    /// The expression with columns as names, functions under their common names, holes by what they stand for.
    pub(super) fn qualified(&self, tree: &Tree, subqueries: Subqueries) -> Tree {
        let key = Arc::as_ptr(tree) as usize;
        let memo = usize::from(subqueries == Subqueries::Exact);
        if let Some(done) = self.qualified.borrow()[memo].get(&key) {
            return done.clone();
        }
        if self.depth.get() >= MAX_DEPTH {
            return Node::leaf(Op::Other(format!("deep {:x}", tree.fingerprint()).into()), tree.span);
        }
        self.depth.set(self.depth.get() + 1);
        if self.is_regenerated
            && let Some(done) = self.regenerated(tree, subqueries)
        {
            self.depth.set(self.depth.get() - 1);
            self.qualified.borrow_mut()[memo].insert(key, done.clone());
            return done;
        }
        // A length that means nothing to the dialect means nothing to sqlglot.
        let read = if let Op::Type(_) = tree.op { &[][..] } else { &tree.kids };
        let kid = |(at, kid)| {
            if self.is_lambda_in(tree, kid) {
                return self.lambda(kid, subqueries);
            }
            self.unit(tree, at, kid).unwrap_or_else(|| self.qualified(kid, subqueries))
        };
        let kids: Vec<Tree> = read.iter().enumerate().map(kid).collect();
        self.depth.set(self.depth.get() - 1);
        let done = self.finished(tree, kids, subqueries);
        self.qualified.borrow_mut()[memo].insert(key, done.clone());
        done
    }

    /// An expression whose parts are done.
    pub(super) fn finished(&self, tree: &Tree, kids: Vec<Tree>, subqueries: Subqueries) -> Tree {
        let done = reading::spelled(&Node::new(self.operator(tree, subqueries), kids, tree.span), self.dialect);
        match &tree.op {
            Op::Bound(block, relation, name) => self.column(tree, *block, *relation, name),
            Op::Missing(_) | Op::Uncertain => self.unbound(tree).unwrap_or(done),
            Op::Cast(_) => self.cast(tree, done),
            Op::Not => self.negated(tree, done),
            Op::Like("RLIKE") => self.matched(done),
            Op::Binary(op) if matches!(&**op, "->" | "->>") => self.arrows(op, done),
            Op::Other(path) if path.starts_with(':') => self.json_access(done),
            Op::Binary(op) if matches!(&**op, "~" | "!~") && has_postgres_operators(self.dialect) => self.matched(done),
            Op::Binary(op) if matches!(&**op, "+" | "-" | "*" | "/") => {
                modulo::nested(tree, done, self.is_regenerated && self.dialect.family != Family::BigQuery)
            }
            Op::Binary(op) if done.kids.len() == 2 => match likeness(op) {
                Some(like) => Node::new(Op::Like(like), done.kids.clone(), done.span),
                None => done,
            },
            Op::Is(_) | Op::IsNull => of_last_operand(done),
            Op::Interval(_) => self.interval(tree, done),
            Op::Subscript if done.kids.len() == 2 => {
                let index = reading::index(self.dialect, &done.kids[1]);
                done.with_kids(vec![done.kids[0].clone(), index])
            }
            Op::Function(_) if is_column(tree, &self.query.rendered.rendered.sql, self.dialect) => {
                self.unbound(tree).unwrap_or(done)
            }
            Op::Function(name) => self.call(name, done),
            Op::Window if !self.is_regenerated => self.frame_as_written(tree, done),
            // It is always written with both ends.
            Op::Frame(_) if self.is_regenerated => {
                let ends = done.kids.iter().filter(|end| end.op != Op::Modifier(END_LEFT_OUT.into()));
                done.with_kids(ends.cloned().collect())
            }
            _ => done,
        }
    }

    fn operator(&self, tree: &Tree, subqueries: Subqueries) -> Op {
        match &tree.op {
            Op::Nested(id) if subqueries == Subqueries::Exact => {
                Op::Other(format!("query {:x}", self.block(*id)).into())
            }
            Op::Nested(_) => Op::Other("query".into()),
            Op::Hole(number) => {
                let print = self.query.rendered.holes.get(*number as usize).copied().unwrap_or_default();
                Op::Other(format!("hole {print:x}").into())
            }
            // MySQL's `||` is OR.
            Op::Binary(op) if &**op == "||" && !concatenates(self.dialect) => Op::Or,
            Op::Subscript if self.across_dialects || self.no_dialect => {
                let from = tree.kids.get(1).map_or("0", |index| reading::first_index(self.dialect, index));
                Op::Other(format!("subscript from {from}").into())
            }
            Op::TableFunction(name) if self.across_dialects || self.no_dialect => {
                let group = readings::group(name, &tree.kids, self.dialect);
                Op::TableFunction(format!("{name} {group}").into())
            }
            Op::Array => match reading::array_in_brackets(self.dialect) {
                Some(name) => Op::Function(name.into()),
                None => Op::Array,
            },
            Op::Binary(op) if &**op == "/" && !self.no_dialect => {
                Op::Binary(format!("/ {:?}", reading::division(self.dialect)).into())
            }
            Op::Text(text) => self.text(text, tree.span),
            Op::Literal(kind @ ("national" | "unicode" | "bytes" | "hex"), text) => {
                Op::Literal(kind, text.to_lowercase().into())
            }
            Op::Type(name) => Op::Type(reading::data_type(name, self.dialect).into()),
            Op::Quantified(..) if !self.is_regenerated && self.writes_some(tree) => {
                Op::Other(format!("{:?} of SOME", tree.op).into())
            }
            Op::OrderItem(descending, nulls) => {
                let first = nulls.unwrap_or_else(|| reading::nulls_first(self.dialect, *descending));
                // sqlglot has `desc=False` for ASC and nothing where neither is written.
                match self.strict && self.writes_asc(tree.span) {
                    true => Op::Other(format!("ASC, NULLs first: {first}").into()),
                    false => Op::OrderItem(*descending, Some(first)),
                }
            }
            op => op.clone(),
        }
    }

    fn column(&self, tree: &Tree, block: BlockId, relation: u32, name: &Name) -> Tree {
        let found = self.resolved.block(block).and_then(|block| match &block.kind {
            BlockKind::Select(select) => select.relations.get(relation as usize),
            _ => None,
        });
        let written = if self.optimized { None } else { self.written(tree.span) };
        let parts = written.unwrap_or_else(|| {
            let alias = found.and_then(|relation| relation.alias.clone());
            alias.into_iter().chain([name.clone()]).collect()
        });
        let mut kids: Vec<Tree> = parts.into_iter().map(|part| Node::leaf(Op::Ident(part), tree.span)).collect();
        let data_type = found.and_then(|relation| relation.schema.get(name)?.data_type.as_deref());
        kids.extend(
            (self.optimized && data_type == Some("BOOLEAN") && reading::has_truth(self.dialect))
                .then(|| boolean_mark(tree.span)),
        );
        Node::new(Op::Column, kids, tree.span)
    }

    /// A call under its common name, with its arguments in the common order.
    fn call(&self, name: &str, done: Tree) -> Tree {
        let arguments = done.kids.iter().filter(|kid| kid.op != Op::Distinct).count();
        if self.no_dialect {
            return self.call_in_no_dialect(name, done);
        }
        if let ("POSITION", [sought, within]) = (name, done.kids.as_slice())
            && let (Op::NamedArgument(word), [text]) = (&within.op, within.kids.as_slice())
            && &**word == "IN"
        {
            // Snowflake's differs from its other names in a detail that sqlglot notes.
            let (name, kids) = match self.dialect.family {
                Family::Snowflake => ("CHARINDEX", vec![sought.clone(), text.clone()]),
                _ => ("STRPOS", vec![text.clone(), sought.clone()]),
            };
            return self.call(name, Node::new(Op::Function(name.into()), kids, done.span));
        }
        if let ("DATE_PART" | "DATEPART", [unit, date]) = (name, done.kids.as_slice())
            && let Some(unit) = self.part_of_date(name, unit)
        {
            return Node::new(Op::Extract(unit.to_uppercase().into()), vec![date.clone()], done.span);
        }
        if let ("COALESCE", [columns @ .., last], true) = (name, done.kids.as_slice(), self.optimized)
            && matches!(&last.op, Op::Modifier(text) if text.starts_with("USING "))
        {
            // A column that a join merged, to sqlglot a call like any other.
            return Node::new(Op::Function(name.into()), columns.to_vec(), done.span);
        }
        if let (Some(of), Some(value)) = (self.cast_by_name(name), done.first()) {
            // Whatever else is handed to it is forgotten.
            let of = Node::leaf(Op::Type(of.into()), done.span);
            return Node::new(Op::Cast(false), vec![value.clone(), of], done.span);
        }
        if let (Family::Redshift, "ADD_MONTHS", [date, count]) = (self.dialect.family, name, done.kids.as_slice()) {
            let unit = Node::leaf(Op::Text("MONTH".into()), done.span);
            let kids = vec![unit, count.clone(), date.clone()];
            return self.call("DATEADD", Node::new(Op::Function("DATEADD".into()), kids, done.span));
        }
        if let (Family::MySql | Family::StarRocks, "STRING_AGG", [value, separator, rest @ ..]) =
            (self.dialect.family, name, done.kids.as_slice())
        {
            let separator = Node::new(Op::Other("SEPARATOR".into()), vec![separator.clone()], separator.span);
            let kids = [std::slice::from_ref(value), rest, &[separator]].concat();
            return self.call("GROUP_CONCAT", Node::new(Op::Function("GROUP_CONCAT".into()), kids, done.span));
        }
        // ClickHouse keeps the case of names, sqlglot doesn't look at it.
        let upper = name.to_uppercase();
        if let Some(call) = self.json_call(&upper, &done) {
            return call;
        }
        let (upper, group, dialect) = match self.across_dialects {
            // What both read alike has one name, whatever else each calls so.
            true => {
                let written = called_by(&done, &self.query.rendered.rendered.sql, self.dialect);
                (written.unwrap_or(upper), self.group(&done), Dialect::new(Family::Generic))
            }
            false => (upper, 0, self.dialect),
        };
        let (name, order) = functions::canonical(&upper, arguments, dialect);
        let kids: Vec<Tree> = match order {
            Some(order) => order.iter().filter_map(|at| done.kids.get(*at).cloned()).collect(),
            None => done.kids.clone(),
        };
        let kids = if kids.len() == done.kids.len() { kids } else { done.kids.clone() };
        match name {
            "MOD" if arguments == 2 => {
                let operands = kids.iter().map(in_parentheses).collect();
                Node::new(Op::Binary("%".into()), operands, done.span)
            }
            // With a number of digits, and not with a unit of time, these are one.
            "TRUNCATE" if self.dialect.family == Family::Snowflake && has_digits(&kids) => {
                Node::new(Op::Function("TRUNC".into()), kids, done.span)
            }
            name if group > 0 => Node::new(Op::Function(format!("{name} {group}").into()), kids, done.span),
            name => Node::new(Op::Function(name.into()), kids, done.span),
        }
    }

    /// The type to which a call of that name casts (`build_as_cast`), always strictly, and whatever the dialect calls so.
    fn cast_by_name(&self, name: &str) -> Option<&'static str> {
        let of = match name {
            "BOOLEAN" => "BOOLEAN",
            "DATE" => "DATE",
            "DOUBLE" => "DOUBLE",
            "FLOAT" => "FLOAT",
            "INT" => "INT",
            "STRING" => "TEXT",
            "TIMESTAMP" => "TIMESTAMP",
            _ => return None,
        };
        matches!(self.dialect.family, Family::Spark | Family::Databricks).then_some(of)
    }

    /// A call under the name by which it is written, and what the dialect makes of it.
    fn call_in_no_dialect(&self, name: &str, done: Tree) -> Tree {
        let written = called_by(&done, &self.query.rendered.rendered.sql, self.dialect);
        let group = self.group(&done);
        // Every call has a mark there.
        let marked = matches!(self.dialect.family, Family::Redshift | Family::Oracle);
        let name = format!("{} {group} {marked}", written.as_deref().unwrap_or(name));
        Node::new(Op::Function(name.into()), done.kids.clone(), done.span)
    }

    /// The group of dialects that read a call alike, by the name by which it is written.
    fn group(&self, call: &Tree) -> usize {
        let written = called_by(call, &self.query.rendered.rendered.sql, self.dialect);
        written.map_or(0, |written| readings::group(&written, &call.kids, self.dialect))
    }

    /// The unit of a DATE_PART, in T-SQL a DATEPART, that sqlglot reads as EXTRACT; Snowflake's in quotes stays a text.
    fn part_of_date<'t>(&self, name: &str, unit: &'t Tree) -> Option<&'t str> {
        let takes_words = match name {
            "DATEPART" => matches!(self.dialect.family, Family::TSql | Family::Fabric),
            _ => matches!(self.dialect.family, Family::Snowflake | Family::Redshift),
        };
        match &unit.op {
            Op::Text(unit) if name == "DATE_PART" && has_postgres_operators(self.dialect) => Some(unit),
            Op::Literal("unit", unit) if takes_words => Some(unit),
            _ => None,
        }
    }

    /// `x RLIKE y` and `x ~ y`: the function.
    fn matched(&self, done: Tree) -> Tree {
        let is_negated = matches!(&done.op, Op::Binary(op) if &**op == "!~");
        let call =
            self.call("REGEXP_LIKE", Node::new(Op::Function("REGEXP_LIKE".into()), done.kids.clone(), done.span));
        if is_negated { Node::new(Op::Not, vec![call], done.span) } else { call }
    }

    /// How many nodes the expression has, written out.
    pub(super) fn size(&self, tree: &Tree) -> u64 {
        if tree.kids.is_empty() {
            return 1;
        }
        if let Some(size) = self.sizes.borrow().get(&tree.fingerprint()) {
            return *size;
        }
        let size = tree.kids.iter().fold(1u64, |sum, kid| sum.saturating_add(self.size(kid)));
        let (copied, times) = doubled(tree);
        let size = size.saturating_add(copied.map_or(0, |kid| self.size(kid)).saturating_mul(times));
        self.sizes.borrow_mut().insert(tree.fingerprint(), size);
        size
    }
}

/// What simplifying writes out more than once, and how many times more.
fn doubled(tree: &Tree) -> (Option<&Tree>, u64) {
    match &tree.op {
        Op::Between => (tree.first(), 1),
        Op::Case => (tree.first().filter(|kid| kid.op == Op::Operand), tree.kids.len() as u64),
        Op::Binary(_) => (tree.first().filter(|kid| matches!(kid.op, Op::Function(_))), 1),
        _ => (None, 0),
    }
}

/// `a = b IS NULL`, which sqlglot reads as `a = (b IS NULL)`.
fn of_last_operand(done: Tree) -> Tree {
    let Some(compared) = done.first() else { return done };
    match (&compared.op, compared.kids.as_slice()) {
        (Op::Binary(op), [left, right]) if is_comparison(op) => {
            compared.with_kids(vec![left.clone(), done.with_kids(vec![right.clone()])])
        }
        _ => done,
    }
}

/// Are `~` and DATE_PART those of Postgres?
pub(super) fn has_postgres_operators(dialect: Dialect) -> bool {
    matches!(dialect.family, Family::Postgres | Family::Redshift | Family::Materialize | Family::RisingWave)
}

/// The operators that are another spelling of LIKE.
fn likeness(operator: &str) -> Option<&'static str> {
    match operator {
        "~~" => Some("LIKE"),
        "!~~" => Some("NOT LIKE"),
        "~~*" => Some("ILIKE"),
        "!~~*" => Some("NOT ILIKE"),
        _ => None,
    }
}

/// `DPIPE_IS_STRING_CONCAT`
fn concatenates(dialect: Dialect) -> bool {
    !matches!(dialect.family, Family::MySql | Family::Doris | Family::StarRocks)
}

fn has_digits(arguments: &[Tree]) -> bool {
    matches!(arguments, [_, digits] if matches!(digits.op, Op::Number(_)))
}

/// As an operand of an operator that was a call.
fn in_parentheses(tree: &Tree) -> Tree {
    if is_binary(tree) { Node::new(Op::Paren, vec![tree.clone()], tree.span) } else { tree.clone() }
}
