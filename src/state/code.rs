//! The queries in the code of Python models, resolved.
//!
//! In: an analysed [`State`] and a query as far as the code writes it out. Out: the problems that it has with the state's columns,
//! each at its place in the code. It is no part of the graph: what the code does with the answer isn't known.

use std::collections::BTreeSet;

use crate::diagnostic::Location;
use crate::project::python::{CodeQuery, Part, Piece};
use crate::render::{HOLE_PREFIX, quoted_identifier};
use crate::resolve::{ProblemKind, Resolved, resolve};
use crate::sql;
use crate::sql::tree::{Op, Span, Tree};

use super::{AnalysedModel, State};

/// A query of a Python model's code, as it is known.
pub struct CodeReading<'q> {
    pub resolved: Resolved,
    /// Every run of the model runs it, on the tables as this state has them.
    pub is_certain: bool,
    pieces: Vec<(usize, &'q Piece)>,
    fallback: Location,
}

impl State {
    /// `None` if it can't be read: what isn't known may stand for more than a value.
    pub fn code_query<'q>(&self, model: &AnalysedModel, query: &'q CodeQuery) -> Option<CodeReading<'q>> {
        let dialect = model.model.dialect;
        let mut text = String::new();
        let mut pieces = Vec::new();
        let mut holes = Vec::new();
        for part in &query.parts {
            match part {
                Part::Text(piece) => {
                    pieces.push((text.len(), piece));
                    text.push_str(&piece.text);
                }
                Part::Table(name) => {
                    let parts: Vec<String> = name.parts().iter().map(|part| quoted_identifier(part, dialect)).collect();
                    text.push_str(&parts.join("."));
                }
                Part::Hole { is_date } => {
                    let name = format!("{HOLE_PREFIX}{}_", holes.len());
                    text.push_str(&name);
                    holes.push((name, *is_date));
                }
            }
        }
        let tree = sql::query(&text, dialect).ok()?;
        let kinds = holes.iter().map(|(name, is_date)| Some((stands_for(&tree, name)?, *is_date)));
        let kinds: Vec<(Stand, bool)> = kinds.collect::<Option<_>>()?;
        let resolved = resolve(&tree, dialect, &self.catalog_of(&model.model));
        // A name in the text is that of a view, which still has the old columns when this runs; other tables have no state.
        let named: BTreeSet<_> = resolved.tables.iter().collect();
        let physical = query.parts.iter().filter_map(|part| match part {
            Part::Table(name) => Some(name),
            _ => None,
        });
        let is_certain = query.always
            && kinds.iter().all(|(stand, is_date)| *stand == Stand::InText && *is_date)
            && named == physical.collect();
        let fallback = pieces.first().map(|(_, piece)| piece.location.clone()).unwrap_or_default();
        Some(CodeReading { resolved, is_certain, pieces, fallback })
    }
}

impl CodeReading<'_> {
    /// Missing and ambiguous columns that aren't what a hole stands for.
    pub fn problems(&self) -> impl Iterator<Item = (&ProblemKind, Location)> {
        let about = |kind: &ProblemKind| match kind {
            ProblemKind::MissingColumn { column, .. } | ProblemKind::AmbiguousColumn { column, .. } => !is_hole(column),
            _ => false,
        };
        let found = self.resolved.problems.iter().filter(move |problem| about(&problem.kind));
        found.map(|problem| (&problem.kind, self.location(problem.span)))
    }

    /// Where a part of the query stands in the code.
    fn location(&self, span: Span) -> Location {
        let start = span.start as usize;
        let piece = self.pieces.iter().rev().find(|(at, piece)| *at <= start && start < at + piece.text.len());
        let Some((at, piece)) = piece else { return self.fallback.clone() };
        let range = start - at..(span.end as usize).saturating_sub(*at).min(piece.text.len());
        match piece.verbatim {
            true => piece.location.within(&piece.text, range),
            false => piece.location.clone(),
        }
    }
}

fn is_hole(name: &str) -> bool {
    name.to_lowercase().starts_with(HOLE_PREFIX)
}

/// What a hole turned out to be.
#[derive(PartialEq, Eq)]
enum Stand {
    /// Part of a text in quotes.
    InText,
    /// An expression, or the columns that a query gives.
    Column,
}

