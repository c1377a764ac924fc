//! Where the recursive queries go that sqlglot writes for date spines in dialects that can't list dates otherwise.
//!
//! In: a statement with a mark in the place of each spine's source. Out: the statement with the marks replaced, and the
//! recursive queries in front of the outermost `SELECT` around them, as sqlglot's generator moves them.
//! Where it would have to be known how sqlglot walks its tree (spines at several depths) the statement is a hole.

use std::ops::Range;
use std::rc::Rc;

use crate::dialect::Family;
use crate::lex::TokenKind;

use super::codes;
use super::expand::{Expander, Step};
use super::fragment::{Fragment, Lexed};
use super::lambda::stop;

/// The mark of spine `N` is this name and the number.
const MARK: &str = "__impact_spine_";
/// How many spines are put in front of one query.
const MOST: usize = 200;
const SET_OPERATORS: &[&str] = &["union", "except", "intersect", "minus"];

/// A date spine whose source is a recursive query.
#[derive(Debug, Clone)]
pub(super) struct Spine {
    /// `date_day`
    pub column: String,
    /// `DAY`
    pub unit: String,
    /// The first and the last date.
    pub range: [String; 2],
    pub origin: Range<usize>,
}

/// A query that begins at a token: its common table expressions and the query behind them.
struct Shape {
    /// The insides of the parentheses.
    ctes: Vec<Range<usize>>,
    /// Behind `WITH` and `RECURSIVE`, if they stand there.
    names: usize,
    body: Range<usize>,
    is_one_select: bool,
}

impl Expander<'_> {
    /// The spine's own query, with a mark.
    pub fn marked(&mut self, spine: Spine) -> Fragment {
        let text = format!("SELECT {} FROM {MARK}{}", spine.projected(self.dialect().family), self.spines.len());
        let origin = spine.origin.clone();
        self.spines.push(spine);
        Fragment::made(text, origin)
    }

    /// Puts the recursive queries where they go.
    pub fn place_spines(&mut self, fragment: Fragment) -> Step<Fragment> {
        let Some(first) = self.spines.first() else { return Ok(fragment) };
        let origin = first.origin.clone();
        let lexed = self.lex(fragment)?;
        self.in_query(&lexed, 0..lexed.len(), true).ok_or_else(|| {
            stop(codes::NOT_EVALUATED, "where the recursive query of @DATE_SPINE goes isn't certain", origin)
        })
    }

    /// The query with its recursive queries in front of it.
    fn in_query(&self, lexed: &Rc<Lexed>, query: Range<usize>, is_statement: bool) -> Option<Fragment> {
        let marks = marks(lexed, &query);
        if marks.is_empty() {
            return Some(lexed.slice(&query));
        }
        let shape = shape(lexed, &query)?;
        if !shape.is_one_select {
            return self.in_tables(lexed, query, &shape, &marks);
        }
        let has_own_front = matches!(self.dialect().family, Family::TSql | Family::Fabric);
        if (has_own_front && !is_statement) || !are_alike(lexed, &shape, &marks) {
            return None;
        }
        let mut front = Fragment::default();
        let mut rest = Fragment::default();
        let mut copied = lexed.bytes(&(shape.names..query.end)).start;
        for (count, (at, spine)) in marks.into_iter().enumerate() {
            let spine = self.spines.get(spine)?;
            let name = if count == 0 { "_generated_dates".to_owned() } else { format!("_generated_dates_{count}") };
            let bytes = lexed.bytes(&(at..at + 1));
            if lexed.enclosing(at).open.is_none() && at > 4 && lexed.is_word(at - 3, "as") {
                // The outermost query's columns get no aliases.
                rest.push_slice(&lexed.fragment, copied..lexed.bytes(&(at - 4..at - 3)).end);
                copied = lexed.bytes(&(at - 2..at - 1)).end;
            }
            rest.push_slice(&lexed.fragment, copied..bytes.start);
            let selected = spine.projected(self.dialect().family);
            rest.push_made(&format!("(SELECT {selected} FROM {name}) AS {name}"), spine.origin.clone());
            copied = bytes.end;
            let separator = if count == 0 { "" } else { ", " };
            front.push_made(&format!("{separator}{}", spine.query(&name, self.dialect().family)), spine.origin.clone());
        }
        rest.push_slice(&lexed.fragment, copied..lexed.bytes(&query).end);
        let with = if has_own_front { "WITH " } else { "WITH RECURSIVE " };
        let mut placed = Fragment::made(with, front.origin(0..1));
        placed.push(&front);
        let separator = if shape.ctes.is_empty() { " " } else { ", " };
        placed.push_made(separator, front.origin(0..1));
        placed.push(&rest);
        Some(placed)
    }

    /// Each spine stands in a common table expression of its own, in front of a set operation.
    fn in_tables(
        &self,
        lexed: &Rc<Lexed>,
        query: Range<usize>,
        shape: &Shape,
        marks: &[(usize, usize)],
    ) -> Option<Fragment> {
        if marks.len() > MOST {
            return None;
        }
        let is_inside = |at: usize| shape.ctes.iter().any(|cte| cte.contains(&at));
        if !marks.iter().all(|&(at, _)| is_inside(at)) {
            return None;
        }
        let mut placed = Fragment::default();
        let mut copied = lexed.bytes(&query).start;
        for cte in &shape.ctes {
            let inside = lexed.bytes(cte);
            placed.push_slice(&lexed.fragment, copied..inside.start);
            placed.push(&self.in_query(lexed, cte.clone(), false).filter(|_| shape.body.start > cte.end)?);
            copied = inside.end;
        }
        placed.push_slice(&lexed.fragment, copied..lexed.bytes(&query).end);
        Some(placed)
    }
}

