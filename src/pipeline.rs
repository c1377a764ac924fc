//! The stages in reading order.

use std::sync::Arc;

use rayon::ThreadPoolBuilder;

use crate::impact::{self, Analysis, Revision, Sides};
use crate::plan::{self, PlanOptions};
use crate::project::Project;
use crate::project::load::{LoadOptions, load_with};
use crate::project::memo::Memo;
use crate::source::Tree;
use crate::sql::parse::STACK_SIZE;
use crate::state::{State, with_stand_ins};
use crate::worker::{self, Interpreter};

/// One side of an analysis: a tree and the roots of the projects in it.
pub struct Side<'t> {
    pub tree: &'t dyn Tree,
    /// Folders; empty if the state has no project.
    pub roots: Vec<String>,
}

/// Compares two states of one project, for a plan without further options.
pub fn analyze(before: &Side<'_>, after: &Side<'_>, options: &LoadOptions) -> Analysis {
    analyze_for(before, after, options, &PlanOptions::default())
}

/// Compares two states of one project. `plan`: what is asked of SQLMesh.
pub fn analyze_for(before: &Side<'_>, after: &Side<'_>, options: &LoadOptions, plan: &PlanOptions) -> Analysis {
    analyze_running(before, after, options, plan, None)
}

/// The same; with an interpreter, after SQLMesh expanded what only running code would tell.
pub fn analyze_running(
    before: &Side<'_>,
    after: &Side<'_>,
    options: &LoadOptions,
    plan: &PlanOptions,
    interpreter: Option<&Interpreter>,
) -> Analysis {
    on_workers(|| {
        let memo = Memo::default();
        let mut old = named(before, options, interpreter, (true, &memo));
        let mut new = named(after, options, interpreter, (true, &memo));
        if let Some(interpreter) = interpreter {
            worker::expand_both(interpreter, options, &mut with(before, &mut old), &mut with(after, &mut new));
        }
        let old = State::new(Arc::new(old), None);
        let new = State::new(Arc::new(new), Some(&old));
        let loaded = as_loaded(&old, &new).map(|(old, new)| with_stand_ins(old, new));
        let (old, new) = with_stand_ins(old, new);
        let plan = match &loaded {
            Some((old, new)) => plan::predict(old, new, plan),
            None => plan::predict(&old, &new, plan),
        };
        let sides = Sides { before: &old, after: &new };
        let analysis = impact::analyse(&sides, &plan, revision(before.tree), revision(after.tree));
        // Giving two states back takes as long as writing the report; it needn't wait for that.
        rayon::spawn(move || drop((old, new)));
        analysis
    })
}

/// One state of a project, analysed.
pub fn state(side: &Side<'_>, options: &LoadOptions) -> State {
    state_running(side, options, None)
}

/// One state of a project, analysed; with an interpreter, after SQLMesh expanded what only running code would tell.
pub fn state_running(side: &Side<'_>, options: &LoadOptions, interpreter: Option<&Interpreter>) -> State {
    on_workers(|| {
        let mut project = named(side, options, interpreter, (false, &Memo::default()));
        if let Some(interpreter) = interpreter {
            worker::expand(interpreter, options, &mut with(side, &mut project));
        }
        State::new(Arc::new(project), None)
    })
}

/// Both states as SQLMesh loads them, where it expanded queries of which it isn't known that they are these in every run.
fn as_loaded(before: &State, after: &State) -> Option<(State, State)> {
    let is_known = |state: &State| state.project.expanded.as_ref().is_none_or(|known| *known == state.project.loaded);
    if is_known(before) && is_known(after) {
        return None;
    }
    let loaded = |state: &State| {
        let mut project = Project::clone(&state.project);
        project.expanded = Some(project.loaded.clone());
        State::new(Arc::new(project), Some(state))
    };
    let old = loaded(before);
    Some((old, loaded(after)))
}

fn with<'a>(side: &'a Side<'_>, project: &'a mut Project) -> worker::Revision<'a> {
    worker::Revision { tree: side.tree, roots: &side.roots, project }
}

fn project(side: &Side<'_>, options: &LoadOptions, memo: &Memo) -> Project {
    let mut projects = side.roots.iter().map(|root| load_with(side.tree, root, options, memo));
    let first = projects.next().unwrap_or_default();
    projects.fold(first, Project::join)
}

/// The project; with an interpreter, after SQLMesh told the blueprints that only code makes.
fn named(
    side: &Side<'_>,
    options: &LoadOptions,
    interpreter: Option<&Interpreter>,
    (holds_always, memo): (bool, &Memo),
) -> Project {
    let mut loaded = project(side, options, memo);
    let Some(interpreter) = interpreter else { return loaded };
    let (blueprints, failures) = worker::blueprints(interpreter, options, &mut with(side, &mut loaded), holds_always);
    if !blueprints.is_empty() {
        loaded = project(side, &LoadOptions { blueprints, ..options.clone() }, memo);
    }
    loaded.diagnostics.extend(failures);
    loaded
}

fn revision(tree: &dyn Tree) -> Revision {
    Revision { rev: tree.name().to_owned(), commit: tree.commit().map(str::to_owned) }
}

/// Runs the stages on threads whose stacks are deep enough for deeply nested queries.
fn on_workers<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match ThreadPoolBuilder::new().stack_size(STACK_SIZE).build() {
        Ok(pool) => pool.install(work),
        // Without threads of our own the work is done here; deep queries are then refused earlier.
        Err(_) => work(),
    }
}
