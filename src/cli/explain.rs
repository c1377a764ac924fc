//! `impact explain`

use crate::changes::{RULES, rule};

use super::{Failure, output, printable};

/// Prints the page of a code, or the list of all.
pub fn run(code: Option<&str>) -> Result<bool, Failure> {
    let text = match code {
        None => RULES.iter().map(|rule| format!("{}  {}\n", rule.code, rule.name)).collect(),
        Some(code) => match rule(code.trim()) {
            Some(rule) => rule.page.to_owned(),
            None => {
                return Err(Failure::new(format!("there is no change code '{}'", printable(code)))
                    .with_help("`impact explain` lists them"));
            }
        },
    };
    output::write(None, &text)?;
    Ok(false)
}
