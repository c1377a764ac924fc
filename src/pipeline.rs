//! The stages in reading order.

use std::sync::Arc;

use rayon::ThreadPoolBuilder;

use crate::impact::{self, Analysis, Revision, Sides};
use crate::plan::{self, PlanOptions};
use crate::project::Project;
use crate::project::load::{LoadOptions, load};
use crate::source::Tree;
use crate::sql::parse::STACK_SIZE;
use crate::state::State;

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
    on_workers(|| {
        let (old, new) = rayon::join(|| project(before, options), || project(after, options));
        let old = State::new(Arc::new(old), None);
        let new = State::new(Arc::new(new), Some(&old));
        let plan = plan::predict(&old, &new, plan);
        let sides = Sides { before: &old, after: &new };
        impact::analyse(&sides, &plan, revision(before.tree), revision(after.tree))
    })
}

/// One state of a project, analysed.
pub fn state(side: &Side<'_>, options: &LoadOptions) -> State {
    on_workers(|| State::new(Arc::new(project(side, options)), None))
}

fn project(side: &Side<'_>, options: &LoadOptions) -> Project {
    let mut projects = side.roots.iter().map(|root| load(side.tree, root, options));
    let first = projects.next().unwrap_or_default();
    projects.fold(first, Project::join)
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
