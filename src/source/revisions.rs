//! From what was typed (`REV`, `BASE..HEAD`, `BASE...HEAD`, `--staged`) to the two states to compare.
//!
//! In: the text after `impact diff`. Out: a [`Range`], and from it two [`Tree`]s. A revision is only ever looked up,
//! never handed to a command line.

use super::error::{SourceError, plain};
use super::resolve::{commit, is_unborn, merge_base};
use super::{CommitTree, IndexTree, MemoryTree, Repository, Tree, WorkTree};

/// What to compare with what, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// Nothing: `HEAD` against the work tree or the index.
    Head,
    /// `REV` against the work tree or the index.
    Since(String),
    /// `BASE..HEAD`: two revisions.
    Between { base: String, head: String },
    /// `BASE...HEAD`: what `HEAD` did since it left `BASE`.
    SinceFork { base: String, head: String },
}

/// The states before and after.
pub type Sides = (Box<dyn Tree>, Box<dyn Tree>);

impl Range {
    /// Reads a range. An empty side is `HEAD`.
    pub fn parse(typed: Option<&str>) -> Result<Self, SourceError> {
        let Some(typed) = typed else { return Ok(Range::Head) };
        check_spelling(typed)?;
        let Some((base, dots, head)) = split(typed) else {
            return Ok(Range::Since(typed.to_owned()));
        };
        if split(head).is_some() {
            return Err(SourceError::new(format!("`{}` names more than one range", plain(typed)))
                .with_help("type BASE..HEAD or BASE...HEAD"));
        }
        let (base, head) = (side(base), side(head));
        Ok(if dots == 3 { Range::SinceFork { base, head } } else { Range::Between { base, head } })
    }
}

/// Opens both states.
///
/// Without commits the base is an empty tree whose name says so.
pub fn open(repository: &Repository, range: &Range, staged: bool) -> Result<Sides, SourceError> {
    match range {
        Range::Head => against_files(repository, "HEAD", staged),
        Range::Since(base) => against_files(repository, base, staged),
        Range::Between { .. } | Range::SinceFork { .. } if staged => {
            Err(SourceError::new("`--staged` compares with the index, so it takes one revision, not a range")
                .with_help("leave out `--staged`, or type the base alone"))
        }
        Range::Between { base, head } => {
            let base = open_revision(repository, base)?;
            Ok((Box::new(base), Box::new(open_revision(repository, head)?)))
        }
        Range::SinceFork { base, head } => since_fork(repository, base, head),
    }
}

/// The files of one revision.
pub fn open_revision(repository: &Repository, revision: &str) -> Result<CommitTree, SourceError> {
    check_spelling(revision)?;
    let oid = repository.with(|git| commit(git, revision))?;
    CommitTree::open(repository, revision, oid)
}

/// A revision against the work tree or the index.
fn against_files(repository: &Repository, base: &str, staged: bool) -> Result<Sides, SourceError> {
    if repository.workdir().is_none() {
        let base = plain(base);
        let what = if staged { "index" } else { "work tree" };
        return Err(SourceError::new(format!("this is a bare repository: it has no {what} to compare {base} with"))
            .with_help("name two revisions, for example `impact diff HEAD~1..HEAD`"));
    }
    let before: Box<dyn Tree> = if matches!(base, "HEAD" | "@") && repository.with(|git| Ok(is_unborn(git)))? {
        Box::new(MemoryTree::new("HEAD (no commits yet)", []))
    } else {
        Box::new(open_revision(repository, base)?)
    };
    let after: Box<dyn Tree> =
        if staged { Box::new(IndexTree::open(repository)?) } else { Box::new(WorkTree::open(repository)?) };
    Ok((before, after))
}

