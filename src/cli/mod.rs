//! The command line: what was typed, what was meant, what was done.
//!
//! One file a command. Only this module and `source/` touch the world. A command returns an exit status: 0 analysed,
//! 1 something at or above `--fail-on`, 2 could not analyse.

mod args;
mod compare;
mod demo;
mod diff;
mod explain;
mod lineage;
mod output;
mod progress;
mod render;
mod settings;

use std::fmt;
use std::process::ExitCode;

use clap::Parser;

use crate::report::escape;
use crate::source::SourceError;

use args::{Arguments, Command, SchemaOf};

/// Why nothing could be analysed: exit status 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), help: None }
    }

    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Failure { message: error.message, help: error.help }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", escape::visible(&self.message))?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {}", escape::visible(help)),
            None => Ok(()),
        }
    }
}

/// Exit status when something at or above `--fail-on` was found.
const FOUND: u8 = 1;
/// Exit status when nothing could be analysed.
const FAILED: u8 = 2;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    match run(&arguments) {
        Ok(true) => ExitCode::from(FOUND),
        Ok(false) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(FAILED)
        }
    }
}

/// Prints help where it was asked for, and what is wrong with the arguments where it wasn't.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // A reader that closes the pipe early is no error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let (said, _) = text.split_once("\nFor more information").unwrap_or((&text, ""));
    let said = escape::visible_lines(said.trim());
    let said = if said.starts_with("error: ") { said } else { format!("error: a command is missing\n\n{said}") };
    eprintln!("{said}\nhelp: `impact --help` and `impact COMMAND --help` list what there is");
    ExitCode::from(FAILED)
}

/// Runs a command; says whether `--fail-on` was reached.
fn run(arguments: &Arguments) -> Result<bool, Failure> {
    match &arguments.command {
        Command::Diff(diff) => diff::run(diff, arguments.color),
        Command::Lineage(lineage) => lineage::run(lineage, arguments.color),
        Command::Render(render) => render::run(render),
        Command::Compare(compare) => compare::run(compare),
        Command::Explain { code } => explain::run(code.as_deref()),
        Command::Schema { output } => schema(*output),
        Command::Demo { report } => demo::run(report, arguments.color),
    }
}

fn schema(output: SchemaOf) -> Result<bool, Failure> {
    let schema = match output {
        SchemaOf::Diff => crate::report::json::schema(),
        SchemaOf::Lineage => crate::report::lineage::schema(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| Failure::new(error.to_string()))?;
    output::write(None, &format!("{text}\n"))?;
    Ok(false)
}

/// Text from outside, safe to print on a terminal.
fn printable(text: &str) -> String {
    escape::visible(text).to_string()
}
