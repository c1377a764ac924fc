//! Which files of a project are read, and reading them.
//!
//! In: the tree, the project's root, `ignore_patterns`. Out: entries by kind, texts, or diagnostics.

use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::codes;
use crate::diagnostic::{Diagnostic, Location};
use crate::source::{Entry, Tree};

/// Joins two paths with `/`; an empty folder is the repository's root.
pub fn join(folder: &str, path: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => path.to_owned(),
        folder => format!("{folder}/{path}"),
    }
}

/// A path without the project's root in front.
pub fn relative<'p>(root: &str, path: &'p str) -> &'p str {
    let root = root.trim_end_matches('/');
    if root.is_empty() {
        return path;
    }
    path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

/// The folder that a path lies in; empty for the repository's root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Resolves `.` and `..`. `None` if the path leaves the repository.
pub fn normalize(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Does Jinja make something of the text first? What comes out depends on the environment.
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A whole line, or the whole file if the line is not known.
pub fn line_location(path: &Arc<str>, line: u32) -> Location {
    let col = u32::from(line > 0);
    Location { path: path.clone(), line, col, end_line: line, end_col: col }
}

/// A file's text, or the diagnostic why there is none.
pub fn read_text(tree: &dyn Tree, entry: &Entry) -> Result<Arc<str>, Diagnostic> {
    let fail = |message: String| Diagnostic::error(codes::FILE_UNREADABLE, Location::file(entry.path.clone()), message);
    let bytes = tree.read(entry).map_err(|error| {
        let diagnostic = fail(error.message);
        match error.help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }
    })?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = valid.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
            let mut diagnostic = fail("the file is not UTF-8 text".to_owned());
            diagnostic.location = line_location(&entry.path, line);
            Err(diagnostic)
        }
    }
}

/// The files that SQLMesh leaves out.
pub struct Ignored {
    globs: GlobSet,
}

impl Ignored {
    /// Compiles the patterns; those that aren't valid are reported and left out.
    pub fn new(patterns: &[String], config: &Location) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut builder = GlobSetBuilder::new();
        for pattern in patterns {
            match globs(pattern) {
                Ok(globs) => {
                    for glob in globs {
                        builder.add(glob);
                    }
                }
                Err(_) => diagnostics.push(Diagnostic::warning(
                    codes::PATTERN_INVALID,
                    config.clone(),
                    format!("`{pattern}` in `ignore_patterns` is not a valid pattern and is passed over"),
                )),
            }
        }
        let globs = builder.build().unwrap_or_else(|_| GlobSet::empty());
        (Ignored { globs }, diagnostics)
    }

    /// Is this path (from the project's root) left out?
    pub fn contains(&self, path: &str) -> bool {
        self.globs.is_match(path)
    }
}

/// SQLMesh leaves a file out if `glob.glob(root / pattern, recursive=True)` lists it, or `Path.match(pattern)` holds:
/// that one compares from the right, and takes `**` for `*`.
fn globs(pattern: &str) -> Result<Vec<Glob>, globset::Error> {
    let pattern = pattern.trim_start_matches("./").replace('{', "[{]").replace('}', "[}]");
    if pattern.is_empty() {
        return Ok(Vec::new());
    }
    let build = |text: &str| GlobBuilder::new(text).literal_separator(true).backslash_escape(false).build();
    let from_right = pattern.trim_start_matches('/').replace("**", "*");
    Ok(vec![build(&pattern)?, build(&format!("**/{from_right}"))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_python() {
        let check = |pattern: &str, path: &str, expected: bool| {
            let (ignored, diagnostics) = Ignored::new(&[pattern.to_owned()], &Location::default());
            assert!(diagnostics.is_empty());
            assert_eq!(ignored.contains(path), expected, "{pattern} {path}");
        };
        check("models/scratch/*", "models/scratch/a.sql", true);
        check("models/scratch/*", "models/scratch/deep/a.sql", false);
        check("models/scratch/**", "models/scratch/deep/a.sql", true);
        check("*.draft.sql", "models/a.draft.sql", true);
        check("scratch/*.sql", "models/scratch/a.sql", true);
        check(".ipynb_checkpoints/*", "models/.ipynb_checkpoints/a.py", true);
        check("a{b}.sql", "models/a{b}.sql", true);
        check("models/*", "models/x/a.sql", false);
    }

    #[test]
    fn an_invalid_pattern_is_reported() {
        let (_, diagnostics) = Ignored::new(&["[".to_owned()], &Location::default());
        assert_eq!(diagnostics.len(), 1);
    }

    #[test]
    fn paths_do_not_leave_the_repository() {
        assert_eq!(normalize("a/./b/../c").as_deref(), Some("a/c"));
        assert_eq!(normalize("a/../../c"), None);
    }
}
