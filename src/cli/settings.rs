//! What was meant: arguments with the world's answers filled in.

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};

use crate::dialect::Dialect;
use crate::plan::{PlanOptions, instant};
use crate::project::discover::{root_in_other, roots};
use crate::project::load::LoadOptions;
use crate::report;
use crate::source::{Repository, Tree};
use crate::worker::Interpreter;

use super::args::{Color, Format, PlanArguments, ProjectArguments, ReportArguments};
use super::{Failure, printable};

/// Why nothing could be analysed is said once, with what to do.
type Outcome<T> = Result<T, Failure>;

/// How the project is to be read.
pub fn load_options(arguments: &ProjectArguments) -> Outcome<LoadOptions> {
    let dialect = match &arguments.dialect {
        None => None,
        Some(name) => Some(Dialect::parse(name).ok_or_else(|| {
            Failure::new(format!("there is no dialect called '{}'", printable(name))).with_help(
                "the names are sqlglot's: bigquery, databricks, duckdb, postgres, snowflake, spark, trino, tsql, …",
            )
        })?),
    };
    Ok(LoadOptions {
        dialect,
        gateway: arguments.gateway.as_ref().map(|gateway| gateway.to_lowercase()),
        config_name: arguments.config.clone(),
        env: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        blueprints: Default::default(),
    })
}

/// The Python that may run the project's code, if the user allows any to.
pub fn interpreter(arguments: &ProjectArguments) -> Outcome<Option<Interpreter>> {
    let given = arguments.python.clone().or_else(|| std::env::var_os("IMPACT_PYTHON"));
    let Some(python) = given.filter(|path| !path.is_empty()).map(PathBuf::from) else { return Ok(None) };
    // A bare name is looked up as a command; a path is meant from here, not from where the program will run.
    let python = match python.components().count() {
        1 => python,
        _ => std::path::absolute(&python)
            .map_err(|error| Failure::new(format!("{}: {error}", printable(&python.to_string_lossy()))))?,
    };
    Ok(Some(Interpreter { python, timeout: Duration::from_secs(arguments.python_timeout), cache: cache_folder() }))
}

/// Where answers of the user's SQLMesh are kept: `IMPACT_CACHE` (nowhere, if it is empty), else a folder in the user's
/// cache.
fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    if let Some(named) = std::env::var_os("IMPACT_CACHE") {
        return std::path::absolute(PathBuf::from(named)).ok();
    }
    if cfg!(windows) {
        return folder("LOCALAPPDATA").map(|local| local.join("impact").join("cache"));
    }
    let of_home =
        || folder("HOME").map(|home| home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }));
    folder("XDG_CACHE_HOME").or_else(of_home).map(|caches| caches.join("impact"))
}

/// What is asked of SQLMesh.
pub fn plan_options(arguments: &PlanArguments) -> Outcome<PlanOptions> {
    let now = match &arguments.now {
        None => None,
        Some(text) => Some(instant(text).ok_or_else(|| {
            Failure::new(format!("'{}' is no time", printable(text)))
                .with_help("write it as 2024-01-31 or 2024-01-31T10:00:00; it is in UTC unless it ends with an offset")
        })?),
    };
    Ok(PlanOptions { forward_only: arguments.forward_only, bot: arguments.bot, now })
}

/// The repository around the projects that were named, or around the current folder.
pub fn repository(arguments: &ProjectArguments) -> Outcome<Repository> {
    let start = arguments.projects.first().cloned().unwrap_or_else(|| PathBuf::from("."));
    Ok(Repository::discover(&start)?)
}

/// The projects' folders in both trees, from the repository's root.
pub fn project_roots(
    arguments: &ProjectArguments,
    repository: &Repository,
    before: &dyn Tree,
    after: &dyn Tree,
) -> Outcome<(Vec<String>, Vec<String>)> {
    let starts = match arguments.projects.as_slice() {
        [] => vec![folder_in_repository(repository, Path::new("."))?],
        named => named.iter().map(|path| folder_in_repository(repository, path)).collect::<Outcome<_>>()?,
    };
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for start in starts {
        let here = roots(after, &start);
        if here.len() > 1 && arguments.projects.is_empty() {
            return Err(Failure::new(format!("there are several projects here: {}", listed(&here)))
                .with_help("name one with `-p FOLDER`, or several to analyse them together"));
        }
        for root in here {
            old.extend(root_in_other(after, &root, before));
            new.push(root);
        }
        if new.is_empty() {
            old.extend(roots(before, &start));
        }
    }
    if old.is_empty() && new.is_empty() {
        return Err(Failure::new("there is no SQLMesh project here")
            .with_help("run it in a folder with a config.yaml or config.py and models, or name one with `-p FOLDER`"));
    }
    Ok((old, new))
}

fn listed(folders: &[String]) -> String {
    let shown: Vec<String> = folders.iter().take(8).map(|folder| printable(folder)).collect();
    let more = if folders.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A path as git writes it, from the repository's root.
fn folder_in_repository(repository: &Repository, path: &Path) -> Outcome<String> {
    let Some(workdir) = repository.workdir() else { return Ok(String::new()) };
    let absolute = |path: &Path| {
        path.canonicalize().map_err(|error| Failure::new(format!("{}: {error}", printable(&path.to_string_lossy()))))
    };
    let (workdir, path) = (absolute(workdir)?, absolute(path)?);
    let relative = path.strip_prefix(&workdir).map_err(|_| {
        Failure::new(format!("{} is outside of this repository", printable(&path.to_string_lossy())))
            .with_help("all projects of one analysis must be in one repository")
    })?;
    Ok(relative.to_string_lossy().replace('\\', "/"))
}

/// Does this output go to a terminal?
pub fn is_terminal(output: Option<&PathBuf>) -> bool {
    output.is_none() && stdout().is_terminal()
}

/// The format to print in.
pub fn format(arguments: &ReportArguments) -> Format {
    let by_destination = if is_terminal(arguments.output.as_ref()) { Format::Terminal } else { Format::Markdown };
    arguments.format.unwrap_or(by_destination)
}

/// How to lay a report out.
pub fn report_options(arguments: &ReportArguments, color: Color) -> report::Options {
    report::Options {
        color: use_color(color, arguments.output.as_ref()),
        width: width(arguments.output.as_ref()),
        all: arguments.all,
        selected: false,
        explained: Vec::new(),
        link_base: arguments.link_base.as_ref().map(|base| format!("{}/", base.trim_end_matches('/'))),
    }
}

/// Is colour wanted?
pub fn use_color(color: Color, output: Option<&PathBuf>) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => output.is_none() && AutoStream::choice(&stdout()) != ColorChoice::Never,
    }
}

/// The width of the terminal; 0 if the output isn't one.
pub fn width(output: Option<&PathBuf>) -> usize {
    if !is_terminal(output) {
        return 0;
    }
    terminal_size::terminal_size().map_or(0, |(width, _)| usize::from(width.0))
}
