//! Tables that models may fill whose names only running code would tell.
//!
//! In: two analysed states. Out: the same, in which each table that somebody reads and that may be such a model's stands
//! as a model that can't be read, and so does each pattern of names as a whole. It changes whenever the file, the macros or the variables change that it may come
//! from, and whenever something changes that it may read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::names::ModelName;
use crate::project::unnamed::{Reads, Unnamed, digest};
use crate::project::{Body, Dependency, Header, Model, ModelKind};

use super::State;
use super::possible::{downstream, readers};

/// Two states with a stand-in for each table that an unnamed model may fill.
pub fn with_stand_ins(before: State, after: State) -> (State, State) {
    if before.project.unnamed.is_empty() && after.project.unnamed.is_empty() {
        return (before, after);
    }
    let read: BTreeSet<ModelName> = undefined(&before).chain(undefined(&after)).cloned().collect();
    let (old, new) = (stand_ins(&before, &after, &read), stand_ins(&after, &before, &read));
    if old.is_empty() && new.is_empty() {
        return (before, after);
    }
    let before = rebuilt(before, old, None);
    let after = rebuilt(after, new, Some(&before));
    (before, after)
}

fn rebuilt(mut state: State, added: BTreeMap<ModelName, Arc<Model>>, other: Option<&State>) -> State {
    Arc::make_mut(&mut state.project).models.extend(added);
    State::new(state.project, other)
}

/// The tables that are read and that nothing defines.
fn undefined(state: &State) -> impl Iterator<Item = &ModelName> {
    state.models.values().flat_map(|model| &model.parents).filter(|name| !state.models.contains_key(*name))
}

fn stand_ins(state: &State, other: &State, read: &BTreeSet<ModelName>) -> BTreeMap<ModelName, Arc<Model>> {
    let catalog = state.project.config.default_catalog.as_deref();
    // What the same file gave in the other state.
    let of_file = |name: &ModelName, unnamed: &Unnamed| {
        other.project.models.get(name).is_some_and(|model| model.path == unnamed.path)
    };
    let candidates: BTreeSet<&ModelName> = read.iter().chain(other.project.models.keys()).collect();
    let mut origins: BTreeMap<ModelName, Vec<&Unnamed>> = BTreeMap::new();
    for name in candidates.into_iter().filter(|name| !state.models.contains_key(*name)) {
        let may_give = |unnamed: &&Unnamed| {
            unnamed.name.may_name(name, catalog) && (read.contains(name) || of_file(name, unnamed))
        };
        let found: Vec<&Unnamed> = state.project.unnamed.iter().filter(may_give).collect();
        if !found.is_empty() {
            origins.insert(name.clone(), found);
        }
    }
    // All models of a pattern, also of those that nobody reads: under the pattern as a name.
    for unnamed in &state.project.unnamed {
        let name = ModelName::from_parts(unnamed.name.to_string().split('.'));
        if !state.models.contains_key(&name) {
            origins.entry(name).or_default().push(unnamed);
        }
    }
    models(state, &origins)
}

/// The stand-ins with what they may read, as far as that closes no cycle.
fn models(state: &State, origins: &BTreeMap<ModelName, Vec<&Unnamed>>) -> BTreeMap<ModelName, Arc<Model>> {
    let edges = state.models.iter().map(|(name, model)| (name.clone(), model.parents.clone())).collect();
    let mut readers = readers(&edges);
    let mut reads: BTreeMap<&str, Reads> = BTreeMap::new();
    for unnamed in origins.values().flatten() {
        reads.entry(&unnamed.path).or_insert_with(|| unnamed.reads());
    }
    let catalog = state.project.config.default_catalog.as_deref();
    let mut found = BTreeMap::new();
    for (name, from) in origins {
        let below = downstream(name, &readers);
        let may_read = |other: &&ModelName| {
            let is_named =
                |unnamed: &&Unnamed| reads.get(&*unnamed.path).is_some_and(|reads| reads.may_name(other, catalog));
            *other != name && !below.contains(*other) && from.iter().any(is_named)
        };
        let parents: Vec<ModelName> = state.models.keys().chain(origins.keys()).filter(may_read).cloned().collect();
        for parent in &parents {
            readers.entry(parent.clone()).or_default().push(name.clone());
        }
        found.extend(stand_in(name, from, parents).map(|model| (name.clone(), Arc::new(model))));
    }
    found
}

fn stand_in(name: &ModelName, from: &[&Unnamed], parents: Vec<ModelName>) -> Option<Model> {
    let first = from.first()?;
    let contents: Vec<_> = from.iter().map(|unnamed| unnamed.content).collect();
    let dependency = |model| Dependency { model, location: first.location.clone() };
    Some(Model {
        name: name.clone(),
        path: first.path.clone(),
        content: digest(&contents),
        location: first.location.clone(),
        dialect: first.dialect,
        header: Header::default(),
        kind: ModelKind::named(ModelKind::UNKNOWN),
        columns: None,
        depends_on: parents.into_iter().map(dependency).collect(),
        blueprint: BTreeMap::new(),
        gateway: None,
        body: Body::Unreadable,
    })
}

#[cfg(test)]
mod tests {
    use crate::impact::{Analysis, RowEffect};
    use crate::pipeline::{Side, analyze};
    use crate::project::load::LoadOptions;
    use crate::source::MemoryTree;

    type Files<'f> = Vec<(&'f str, &'f str)>;

    const MADE: &str = "MODEL (name s.@{customer}_made, blueprints @made()); SELECT @field AS f FROM s.raw_@{customer}";
    const CODE: &str = "from sqlmesh import macro\n\n@macro()\ndef made(evaluator):\n    return [f'(customer := {c}, field := a)' for c in 'xy']\n";

