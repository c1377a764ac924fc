//! Expressions as sqlglot's `qualify` leaves them.
//!
//! In: an expression of a resolved query. Out: the same with columns as alias and name, functions under their common
//! names, subqueries and calls of macros as hashes. Without SQLMesh's optimizer columns stay as written.

use std::sync::Arc;

use crate::dialect::{Dialect, Family};
use crate::lex::{Token, identifier_text, lex_code};
use crate::resolve::{BlockId, BlockKind};
use crate::sql::tree::{END_LEFT_OUT, Name, Node, Op, Span, Tree};
use crate::state::refused::is_column;

use super::cache::called_by;
use super::side::{Side, Subqueries};
use super::simplify::{boolean_mark, is_binary, is_comparison};
use super::{functions, modulo, reading, readings, units};

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

    /// sqlglot compares texts in dollars, raw ones and those with escapes by other nodes than plain texts, and without
    /// looking at case, as it does with all that isn't a plain text or a name (`Expression.__hash__`).
    fn text(&self, text: &Name, span: Span) -> Op {
        let sql = &self.query.rendered.rendered.sql;
        let at = self.tokens.partition_point(|token| token.start < span.start as usize);
        let written = sql.get(self.tokens.get(at).map_or(0, |token| token.start)..).unwrap_or_default();
        match written.as_bytes() {
            [b'$', ..] | [b'r' | b'R', b'\'' | b'"', ..] => Op::Literal("raw", text.to_lowercase().into()),
            [b'e' | b'E', b'\'', ..] => {
                let written = written.get(1..span.range().len()).unwrap_or_default();
                Op::Literal("bytes", in_any_case_but_escapes(written).into())
            }
            _ => Op::Text(text.clone()),
        }
    }

    /// A unit of time as it is written, also where a column has that name: sqlglot looks at its case.
    fn unit(&self, call: &Tree, at: usize, argument: &Tree) -> Option<Tree> {
        let takes_word = units::takes_word(call, at, self.dialect)?;
        let text = self.query.rendered.rendered.sql.get(argument.span.range())?;
        let tokens = lex_code(text, self.dialect.lexical());
        let [only] = tokens.as_slice() else { return None };
        let (word, _) = identifier_text(only, text);
        let op = match &argument.op {
            Op::Text(unit) => {
                let written = text.trim_matches(['\'', '"']);
                Op::Text(if written.eq_ignore_ascii_case(unit) { written.into() } else { unit.clone() })
            }
            Op::Literal("unit", unit) if !word.eq_ignore_ascii_case(unit) => return None,
            Op::Literal("unit", _) => Op::Literal("unit", word.into()),
            Op::Column | Op::Bound(..) | Op::Missing(_) | Op::Uncertain if takes_word => {
                Op::Literal("unit", word.into())
            }
            _ => return None,
        };
        Some(Node::leaf(op, argument.span))
    }

    /// Is an argument of a call an arrow behind a bare name?
    fn is_lambda_in(&self, call: &Tree, argument: &Tree) -> bool {
        let is_arrow = matches!(&argument.op, Op::Binary(op) if &**op == "->") && argument.kids.len() == 2;
        let sql = &self.query.rendered.rendered.sql;
        let is_bare = |tree: &Tree| {
            let is_column = matches!(tree.op, Op::Column | Op::Bound(..) | Op::Missing(_) | Op::Uncertain);
            is_column && !sql.get(tree.span.range()).unwrap_or_default().contains('.')
        };
        matches!(call.op, Op::Function(_)) && is_arrow && argument.first().is_some_and(is_bare)
    }

    /// `f(a -> b)`, which sqlglot takes for a function of `a`, whatever it is.
    fn lambda(&self, tree: &Tree, subqueries: Subqueries) -> Tree {
        let kids = tree.kids.iter().map(|kid| self.qualified(kid, subqueries)).collect();
        Node::new(Op::Other("lambda".into()), kids, tree.span)
    }

    /// SOME, behind which sqlglot keeps a query without its parentheses.
    fn writes_some(&self, tree: &Tree) -> bool {
        let sql = &self.query.rendered.rendered.sql;
        let Some(query) = tree.kids.last() else { return false };
        let before = self.tokens.partition_point(|token| token.start < query.span.start as usize);
        let mut words = self.tokens.get(..before).unwrap_or_default().iter().rev();
        words.find(|token| !token.is_symbol('(')).is_some_and(|token| token.is_word(sql, "SOME"))
    }

    fn writes_asc(&self, span: Span) -> bool {
        let text = self.query.rendered.rendered.sql.get(span.range()).unwrap_or_default();
        lex_code(text, self.dialect.lexical()).iter().any(|token| token.text(text).eq_ignore_ascii_case("asc"))
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

    /// `INTERVAL 2 DAYS`, which sqlglot tells apart from `INTERVAL 2 DAY`.
    fn interval(&self, tree: &Tree, done: Tree) -> Tree {
        let Op::Interval(unit) = &done.op else { return done };
        if self.is_regenerated && !reading::writes_plural_units(self.dialect) {
            return done;
        }
        let text = self.query.rendered.rendered.sql.get(tree.span.range()).unwrap_or_default().to_uppercase();
        let plural = format!("{unit}S");
        let is_plural = !unit.is_empty() && text.trim_end_matches('\'').ends_with(&plural);
        if is_plural { Node::new(Op::Interval(plural.into()), done.kids.clone(), done.span) } else { done }
    }

    /// `ROWS n PRECEDING`, which sqlglot tells apart from `ROWS BETWEEN n PRECEDING AND CURRENT ROW`.
    fn frame_as_written(&self, tree: &Tree, done: Tree) -> Tree {
        let [call, window] = done.kids.as_slice() else { return done };
        let is_frame = |kid: &Tree| matches!(&kid.op, Op::Frame(bounds) if bounds.ends_with(" AND CURRENT ROW"));
        let Some(at) = window.kids.iter().position(is_frame) else { return done };
        let behind_call = tree.first().map_or(tree.span.start, |call| call.span.end) as usize;
        let text = self.query.rendered.rendered.sql.get(behind_call..tree.span.end as usize).unwrap_or_default();
        let tokens = lex_code(text, self.dialect.lexical());
        let unit = |token: &Token| ["ROWS", "RANGE", "GROUPS"].into_iter().any(|unit| token.is_word(text, unit));
        let follows = tokens.iter().rposition(unit).and_then(|at| tokens.get(at + 1));
        if follows.is_none_or(|token| token.is_word(text, "BETWEEN")) {
            return done;
        }
        let mut kids = window.kids.clone();
        if let Some(frame) = kids.get_mut(at)
            && let Op::Frame(bounds) = &frame.op
        {
            *frame = Node::new(Op::Frame(format!("{bounds} (short)").into()), frame.kids.clone(), frame.span);
        }
        done.with_kids(vec![call.clone(), window.with_kids(kids)])
    }

    /// `NOT LIKE` and `IS NOT DISTINCT FROM`, which sqlglot tells apart from NOT before a LIKE and before `IS DISTINCT FROM`.
    fn negated(&self, tree: &Tree, done: Tree) -> Tree {
        let Some(inner) = done.first().filter(|_| self.is_negated_inside(tree)) else { return done };
        if let (Some(Op::Is(_) | Op::IsNull), Op::Binary(_), [left, right]) =
            (tree.first().map(|kid| &kid.op), &inner.op, inner.kids.as_slice())
        {
            return inner.with_kids(vec![left.clone(), Node::new(Op::Not, vec![right.clone()], tree.span)]);
        }
        let op = match inner.op {
            Op::Like("LIKE") if self.dialect.family != Family::Snowflake => Op::Like("NOT LIKE"),
            Op::Like("ILIKE") if self.dialect.family != Family::Snowflake => Op::Like("NOT ILIKE"),
            Op::IsDistinct => Op::Binary("<=>".into()),
            _ => return done,
        };
        Node::new(op, inner.kids.clone(), tree.span)
    }

    /// Does the NOT stand behind the first operand of what it negates?
    fn is_negated_inside(&self, tree: &Tree) -> bool {
        let Some((operand, inner)) = tree.first().and_then(|inner| Some((inner.first()?, inner))) else { return false };
        let end = inner.kids.get(1).map_or(tree.span.end, |second| second.span.start) as usize;
        let first = self.tokens.partition_point(|token| token.start < operand.span.end as usize);
        let between = self.tokens.get(first..).unwrap_or_default().iter().take_while(|token| token.start < end);
        let sql = &self.query.rendered.rendered.sql;
        between.into_iter().any(|token| token.is_word(sql, "NOT"))
    }

    /// A column that isn't found, or in more than one place, as written.
    fn unbound(&self, tree: &Tree) -> Option<Tree> {
        let parts = self.written(tree.span)?.into_iter();
        Some(Node::new(Op::Column, parts.map(|part| Node::leaf(Op::Ident(part), tree.span)).collect(), tree.span))
    }

    /// The parts of a column's name as written there.
    fn written(&self, span: Span) -> Option<Vec<Name>> {
        let text = self.query.rendered.rendered.sql.get(span.range()).filter(|text| !text.is_empty())?;
        let tokens = lex_code(text, self.dialect.lexical());
        let names = tokens.iter().filter(|token| !token.is_symbol('.'));
        let name = |token: &Token| -> Name {
            let (name, quoted) = identifier_text(token, text);
            self.dialect.normalize(&name, quoted).into()
        };
        Some(names.map(name).collect())
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

/// A text with escapes, in lower case but for the letters that mean a character behind a backslash.
fn in_any_case_but_escapes(written: &str) -> String {
    let mut text = String::new();
    let mut letters = written.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(next @ ('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\'))) => {
                text.extend(['\0', *next]);
                letters.next();
            }
            _ => text.extend(letter.to_lowercase()),
        }
    }
    text
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

/// As an operand of an operator that was a call.
fn in_parentheses(tree: &Tree) -> Tree {
    if is_binary(tree) { Node::new(Op::Paren, vec![tree.clone()], tree.span) } else { tree.clone() }
}
