//! `impact explain`

use crate::changes::diagnostics::pages;
use crate::changes::{RULES, rule};

use super::{Failure, output, printable};

/// Prints the page of a code, or the list of all.
pub fn run(code: Option<&str>) -> Result<bool, Failure> {
    let text = match code {
        None => list(),
        Some(code) => page(code.trim()).map(str::to_owned).ok_or_else(|| {
            Failure::new(format!("there is no code '{}'", printable(code))).with_help("`impact explain` lists them")
        })?,
    };
    output::write(None, &text)?;
    Ok(false)
}

fn list() -> String {
    let rules = RULES.iter().map(|rule| (rule.code, rule.name));
    let diagnostics = pages().map(|page| (page.code, page.name));
    rules.chain(diagnostics).map(|(code, name)| format!("{code}  {name}\n")).collect()
}

fn page(code: &str) -> Option<&'static str> {
    let diagnostic = || pages().find(|page| page.code.eq_ignore_ascii_case(code));
    rule(code).map(|rule| rule.page).or_else(|| diagnostic().map(|page| page.page))
}
