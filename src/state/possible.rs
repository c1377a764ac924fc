//! Tables that code may read, by the names in its strings and in what it is called with.
//!
//! In: the literals of Python models ([`crate::project::python::PythonBody::strings`]), the calls in queries that are not
//! expanded, the texts of queries that can't be read, and the graph so far. Out: further edges of the graph. What code builds a name from can't be known, so this
//! finds what is written out, wholly or behind a schema that isn't (`f"{schema}.orders"`). A name is left out if it would
//! close a cycle: it then stands downstream, and more likely in a message than in a query.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::names::ModelName;
use crate::project::{Body, Model, Project, PythonMacro};
use crate::render::WHOLE_STATEMENT;
use crate::sql::tree::Name;

use super::{Catalog, RenderedQuery};

/// How many models with one name in different schemas a name without its schema stands for.
const MAX_SAME_NAMED: usize = 100;

type Edges = BTreeMap<ModelName, BTreeSet<ModelName>>;

/// Adds the possible parents of all models with code, and gives what was added to each.
pub(super) fn add(
    project: &Project,
    rendered: &BTreeMap<ModelName, Arc<RenderedQuery>>,
    edges: &mut Edges,
) -> BTreeMap<ModelName, BTreeSet<ModelName>> {
    let mut by_table: BTreeMap<&str, Vec<&ModelName>> = BTreeMap::new();
    for name in project.models.keys() {
        by_table.entry(name.table()).or_default().push(name);
    }
    let mut readers = readers(edges);
    let mut added = BTreeMap::new();
    for model in project.models.values() {
        let mut found = BTreeSet::new();
        for text in texts(project, model, rendered.get(&model.name).map(|query| &**query)) {
            named(text, model, project, &by_table, &mut found);
        }
        let known = edges.get(&model.name);
        found.retain(|name| *name != model.name && known.is_none_or(|known| !known.contains(name)));
        if found.is_empty() {
            continue;
        }
        let below = downstream(&model.name, &readers);
        found.retain(|name| !below.contains(name));
        for name in &found {
            readers.entry(name.clone()).or_default().push(model.name.clone());
        }
        edges.entry(model.name.clone()).or_default().extend(found.iter().cloned());
        added.insert(model.name.clone(), found);
    }
    added
}

/// The texts in which code may find the names of tables: its own literals, and the calls that reach it.
fn texts<'a>(project: &'a Project, model: &'a Model, query: Option<&'a RenderedQuery>) -> Vec<&'a str> {
    let own = match &model.body {
        Body::Python(body) => body.strings.iter().map(|text| &**text).collect(),
        // What isn't understood of a query may read every table that it names.
        Body::Sql(body) if query.is_none_or(|query| query.parsed().is_none()) => vec![&*body.text],
        _ => vec![],
    };
    let macros = project.macros_of(&model.name);
    let called = query.into_iter().flat_map(|query| &query.rendered.holes).flat_map(move |hole| {
        let name = hole.name.trim_start_matches('@').to_lowercase();
        let may_be_called = move |code: &&PythonMacro| code.name == name || &*hole.name == WHOLE_STATEMENT;
        let strings = macros.values().filter(may_be_called).flat_map(|code| &code.strings);
        strings.map(|text| &**text).chain([hole.given.as_deref().unwrap_or(&hole.text)])
    });
    // What can't be rendered of a template may call any macro for templates.
    let is_template = query.is_some_and(|query| query.rendered.holes.iter().any(|hole| hole.text.contains("{{")));
    let templates = is_template.then(|| project.jinja_macros_of(&model.name)).into_iter().flatten();
    own.into_iter().chain(called).chain(templates.map(|(_, text)| &**text)).collect()
}

pub(super) fn readers(edges: &Edges) -> BTreeMap<ModelName, Vec<ModelName>> {
    let mut readers: BTreeMap<ModelName, Vec<ModelName>> = BTreeMap::new();
    for (reader, parents) in edges {
        for parent in parents {
            readers.entry(parent.clone()).or_default().push(reader.clone());
        }
    }
    readers
}

/// The models whose names stand in a text.
fn named(
    text: &str,
    model: &Model,
    project: &Project,
    by_table: &BTreeMap<&str, Vec<&ModelName>>,
    found: &mut BTreeSet<ModelName>,
) {
    let none = BTreeMap::new();
    let default_catalog = project.config.default_catalog.as_deref();
    let catalog = Catalog { dialect: model.dialect, default_catalog, models: &none };
    for path in text.split(|c: char| !(c.is_alphanumeric() || "_.\"`@".contains(c))) {
        // A variable is a schema that isn't known.
        let path = path.rsplit_once('@').map_or(path, |(_, named)| named.find('.').map_or("", |at| &named[at..]));
        let parts = parts(path, model.dialect);
        if parts.len() < 2 {
            continue;
        }
        if let ([first, table, ..], true) = (parts.as_slice(), path.starts_with('.'))
            && first.is_empty()
        {
            let named = by_table.get(&**table).into_iter().flatten();
            found.extend(named.take(MAX_SAME_NAMED).map(|name| (*name).clone()));
        }
        for width in 2..=3 {
            let names = parts.windows(width).map(|window| catalog.name(window));
            found.extend(names.filter(|name| project.models.contains_key(name)));
        }
    }
}

