//! `impact lineage`

use std::time::SystemTime;

use crate::report::lineage as report;
use crate::state::column_graph::{Direction, ProjectLineage};
use crate::state::undeclared::is_one_edit_apart;

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
        Some(name) => Some(whole.find(name).ok_or_else(|| not_found(&whole, name))?),
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

/// How many columns of a model are named, where none has the name that was asked for.
const MOST_NAMED: usize = 12;

/// What there is instead of the name: a column or model one slip away, else the columns of the model.
fn not_found(whole: &ProjectLineage, name: &str) -> Failure {
    let near = |known: &str, typed: &str| is_one_edit_apart(&known.to_lowercase(), &typed.to_lowercase());
    let table = name.rsplit_once('.').and_then(|(table, column)| Some((whole.find(table)?.model, column)));
    let Some((model, typed)) = table else {
        let failure = Failure::new(format!("there is no model or column called '{}'", printable(name)));
        return failure.with_help(match whole.models.keys().find(|known| near(known, name)) {
            Some(known) => format!("did you mean {}?", printable(known)),
            None => "write schema.model or schema.model.column; without a name the whole project is shown".to_owned(),
        });
    };
    let columns = whole.models.get(&model).map_or(&[][..], |lineage| &lineage.columns);
    let names: Vec<String> = columns.iter().take(MOST_NAMED).map(|(known, _)| printable(known)).collect();
    let failure = Failure::new(format!("{} has no column '{}'", printable(&model), printable(typed)));
    failure.with_help(match columns.iter().find(|(known, _)| near(known, typed)) {
        Some((known, _)) => format!("did you mean {}?", printable(known)),
        None if columns.is_empty() => "none of its columns is known: a star over a table that nothing declares, or code that only running it tells".to_owned(),
        None if columns.len() > MOST_NAMED => format!("its columns are {} and {} more", names.join(", "), columns.len() - MOST_NAMED),
        None => format!("its columns are {}", names.join(", ")),
    })
}
