//! What a hole's value depends on besides the call as written, as a hash.
//!
//! In: a hole of a model's query, the project, the parents' columns where they are known. Out: a print that changes
//! whenever the definition of what is called, a variable or a column that it may read changes. Never less than what
//! the code can read through SQLMesh; what it reads of the world outside can't be seen.

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::{Print, hash};
use crate::project::header::names_behind_at;
use crate::project::{Model, Project, PythonMacro, SqlBody, Statement};
use crate::render::{Hole, WHOLE_STATEMENT, is_date_variable};

use super::rendering::{squeezed, surroundings};

/// The surroundings of a model's holes.
pub(super) struct Behind<'p> {
    pub project: &'p Project,
    pub model: &'p Model,
    pub body: &'p SqlBody,
    /// The columns of everything that the model reads, once they are known.
    pub columns: Option<Print>,
}

impl Behind<'_> {
    /// May the hole's value depend on columns of tables?
    pub fn asks_for_columns(&self, hole: &Hole) -> bool {
        match self.called(hole) {
            Some(called) => called.reads_columns,
            None => is_whole_statement(hole) && self.macros().values().any(|found| found.reads_columns),
        }
    }

    /// Changes whenever the hole's value may, the call itself staying as it is.
    pub fn print(&self, hole: &Hole) -> Print {
        let columns = self.columns.filter(|_| self.asks_for_columns(hole));
        if is_whole_statement(hole) {
            return hash((self.everything(), columns));
        }
        hash((self.called(hole).map(|called| self.meaning(called)), self.mentioned(hole), columns))
    }

    fn meaning(&self, called: &PythonMacro) -> Print {
        hash((called.definition, self.variables(called)))
    }

    /// What variables and macros in the arguments stand for, definitions before the query included. A name that is none of
    /// those is a lambda's parameter, for which the query may hand over all that it names.
    fn mentioned(&self, hole: &Hole) -> Print {
        let call = hole.text.strip_prefix('@').unwrap_or(&hole.text);
        if !call.contains('@') {
            return hash(());
        }
        let text = |statement: &Statement| self.body.text.get(statement.start..statement.end).unwrap_or("");
        let definitions: Vec<&str> = self.body.pre_statements.iter().map(text).collect();
        let values: BTreeMap<String, String> = self.values().collect();
        let squeezed: Vec<String> = definitions.iter().map(|text| squeezed(text)).collect();
        let is_defined = |name: &str| {
            let start = format!("@def({name},");
            squeezed.iter().any(|text| text.to_lowercase().replace(' ', "").starts_with(&start))
        };
        let is_parameter = |name: &String| {
            let is_known = values.contains_key(name) || self.macros().contains_key(name) || is_date_variable(name);
            !is_known && !is_defined(name)
        };
        let query =
            self.body.query.as_ref().map(text).filter(|_| names_behind_at(call).any(|name| is_parameter(&name)));
        let texts = definitions.iter().copied().chain([call]).chain(query);
        let names: BTreeSet<String> = texts.flat_map(names_behind_at).collect();
        let reads_any = names.iter().any(|name| matches!(name.as_str(), "var" | "blueprint_var"));
        let variables: Vec<_> = values.iter().filter(|(name, _)| reads_any || names.contains(*name)).collect();
        let macros = names.iter().filter_map(|name| Some((name, self.meaning(self.macros().get(name)?))));
        hash((variables, macros.collect::<Vec<_>>(), &squeezed))
    }

    fn macros(&self) -> &BTreeMap<String, PythonMacro> {
        self.project.macros_of(&self.model.name)
    }

    fn called(&self, hole: &Hole) -> Option<&PythonMacro> {
        self.macros().get(&hole.name.trim_start_matches('@').to_lowercase())
    }

    /// The values of the variables that the macro may ask for.
    fn variables(&self, called: &PythonMacro) -> Vec<(String, String)> {
        self.values().filter(|(name, _)| called.reads_any_variable || called.variables.contains(name)).collect()
    }

    /// The values of all variables that the model can read, by lower-case name.
    fn values(&self) -> impl Iterator<Item = (String, String)> {
        let configured = self.project.variables_of(&self.model.name).iter();
        let configured = configured.map(|(name, value)| (name.clone(), value.to_string()));
        let gateway = self.project.gateway_of(&self.model.name).unwrap_or_default().to_owned();
        let blueprint = self.model.blueprint.iter().map(|(name, value)| (name.clone(), value.clone()));
        configured.chain([("gateway".to_owned(), gateway)]).chain(blueprint)
    }

    /// Everything that the rendering of a statement may depend on: which part of it, isn't known.
    fn everything(&self) -> Print {
        let text = |statement: &Statement| squeezed(self.body.text.get(statement.start..statement.end).unwrap_or(""));
        let definitions: Vec<String> = self.body.pre_statements.iter().map(text).collect();
        hash((surroundings(self.project, &self.model.name), &self.model.blueprint, self.model.dialect, definitions))
    }
}