    fn files() -> Files<'static> {
        vec![
            ("config.yaml", "model_defaults:\n  dialect: duckdb\n"),
            ("macros/__init__.py", ""),
            ("macros/made.py", CODE),
            ("models/made.sql", MADE),
            ("models/raw_x.sql", "MODEL (name s.raw_x); SELECT 1 AS a"),
            ("models/reader.sql", "MODEL (name s.reader); SELECT f FROM s.x_made"),
            ("models/other.sql", "MODEL (name s.other); SELECT f FROM s.elsewhere"),
        ]
    }

    fn with<'f>(path: &'f str, text: &'f str) -> Files<'f> {
        let others = files().into_iter().filter(|(name, _)| *name != path);
        others.chain([(path, text)]).collect()
    }

    fn compared(before: Files<'_>, after: Files<'_>) -> Analysis {
        let (before, after) = (MemoryTree::new("before", before), MemoryTree::new("after", after));
        let side = |tree| Side { tree, roots: vec![String::new()] };
        analyze(&side(&before), &side(&after), &LoadOptions::default())
    }

    /// What happens to the rows of a model that reads one of the unnamed ones, and of one that doesn't.
    fn rows_of_readers(analysis: &Analysis) -> [RowEffect; 2] {
        ["s.reader", "s.other"].map(|name| {
            let found = analysis.models.iter().find(|model| model.name == name);
            found.map_or(RowEffect::Same, |model| model.rows.effect)
        })
    }

    #[track_caller]
    fn reaches_readers(path: &str, text: &str) {
        let unsure = [RowEffect::Unknown, RowEffect::Same];
        assert_eq!(rows_of_readers(&compared(files(), with(path, text))), unsure, "{path}");
        assert_eq!(rows_of_readers(&compared(with(path, text), files())), unsure, "{path} back");
    }

    #[test]
    fn nothing_changes_without_an_edit() {
        assert_eq!(rows_of_readers(&compared(files(), files())), [RowEffect::Same; 2]);
        let edited = with("models/other.sql", "MODEL (name s.other); SELECT f FROM s.elsewhere WHERE f > 1");
        assert_eq!(rows_of_readers(&compared(files(), edited)), [RowEffect::Same, RowEffect::Changed]);
    }

    #[test]
    fn whatever_the_unnamed_models_depend_on_reaches_their_readers() {
        reaches_readers("macros/made.py", &CODE.replace(":= a", ":= b"));
        reaches_readers("models/made.sql", &MADE.replace("AS f", "+ 1 AS f"));
        reaches_readers("models/raw_x.sql", "MODEL (name s.raw_x); SELECT 2 AS a");
        reaches_readers("config.yaml", "model_defaults:\n  dialect: duckdb\nvariables:\n  field: b\n");
        reaches_readers("models/made.sql", "MODEL (name s.unrelated); SELECT 1 AS f");
    }

    #[test]
    fn a_model_that_its_file_no_longer_names_may_still_be_there() {
        let written = "MODEL (name s.@{customer}_made, blueprints ((customer := x, field := a), (customer := z, field := a))); \
                       SELECT @field AS f FROM s.raw_x";
        reaches_readers("models/made.sql", written);
        let analysis = compared(with("models/made.sql", written), files());
        let changes: Vec<String> =
            analysis.models.iter().map(|model| format!("{} {:?}", model.name, model.change)).collect();
        assert_eq!(changes.first().map(String::as_str), Some("s.*_made Added"));
        assert_eq!(changes.get(2..), Some(["s.x_made Direct", "s.z_made Direct"].map(str::to_owned).as_slice()));
    }

    #[test]
    fn models_that_nobody_reads_are_listed_under_what_is_known_of_their_name() {
        let unread = |mut files: Files<'static>| {
            files.retain(|(path, _)| *path != "models/reader.sql");
            files
        };
        let mut after = unread(files());
        let code = CODE.replace(":= a", ":= b");
        after.retain(|(path, _)| *path != "macros/made.py");
        let after = after.into_iter().chain([("macros/made.py", code.as_str())]).collect();
        let analysis = compared(unread(files()), after);
        let found: Vec<_> = analysis.models.iter().map(|model| (model.name.to_string(), model.rows.effect)).collect();
        assert_eq!(found, [("s.*_made".to_owned(), RowEffect::Unknown)]);
    }

    #[test]
    fn models_of_python_whose_names_are_computed_reach_their_readers_too() {
        let code = |value: &str| {
            format!(
                "from sqlmesh import model\nfrom elsewhere import names\n\n@model('s.@{{customer}}_made', blueprints=names(), \
                 columns={{'f': 'int'}})\ndef execute(context, **kwargs):\n    return {value}\n"
            )
        };
        let (one, two) = (code("1"), code("2"));
        let with_code = |code| {
            let mut files = with("models/made.py", code);
            files.retain(|(path, _)| *path != "models/made.sql");
            files
        };
        let (one, two) = (with_code(&one), with_code(&two));
        assert_eq!(rows_of_readers(&compared(one, two)), [RowEffect::Unknown, RowEffect::Same]);
    }

    #[test]
    fn a_name_that_a_macro_makes_is_unknown() {
        let made = |value: &str| format!("MODEL (name @named('{value}')); SELECT 1 AS f");
        let (one, two) = (made("a"), made("b"));
        let (one, two) = (with("models/made.sql", &one), with("models/made.sql", &two));
        assert_eq!(rows_of_readers(&compared(one, two)), [RowEffect::Unknown; 2]);
    }
}
