//! Small projects of random models: each reads the raw table or models before it.
//!
//! Column `x0` is carried from model to model as it is; the others are computed. A model is data, and its text is written
//! from it in one of several hands.

use proptest::prelude::*;

/// How many columns the raw table has.
pub const RAW_COLUMNS: usize = 4;

#[derive(Debug, Clone)]
pub struct Model {
    /// The model that it reads; `None` is the raw table. Always one before it.
    pub parent: Option<usize>,
    /// How `x1`, `x2`, … come from the parent's columns.
    pub values: Vec<Value>,
    pub shape: Shape,
    pub filter: Option<i32>,
}

#[derive(Debug, Clone)]
pub enum Value {
    Copy(usize),
    Plus(usize, i32),
    Coalesce(usize, usize),
    Case(usize, i32),
    RunningSum(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Plain,
    Star,
    Distinct,
    Grouped,
    UnionAll,
    Subquery,
    Limited,
}

/// How a text is written; none of it means anything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hand {
    pub lower: bool,
    pub lines: bool,
    pub comments: bool,
    pub alias: Option<&'static str>,
    pub explicit_as: bool,
}

fn value() -> impl Strategy<Value = Value> {
    let column = 0..RAW_COLUMNS;
    prop_oneof![
        column.clone().prop_map(Value::Copy),
        (column.clone(), -3..3).prop_map(|(column, n)| Value::Plus(column, n)),
        (column.clone(), column.clone()).prop_map(|(a, b)| Value::Coalesce(a, b)),
        (column.clone(), -3..3).prop_map(|(column, n)| Value::Case(column, n)),
        column.prop_map(Value::RunningSum),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    use Shape::*;
    prop::sample::select(vec![Plain, Plain, Star, Distinct, Grouped, UnionAll, Subquery, Limited])
}

fn model() -> impl Strategy<Value = Model> {
    let values = prop::collection::vec(value(), 1..RAW_COLUMNS);
    let filter = prop::option::of(-3..3);
    (any::<prop::sample::Index>(), values, shape(), filter).prop_map(|(parent, values, shape, filter)| Model {
        // Made to fit its place by `project`.
        parent: Some(parent.index(1000)),
        values,
        shape,
        filter,
    })
}

pub fn project() -> impl Strategy<Value = Vec<Model>> {
    prop::collection::vec(model(), 2..6).prop_map(|mut models| {
        for (at, model) in models.iter_mut().enumerate() {
            model.parent = model.parent.map(|parent| parent % (at + 1)).filter(|&parent| parent < at);
        }
        models
    })
}

pub fn hand() -> impl Strategy<Value = Hand> {
    let alias = prop::option::of(prop::sample::select(vec!["t", "src", "\"Quoted one\""]));
    (any::<bool>(), any::<bool>(), any::<bool>(), alias, any::<bool>())
        .prop_map(|(lower, lines, comments, alias, explicit_as)| Hand { lower, lines, comments, alias, explicit_as })
}

/// How many columns a model gives.
pub fn width(models: &[Model], at: Option<usize>) -> usize {
    match at.map(|at| &models[at]) {
        None => RAW_COLUMNS,
        Some(model) if model.shape == Shape::Star => width(models, model.parent),
        Some(model) => model.values.len() + 1,
    }
}

/// The model and everything that reads it.
pub fn descendants(models: &[Model], of: usize) -> Vec<usize> {
    let mut reached = vec![of];
    for (at, model) in models.iter().enumerate() {
        if model.parent.is_some_and(|parent| reached.contains(&parent)) {
            reached.push(at);
        }
    }
    reached
}

/// The project's files.
pub fn files(models: &[Model], hand: Hand) -> Vec<(String, String)> {
    let config = "model_defaults:\n  dialect: duckdb\ngateways:\n  local:\n    connection:\n      type: duckdb\n";
    let columns: String = (0..RAW_COLUMNS).map(|at| format!("    x{at}: INT\n")).collect();
    let external = format!("- name: raw.t\n  columns:\n{columns}");
    let mut files = vec![("config.yaml".to_owned(), config.to_owned()), ("external_models.yaml".to_owned(), external)];
    for at in 0..models.len() {
        let text = format!("MODEL (name shop.m{at}, kind FULL);\n{}\n", query(models, at, hand));
        files.push((format!("models/m{at}.sql"), text));
    }
    files
}

fn query(models: &[Model], at: usize, hand: Hand) -> String {
    let model = &models[at];
    let table = model.parent.map_or("raw.t".to_owned(), |parent| format!("shop.m{parent}"));
    let alias = hand.alias.unwrap_or("q");
    let known = width(models, model.parent);
    let column = |at: usize| format!("{alias}.x{}", at % known);
    let value = |value: &Value| match value {
        Value::Copy(at) => column(*at),
        Value::Plus(at, n) => format!("{} + {n}", column(*at)),
        Value::Coalesce(a, b) => format!("COALESCE({}, {})", column(*a), column(*b)),
        Value::Case(at, n) => format!("CASE WHEN {} > {n} THEN 1 ELSE 0 END", column(*at)),
        Value::RunningSum(at) => format!("SUM({}) OVER (PARTITION BY {alias}.x0)", column(*at)),
    };
    let mut outputs = vec![format!("{alias}.x0 AS x0")];
    for (at, found) in model.values.iter().enumerate() {
        let text = match (model.shape, found) {
            (Shape::Grouped, Value::Copy(read) | Value::Plus(read, _) | Value::Case(read, _)) => {
                format!("SUM({})", column(*read))
            }
            (Shape::Grouped, Value::Coalesce(read, _) | Value::RunningSum(read)) => format!("MAX({})", column(*read)),
            _ => value(found),
        };
        outputs.push(format!("{text} AS x{}", at + 1));
    }
    let outputs = outputs.join(", ");
    let filter = model.filter.map(|n| format!(" WHERE {alias}.x0 > {n}")).unwrap_or_default();
    let from = format!("FROM {table} AS {alias}{filter}");
    let text = match model.shape {
        Shape::Plain => format!("SELECT {outputs} {from}"),
        Shape::Star => format!("SELECT {alias}.* {from}"),
        Shape::Distinct => format!("SELECT DISTINCT {outputs} {from}"),
        Shape::Grouped => format!("SELECT {outputs} {from} GROUP BY {alias}.x0"),
        Shape::UnionAll => format!("SELECT {outputs} {from} UNION ALL SELECT {outputs} {from}"),
        Shape::Subquery => format!("SELECT * FROM (SELECT {outputs} {from}) AS inner_one"),
        Shape::Limited => format!("SELECT {outputs} {from} ORDER BY {alias}.x0 LIMIT 5"),
    };
    written(&text, hand)
}

fn written(text: &str, hand: Hand) -> String {
    const CLAUSES: [&str; 6] = [" FROM ", " WHERE ", " GROUP BY ", " ORDER BY ", " UNION ALL ", " LIMIT "];
    let mut text = text.to_owned();
    if !hand.explicit_as {
        text = text.replace(" AS x", " x");
    }
    for clause in CLAUSES.into_iter().filter(|_| hand.lines) {
        text = text.replace(clause, &format!("\n  {}", clause.trim_start()));
    }
    if hand.lower {
        for word in
            ["SELECT", "DISTINCT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "SUM", "COALESCE", "CASE", "WHEN", "AS"]
        {
            text = text.replace(&format!("{word} "), &format!("{} ", word.to_lowercase()));
            text = text.replace(&format!("{word}("), &format!("{}(", word.to_lowercase()));
        }
    }
    if hand.comments {
        text = format!("/* what follows */ {} -- and this was it", text.replace(", ", ", /* next */ "));
    }
    text
}