fn is_whole_statement(hole: &Hole) -> bool {
    &*hole.name == WHOLE_STATEMENT
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{RenderedQuery, State};
    use crate::project::load::{LoadOptions, load};
    use crate::source::memory::MemoryTree;

    const CONFIG: &str =
        "gateways:\n  local:\n    connection:\n      type: duckdb\nmodel_defaults:\n  dialect: duckdb\n";

    /// The query of `s.q` with this text, and a macro `m` with this body.
    fn query(config: &str, parent: &str, text: &str, code: &str) -> Arc<RenderedQuery> {
        let config = format!("{CONFIG}{config}");
        let parent = format!("MODEL (name s.parent); {parent}");
        let text = format!("MODEL (name s.q); {text}");
        let code = format!("from sqlmesh import macro\n\n@macro()\ndef m(evaluator, *args):\n    {code}\n");
        let files = [
            ("config.yaml", config.as_str()),
            ("models/parent.sql", parent.as_str()),
            ("models/q.sql", text.as_str()),
            ("macros/m.py", code.as_str()),
        ];
        let state = State::new(Arc::new(load(&MemoryTree::new("test", files), "", &LoadOptions::default())), None);
        let model = state.models.iter().find(|(name, _)| name.to_string() == "s.q").expect("the model").1;
        model.query.as_ref().expect("a query").rendered.clone()
    }

    const ONE: &str = "SELECT 1 AS a";
    const TWO: &str = "SELECT 1 AS a, 2 AS b";
    const COLUMNS: &str = "return list(evaluator.columns_to_types('s.parent'))";

    #[track_caller]
    fn differ(before: Arc<RenderedQuery>, after: Arc<RenderedQuery>) {
        assert_eq!(before.rendered.sql, after.rendered.sql);
        assert_ne!(before.holes, after.holes);
    }

    #[test]
    fn a_hole_whose_code_reads_columns_changes_with_them() {
        let text = "SELECT @m(a) AS x FROM s.parent";
        differ(query("", ONE, text, COLUMNS), query("", TWO, text, COLUMNS));
        let by_string = "SELECT @m(a) AS x FROM s.other";
        differ(query("", ONE, by_string, COLUMNS), query("", TWO, by_string, COLUMNS));
        let code = "return 1";
        assert_eq!(query("", ONE, text, code).holes, query("", TWO, text, code).holes);
    }

    #[test]
    fn a_star_and_a_union_follow_the_columns_of_their_tables() {
        let check = |parent: &str, text: &str, expected: &str| {
            let rendered = &query("", parent, text, "return 1").rendered;
            assert_eq!((rendered.sql.as_str(), rendered.holes.len()), (expected, 0), "{text}");
        };
        let star = "SELECT @STAR(s.parent, p) FROM s.parent AS p";
        check(ONE, star, r#"SELECT CAST("p"."a" AS INT) AS "a" FROM s.parent AS p"#);
        check(TWO, star, r#"SELECT CAST("p"."a" AS INT) AS "a", CAST("p"."b" AS INT) AS "b" FROM s.parent AS p"#);
        check("SELECT x() AS a", star, r#"SELECT "p"."a" AS "a" FROM s.parent AS p"#);
        let union = "@UNION('distinct', s.parent, s.parent)";
        check(ONE, union, "SELECT CAST(a AS INT) AS a FROM s.parent UNION SELECT CAST(a AS INT) AS a FROM s.parent");
    }

    #[test]
    fn a_star_over_unknown_columns_is_a_hole() {
        let open = "SELECT * FROM s.nowhere";
        assert_eq!(query("", open, "SELECT @STAR(s.parent) FROM s.parent", "return 1").rendered.holes.len(), 1);
        assert_eq!(query("", ONE, "SELECT @STAR(s.nowhere) FROM s.nowhere", "return 1").rendered.holes.len(), 1);
    }

    #[test]
    fn a_hole_changes_with_the_variables_that_its_code_reads() {
        let with = |value: &str, code: &str| {
            query(&format!("variables:\n  x: {value}\n"), ONE, "SELECT @m(a) AS x FROM s.parent", code)
        };
        differ(with("1", "return evaluator.var('x')"), with("2", "return evaluator.var('x')"));
        differ(
            with("1", "return [e.var(n) for e in [evaluator] for n in 'x']"),
            with("2", "return [e.var(n) for e in [evaluator] for n in 'x']"),
        );
        differ(with("1", "return evaluator.locals"), with("2", "return evaluator.locals"));
        assert_eq!(with("1", "return 1").holes, with("2", "return 1").holes);
    }

    #[test]
    fn a_query_that_is_one_hole_changes_with_all_that_it_may_call() {
        let text = "SELECT a AS @m(b) FROM s.parent";
        differ(query("", ONE, text, "return 'x'"), query("", ONE, text, "return 'y'"));
        differ(
            query("variables:\n  x: 1\n", ONE, text, "return 'x'"),
            query("variables:\n  x: 2\n", ONE, text, "return 'x'"),
        );
        differ(query("", ONE, text, COLUMNS), query("", TWO, text, COLUMNS));
    }
}
