//! `impact lineage`

use std::time::SystemTime;

use crate::report::lineage as report;
use crate::state::column_graph::{Direction, ProjectLineage};

use super::args::{Color, LineageArguments, LineageFormat};
use super::render::one_state;
use super::{Failure, output, printable, settings};

/// Prints the lineage of a column, a model, or the project.
pub fn run(arguments: &LineageArguments, color: Color) -> Result<bool, Failure> {
    let state = one_state(&arguments.project, arguments.rev.as_deref())?;
    let whole = ProjectLineage::new(&state);
    let direction = match (arguments.upstream, arguments.downstream) {
        (true, _) => Direction::Upstream,
        (_, true) => Direction::Downstream,
        _ => Direction::Both,
    };
    let focus = match &arguments.name {
        None => None,
        Some(name) => Some(whole.find(name).ok_or_else(|| {
            Failure::new(format!("there is no model or column called '{}'", printable(name)))
                .with_help("write schema.model or schema.model.column; without a name the whole project is shown")
        })?),
    };
    let on_terminal = settings::is_terminal(arguments.output.as_ref());
    let by_destination = if on_terminal { LineageFormat::Terminal } else { LineageFormat::Json };
    let text = match arguments.format.unwrap_or(by_destination) {
        LineageFormat::Terminal => {
            let color = settings::use_color(color, arguments.output.as_ref());
            report::terminal(&whole, focus.as_ref(), direction, color)
        }
        LineageFormat::Json => report::json(&whole.around(focus.as_ref(), direction)),
        LineageFormat::Mermaid => report::mermaid(&whole.around(focus.as_ref(), direction)),
        LineageFormat::Dot => report::dot(&whole.around(focus.as_ref(), direction)),
        LineageFormat::Openlineage => {
            report::openlineage(&whole.around(focus.as_ref(), direction), &arguments.namespace, SystemTime::now())
        }
    };
    output::write(arguments.output.as_ref(), &text)?;
    Ok(false)
}
