//! `impact render`

use crate::pipeline::{Side, state_running};
use crate::report::escape;
use crate::source::{Tree, WorkTree, open_revision};
use crate::state::State;

use super::args::{ProjectArguments, RenderArguments};
use super::{Failure, output, printable, settings};

/// Prints a model's rendered query.
pub fn run(arguments: &RenderArguments) -> Result<bool, Failure> {
    let state = one_state(&arguments.project, arguments.rev.as_deref())?;
    let found = state.models.iter().find(|(name, _)| name.to_string().eq_ignore_ascii_case(&arguments.model));
    let Some((name, model)) = found else {
        return Err(Failure::new(format!("there is no model called '{}'", printable(&arguments.model)))
            .with_help("names are written schema.model; `impact lineage --format json` lists all"));
    };
    let Some(query) = &model.query else {
        let kind = printable(&model.model.kind.name);
        return Err(Failure::new(format!("{} ({kind}) has no SQL query to render", printable(&name.to_string()))));
    };
    for diagnostic in state.diagnostics.iter().filter(|found| found.location.path == model.model.path) {
        let place = &diagnostic.location;
        eprintln!("{}:{}:{}: {}", printable(&place.path), place.line, place.col, printable(&diagnostic.message));
    }
    let sql = &query.rendered.rendered.sql;
    output::write(None, &format!("{}\n", escape::visible_lines(sql.trim())))?;
    Ok(false)
}

/// The project at a revision, or in the work tree, analysed.
pub fn one_state(arguments: &ProjectArguments, revision: Option<&str>) -> Result<State, Failure> {
    let options = settings::load_options(arguments)?;
    let repository = settings::repository(arguments)?;
    let tree: Box<dyn Tree> = match revision {
        Some(revision) => Box::new(open_revision(&repository, revision)?),
        None => Box::new(WorkTree::open(&repository)?),
    };
    let (_, roots) = settings::project_roots(arguments, &repository, &*tree, &*tree)?;
    let interpreter = settings::interpreter(arguments)?;
    Ok(state_running(&Side { tree: &*tree, roots }, &options, interpreter.as_ref()))
}