impl Spine {
    /// The column as it is selected: T-SQL's generator gives every column of an inner query an alias.
    fn projected(&self, family: Family) -> String {
        match family {
            Family::TSql | Family::Fabric => format!("{0} AS {0}", self.column),
            _ => self.column.clone(),
        }
    }

    /// `name(column) AS (…)`
    fn query(&self, name: &str, family: Family) -> String {
        let (column, unit) = (&self.column, &self.unit);
        let [start, end] = self.range.clone().map(|date| as_date(&date));
        let next = match family {
            Family::MySql => format!("CAST(DATE_ADD({column}, INTERVAL '1' {unit}) AS DATE)"),
            _ => format!("CAST(DATEADD({unit}, 1, {column}) AS DATE)"),
        };
        format!(
            "{name}({column}) AS (SELECT {start} AS {column} UNION ALL SELECT {next} FROM {name} WHERE {next} <= {end})"
        )
    }
}

/// sqlglot casts what isn't a cast to a date yet.
fn as_date(text: &str) -> String {
    let is_cast = text.starts_with("CAST(") && text.ends_with(" AS DATE)");
    if is_cast { text.to_owned() } else { format!("CAST({text} AS DATE)") }
}

/// The marks in these tokens, and which spines they stand for.
fn marks(lexed: &Lexed, tokens: &Range<usize>) -> Vec<(usize, usize)> {
    let number = |at: usize| lexed.text(at).strip_prefix(MARK).and_then(|number| number.parse().ok());
    let is_word = |at: &usize| lexed.kind(*at) == Some(TokenKind::Word);
    tokens.clone().filter(is_word).filter_map(|at| number(at).map(|spine| (at, spine))).collect()
}

/// Reads `WITH a AS (…), b AS (…) SELECT …`.
fn shape(lexed: &Lexed, query: &Range<usize>) -> Option<Shape> {
    let has_with = lexed.is_word(query.start, "with");
    let names = query.start + if has_with { 1 + usize::from(lexed.is_word(query.start + 1, "recursive")) } else { 0 };
    let (ctes, mut at) = if has_with { tables(lexed, names)? } else { (Vec::new(), names) };
    if !lexed.is_word(at, "select") {
        return None;
    }
    let body = at..query.end;
    let mut is_one_select = true;
    while at < query.end {
        is_one_select &= !lexed.is_any_word(at, SET_OPERATORS);
        at = lexed.behind(at);
    }
    Some(Shape { ctes, names, body, is_one_select })
}

/// The insides of `a AS (…), b (c) AS (…)`, and what comes behind them.
fn tables(lexed: &Lexed, mut at: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let mut ctes = Vec::new();
    loop {
        let named = if lexed.is_symbol(at + 1, '(') { lexed.behind(at + 1) } else { at + 1 };
        let close =
            lexed.partner(named + 1).filter(|_| lexed.is_word(named, "as") && lexed.is_symbol(named + 1, '('))?;
        ctes.push(named + 2..close);
        if !lexed.is_symbol(close + 1, ',') {
            return Some((ctes, close + 1));
        }
        at = close + 2;
    }
}

/// sqlglot counts spines level by level: is their order in the tree that of the text?
fn are_alike(lexed: &Lexed, shape: &Shape, marks: &[(usize, usize)]) -> bool {
    if marks.len() < 2 || marks.len() > MOST {
        return marks.len() < 2;
    }
    let is_plain = |cte: &Range<usize>| self::shape(lexed, cte).is_none_or(|inner| inner.is_one_select);
    shape.ctes.iter().all(is_plain)
        && marks.iter().all(|&(at, _)| {
            let open = lexed.enclosing(at).open;
            shape.ctes.iter().any(|cte| open.is_some_and(|open| open + 1 == cte.start))
        })
}