fn since_fork(repository: &Repository, base: &str, head: &str) -> Result<Sides, SourceError> {
    let (fork, tip) = repository.with(|git| {
        let tip = commit(git, head)?;
        Ok((merge_base(git, (base, commit(git, base)?), (head, tip))?, tip))
    })?;
    let short: String = fork.to_string().chars().take(7).collect();
    let before = CommitTree::open(repository, &format!("{base} (merge base {short})"), fork)?;
    Ok((Box::new(before), Box::new(CommitTree::open(repository, head, tip)?)))
}

/// Refuses text that can't be a revision, before anything reads it as a range.
fn check_spelling(typed: &str) -> Result<(), SourceError> {
    let shown = plain(typed);
    if typed.is_empty() {
        return Err(
            SourceError::new("the revision is empty").with_help("type a commit, branch or tag, or leave it out")
        );
    }
    if typed.starts_with('-') {
        return Err(SourceError::new(format!("`{shown}` is no revision: none starts with `-`")));
    }
    let is_path = typed == ".." || typed.starts_with("../") || typed.starts_with("./") || typed.contains("/../");
    if is_path {
        return Err(SourceError::new(format!("`{shown}` is a path, not a revision")).with_help(PATH_HELP));
    }
    Ok(())
}

/// What to type for those who typed a path.
pub(super) const PATH_HELP: &str = "`-p PROJECT` chooses a project's folder and `--select GLOB` its models";

fn side(text: &str) -> String {
    if text.is_empty() { "HEAD" } else { text }.to_owned()
}

/// Base, number of dots, head. Dots in braces (`HEAD^{/fix..}`) and in a search (`:/fix..`) belong to the revision.
fn split(typed: &str) -> Option<(&str, usize, &str)> {
    if typed.starts_with(":/") {
        return None;
    }
    let mut depth = 0_usize;
    for (at, byte) in typed.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'.' if depth == 0 => {
                let (base, rest) = typed.split_at_checked(at)?;
                if let Some(head) = rest.strip_prefix("...") {
                    return Some((base, 3, head));
                }
                if let Some(head) = rest.strip_prefix("..") {
                    return Some((base, 2, head));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(base: &str, head: &str) -> Range {
        let (base, head) = (base.to_owned(), head.to_owned());
        Range::Between { base, head }
    }

    fn since_fork(base: &str, head: &str) -> Range {
        let (base, head) = (base.to_owned(), head.to_owned());
        Range::SinceFork { base, head }
    }

    #[test]
    fn every_form_of_a_range() {
        let cases = [
            ("main", Range::Since("main".into())),
            ("v1.2.3", Range::Since("v1.2.3".into())),
            ("HEAD~1", Range::Since("HEAD~1".into())),
            ("main..topic", between("main", "topic")),
            ("main..", between("main", "HEAD")),
            ("..topic", between("HEAD", "topic")),
            ("v1.2..v1.3", between("v1.2", "v1.3")),
            ("main...topic", since_fork("main", "topic")),
            ("main...", since_fork("main", "HEAD")),
            ("...", since_fork("HEAD", "HEAD")),
            ("HEAD^{/a..b}..topic", between("HEAD^{/a..b}", "topic")),
            (":/a..b", Range::Since(":/a..b".into())),
        ];
        for (typed, range) in cases {
            assert_eq!(Range::parse(Some(typed)), Ok(range), "{typed}");
        }
        assert_eq!(Range::parse(None), Ok(Range::Head));
    }

    #[test]
    fn what_is_no_range_is_said() {
        let cases = [
            ("", "the revision is empty"),
            ("--output=x", "`--output=x` is no revision: none starts with `-`"),
            ("..", "`..` is a path, not a revision"),
            ("../models", "`../models` is a path, not a revision"),
            ("a..b..c", "`a..b..c` names more than one range"),
            ("a..b\u{1b}[2J...c", "`a..b\u{fffd}[2J...c` names more than one range"),
        ];
        for (typed, message) in cases {
            assert_eq!(Range::parse(Some(typed)).unwrap_err().message, message);
        }
    }
}