fn stands_for(tree: &Tree, hole: &str) -> Option<Stand> {
    let mut found = None;
    tree.walk(&mut |node| {
        match &node.op {
            Op::Text(text) | Op::Literal(_, text) if text.contains(hole) => found = Some(Stand::InText),
            Op::Column if node.idents().last().is_some_and(|name| name.eq_ignore_ascii_case(hole)) => {
                found = Some(Stand::Column);
            }
            _ => {}
        }
        found.is_none()
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::project::Body;
    use crate::project::load::{LoadOptions, load};
    use crate::source::memory::MemoryTree;
    use std::sync::Arc;

    /// The missing columns that a model's code names, with a `!` if every run comes by the query.
    fn missing(code: &str) -> Vec<String> {
        let python = format!(
            "from sqlmesh import model\n\nT = 's.a'\n\n@model('s.p', columns={{'a': 'int'}})\ndef execute(context, start, **kwargs):\n{code}"
        );
        let config = "gateways:\n  local:\n    connection:\n      type: duckdb\nmodel_defaults:\n  dialect: duckdb\n";
        let tree = MemoryTree::new(
            "test",
            [
                ("config.yaml", config),
                ("models/a.sql", "MODEL (name s.a); SELECT 1 AS a"),
                ("models/p.py", python.as_str()),
            ],
        );
        let state = State::new(Arc::new(load(&tree, "", &LoadOptions::default())), None);
        let model = state.models.iter().find(|(name, _)| name.to_string() == "s.p").expect("the model").1;
        let Body::Python(body) = &model.model.body else { panic!("not Python") };
        let readings = body.queries.iter().filter_map(|query| state.code_query(model, query));
        let told = readings.flat_map(|reading| {
            let name = |kind: &ProblemKind| match kind {
                ProblemKind::MissingColumn { column, .. } => column.to_string(),
                other => panic!("{other:?}"),
            };
            let sign = if reading.is_certain { "!" } else { "" };
            let told =
                reading.problems().map(|(kind, place)| format!("{}{sign} {}:{}", name(kind), place.line, place.col));
            told.collect::<Vec<_>>()
        });
        told.collect()
    }

    #[test]
    fn queries_that_every_run_comes_by_are_certain() {
        assert_eq!(
            missing("    return context.fetchdf(f\"SELECT b FROM {context.resolve_table('s.a')}\")\n"),
            ["b! 7:37"]
        );
        let named =
            "    t = context.resolve_table(T)\n    q = 'SELECT a, ' + f'b FROM {t}'\n    yield context.fetchdf(q)\n";
        assert_eq!(missing(named), ["b! 8:26"]);
        let date = "    t = context.resolve_table(T)\n    context.engine_adapter.fetchall(f\"SELECT b FROM {t} WHERE a > '{start.date()}'\")\n";
        assert_eq!(missing(date), ["b! 8:46"]);
    }

    #[test]
    fn what_a_run_may_pass_by_is_not_certain() {
        let t = "    t = context.resolve_table(T)\n";
        let run = "context.fetchdf(f'SELECT b FROM {t}')";
        assert_eq!(missing(&format!("{t}    if start:\n        {run}\n")), ["b 9:34"]);
        assert_eq!(missing(&format!("{t}    if start:\n        return\n    {run}\n")), ["b 10:30"]);
        assert_eq!(missing(&format!("{t}    return start and {run}\n")), ["b 8:47"]);
        assert_eq!(missing(&format!("{t}    return [{run} for x in start]\n")), ["b 8:38"]);
        assert_eq!(missing(&format!("{t}    try:\n        {run}\n    except Exception:\n        pass\n")), ["b 9:34"]);
    }

    #[test]
    fn names_in_the_text_are_views_with_a_state_of_their_own() {
        assert_eq!(missing("    context.fetchdf('SELECT b FROM s.a')\n"), ["b 7:29"]);
    }

    #[test]
    fn names_that_a_value_may_bring_in_are_left_alone() {
        let t = "    t = context.resolve_table(T)\n";
        for query in ["SELECT b FROM {t} {start}", "SELECT b FROM {start}", "WITH x AS ({start}) SELECT b FROM x"] {
            assert_eq!(missing(&format!("{t}    context.fetchdf(f'{query}')\n")), [""; 0], "{query}");
        }
        // Its own name isn't a column that is missing; one that it brings may be what is sorted by.
        assert_eq!(missing(&format!("{t}    context.fetchdf(f'SELECT {{start}} FROM {{t}}')\n")), [""; 0]);
        assert_eq!(
            missing(&format!("{t}    context.fetchdf(f'SELECT {{start}} FROM {{t}} ORDER BY b')\n")),
            ["b 8:56"]
        );
    }

    #[test]
    fn names_with_more_than_one_value_are_not_followed() {
        let code = "    t = context.resolve_table(T)\n    q = f'SELECT a FROM {t}'\n    if start:\n        q = f'SELECT b FROM {t}'\n    context.fetchdf(q)\n";
        assert_eq!(missing(code), [""; 0]);
        let code = "    T = start\n    t = context.resolve_table(T)\n    context.fetchdf(f'SELECT b FROM {t}')\n";
        assert_eq!(missing(code), [""; 0]);
    }
}
