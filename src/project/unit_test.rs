//! Unit tests: YAML files below `tests/` that give a model rows and name the rows that it should make of them.
//!
//! In: the files that SQLMesh would load (`test*.yaml`, `test*.yml`). Out: for each test the tables, CTEs and columns that it
//! names, with their places. The values in the rows are left alone.

use std::sync::Arc;

use super::config::yaml;
use super::context::{Context, Output};
use super::literal::{Literal, Value};
use super::{codes, external, files};
use crate::diagnostic::Location;
use crate::names::{ColumnName, ModelName};
use crate::source::Entry;

/// A unit test, as far as it names tables and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitTest {
    pub name: String,
    /// Where it names its model.
    pub location: Location,
    pub model: ModelName,
    /// The rows of the tables that the model reads.
    pub inputs: Vec<Fixture>,
    /// The rows expected of the CTEs; each table is a name of one part.
    pub ctes: Vec<Fixture>,
    /// The rows expected of the model.
    pub query: Option<Fixture>,
}

/// The rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixture {
    pub table: ModelName,
    pub location: Location,
    /// The columns that are named, each where it is first; empty if the rows come from a query or another file.
    /// Those of CSV text stand where the rows do.
    pub columns: Vec<NamedColumn>,
    /// Columns that the test declares itself, with types.
    pub declared: Vec<ColumnName>,
}

/// A column with the place that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedColumn {
    pub name: ColumnName,
    pub location: Location,
}

/// The files that hold unit tests.
pub(crate) fn entries<'a>(context: &Context<'a>) -> Vec<&'a Entry> {
    let is_test = |entry: &&Entry| entry.path.rsplit('/').next().is_some_and(|name| name.starts_with("test"));
    let of = |ending: &str| context.files("tests", ending).into_iter().filter(is_test).collect::<Vec<_>>();
    of(".yaml").into_iter().chain(of(".yml")).collect()
}

/// Reads one file.
pub(crate) fn load(context: &Context<'_>, entry: &Entry) -> Output {
    let mut output = Output::default();
    let Some(text) = context.text(entry, &mut output) else { return output };
    // What a template makes of the file depends on its variables.
    if let Some(line) = text.lines().position(|line| line.contains("{%")) {
        let place = files::line_location(&entry.path, line as u32 + 1);
        let message = "unit tests: a template writes them, so whether they fit isn't checked";
        output.warn(codes::TEST_OR_METRIC_UNREADABLE, place, message.to_owned());
        return output;
    }
    let parsed = yaml::render(&text, &std::collections::BTreeMap::new()).and_then(|text| yaml::parse(&text));
    match parsed {
        Ok(tests) => {
            let file = File { context, path: &entry.path, lines: text.lines().collect() };
            output.tests.extend(tests.entries().iter().filter_map(|(name, test)| file.test(name, test)).map(Arc::new));
        }
        Err(error) => {
            let place = files::line_location(&entry.path, error.line);
            let message = format!("unit tests: {}", error.message);
            match files::is_template(&text) {
                true => output.warn(codes::TEST_OR_METRIC_UNREADABLE, place, message),
                false => output.refuse(codes::TEST_OR_METRIC_UNREADABLE, place, message),
            }
        }
    }
    output
}

struct File<'a> {
    context: &'a Context<'a>,
    path: &'a Arc<str>,
    lines: Vec<&'a str>,
}

impl File<'_> {
    fn test(&self, name: &str, test: &Literal) -> Option<UnitTest> {
        let model = test.given("model")?;
        let inputs = test.given("inputs").map(Literal::entries).unwrap_or_default();
        let outputs = test.given("outputs");
        let ctes = outputs.and_then(|outputs| outputs.given("ctes")).map(Literal::entries).unwrap_or_default();
        let own = self.table(model.text()?)?;
        let query = outputs.and_then(|outputs| outputs.given("query"));
        Some(UnitTest {
            name: name.to_owned(),
            location: self.place("model", model.line),
            inputs: inputs.iter().filter_map(|(name, rows)| self.fixture(self.table(name)?, name, rows)).collect(),
            ctes: ctes.iter().filter_map(|(name, rows)| self.fixture(self.cte(name), name, rows)).collect(),
            query: query.and_then(|rows| self.fixture(own.clone(), "query", rows)),
            model: own,
        })
    }

    fn table(&self, written: &str) -> Option<ModelName> {
        let config = self.context.config;
        self.context.model_name(written, config.dialect, config.default_catalog.as_deref())
    }

    fn cte(&self, written: &str) -> ModelName {
        ModelName::from_parts([external::column_name(written, self.context.config.dialect)])
    }

    fn fixture(&self, table: ModelName, key: &str, values: &Literal) -> Option<Fixture> {
        if let Some(columns) = self.csv_columns(values) {
            return Some(Fixture { table, location: self.place(key, values.line), columns, declared: vec![] });
        }
        let rows = match &values.value {
            Value::List(_) => Some(values),
            Value::Map(_) => values.given("rows"),
            _ => return None,
        };
        let dialect = self.context.config.dialect;
        let mut columns: Vec<NamedColumn> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (key, value) in rows.into_iter().flat_map(Literal::elements).flat_map(Literal::entries) {
            let name: ColumnName = external::column_name(key, dialect).into();
            if seen.insert(name.clone()) {
                columns.push(NamedColumn { name, location: self.place(key, value.line) });
            }
        }
        let declared = values.given("columns").map(Literal::entries).unwrap_or_default();
        let declared = declared.iter().map(|(name, _)| external::column_name(name, dialect).into()).collect();
        Some(Fixture { table, location: self.place(key, values.line), columns, declared })
    }

    /// The columns of rows that are CSV text, read as pandas does by default.
    fn csv_columns(&self, values: &Literal) -> Option<Vec<NamedColumn>> {
        let is_csv = values.given("format")?.text()? == "csv" && values.given("csv_settings").is_none();
        let rows = values.given("rows").filter(|_| is_csv && values.given("path").is_none())?;
        let location = self.place("rows", rows.line);
        let mut reader = csv::Reader::from_reader(rows.text()?.trim_start().as_bytes());
        let dialect = self.context.config.dialect;
        let column =
            |name: &str| NamedColumn { name: external::column_name(name, dialect).into(), location: location.clone() };
        Some(reader.headers().ok()?.iter().map(column).collect())
    }

    /// Where a key stands whose value begins in this line or, if that is a block, in the lines before.
    fn place(&self, key: &str, line: u32) -> Location {
        let begins = |text: &str| {
            let text = text.trim_start_matches([' ', '-', '{', '"', '\'']);
            text.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        };
        let until = self.lines.get(..line as usize).unwrap_or_default();
        let recent = until.iter().rev().take(BLOCK_START);
        let back = recent.clone().position(|text| begins(text)).unwrap_or(0) as u32;
        let mut place = files::line_location(self.path, line.saturating_sub(back));
        if let Some(at) = until.iter().rev().nth(back as usize).and_then(|text| text.find(key)) {
            place.col = at as u32 + 1;
            place.end_col = place.col + key.chars().count() as u32;
        }
        place
    }
}

/// How many lines may lie between a key and the first line of its value: blank lines and comments.
const BLOCK_START: usize = 20;