fn parts(path: &str, dialect: Dialect) -> Vec<Name> {
    let part = |written: &str| -> Name {
        let bare = written.trim_matches(['"', '`']);
        dialect.normalize(bare, bare.len() < written.len()).into()
    };
    path.split('.').map(part).collect()
}

/// Everything that reads the model, directly or not.
pub(super) fn downstream(name: &ModelName, readers: &BTreeMap<ModelName, Vec<ModelName>>) -> BTreeSet<ModelName> {
    let mut found = BTreeSet::new();
    let mut pending = vec![name];
    while let Some(next) = pending.pop() {
        for reader in readers.get(next).into_iter().flatten() {
            if found.insert(reader.clone()) {
                pending.push(reader);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use crate::project::load::{LoadOptions, load};
    use crate::source::memory::MemoryTree;
    use std::sync::Arc;

    #[test]
    fn tables_named_in_calls_of_project_code_may_be_read() {
        let load_all =
            "from sqlmesh import macro\n\n@macro()\ndef load_all(evaluator, tables):\n    return evaluator.f(tables)\n";
        let from_b = "from sqlmesh import macro\n\n@macro()\ndef from_b(evaluator):\n    return evaluator.f('SELECT * FROM s.b')\n";
        let tree = MemoryTree::new(
            "test",
            [
                ("config.yaml", "model_defaults:\n  dialect: duckdb\n"),
                ("macros/__init__.py", ""),
                ("macros/load_all.py", load_all),
                ("macros/from_b.py", from_b),
                ("models/a.sql", "MODEL (name s.a); SELECT 1 AS a"),
                ("models/b.sql", "MODEL (name s.b); SELECT 1 AS b"),
                ("models/c.sql", "MODEL (name s.c); @load_all((s.a, s.b))"),
                ("models/d.sql", "MODEL (name s.d); SELECT x, @from_b() AS y FROM s.a"),
            ],
        );
        let state = State::new(Arc::new(load(&tree, "", &LoadOptions::default())), None);
        let parents = |name: &str| {
            let model = state.models.iter().find(|(found, _)| found.to_string() == name).expect("the model").1;
            model.parents.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(parents("s.c"), ["s.a", "s.b"]);
        assert_eq!(parents("s.d"), ["s.a", "s.b"]);
    }

    #[test]
    fn a_query_that_can_t_be_read_may_read_what_it_names() {
        let tree = MemoryTree::new(
            "test",
            [
                ("config.yaml", "model_defaults:\n  dialect: duckdb\n"),
                ("models/a.sql", "MODEL (name s.z); SELECT x FROM s.b WHERE ) ("),
                ("models/b.sql", "MODEL (name s.b); SELECT 1 AS x"),
            ],
        );
        let state = State::new(Arc::new(load(&tree, "", &LoadOptions::default())), None);
        let (_, model) = state.models.iter().find(|(name, _)| name.to_string() == "s.z").expect("the model");
        assert_eq!(model.parents.iter().map(ToString::to_string).collect::<Vec<_>>(), ["s.b"]);
    }

    fn parents(code: &str) -> Vec<String> {
        let config = "gateways:\n  local:\n    connection:\n      type: duckdb\nmodel_defaults:\n  dialect: duckdb\n";
        let python = format!(
            "from sqlmesh import model\n\n@model('s.p', columns={{'a': 'int'}})\ndef execute(context, **kwargs):\n{code}"
        );
        let tree = MemoryTree::new(
            "test",
            [
                ("config.yaml", config),
                ("models/a.sql", "MODEL (name s.a); SELECT 1 AS a"),
                ("models/b.sql", "MODEL (name s.b); SELECT a FROM s.p"),
                ("models/p.py", python.as_str()),
            ],
        );
        let state = State::new(Arc::new(load(&tree, "", &LoadOptions::default())), None);
        let model = state.models.iter().find(|(name, _)| name.to_string() == "s.p").expect("the model").1;
        model.parents.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tables_named_in_strings_may_be_read() {
        assert_eq!(parents("    return context.fetchdf('SELECT * FROM s.a AS x')\n"), ["s.a"]);
        assert_eq!(parents("    return context.fetchdf(f'SELECT * FROM {kwargs}.a')\n"), ["s.a"]);
        assert_eq!(parents("    return context.fetchdf('SELECT * FROM \"s\".\"a\"')\n"), ["s.a"]);
    }

    #[test]
    fn docstrings_other_names_and_readers_of_the_model_are_left_out() {
        assert_eq!(parents("    '''Like s.a.'''\n    return None\n"), [""; 0]);
        assert_eq!(parents("    return context.fetchdf('SELECT * FROM s.ab')\n"), [""; 0]);
        assert_eq!(parents("    raise ValueError('s.b can not be built')\n"), [""; 0]);
    }
}
