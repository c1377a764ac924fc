//! Errors of this stage, in the user's words: what is missing, and what to type.
//!
//! In: what git or the file system said. Out: a [`SourceError`] (nothing can be analysed: exit status 2) or a
//! [`ReadError`] (one file is lost). Text from outside is shown without control characters.

use std::fmt;

use git2::{ErrorCode, Oid};

use super::{ReadError, SIZE_LIMIT};

/// Why a state of the repository can't be analysed at all: exit status 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// One sentence for the user: what went wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl SourceError {
    /// An error that the user can do nothing particular about.
    pub fn new(message: impl Into<String>) -> Self {
        SourceError { message: message.into(), help: None }
    }

    /// Adds what the user can do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SourceError {}

/// Text from outside, fit for a one-line message: control characters become `U+FFFD`.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A path as shown to the user.
pub(super) fn lossy(path: &[u8]) -> String {
    plain(&String::from_utf8_lossy(path))
}

/// What git said about the repository as a whole.
pub(super) fn git_error(doing: &str, error: &git2::Error) -> SourceError {
    SourceError::new(format!("can't {doing}: {}", plain(error.message())))
}

/// A folder or commit whose object is absent or damaged.
pub(super) fn object_error(git: &git2::Repository, what: &str, oid: Oid, error: &git2::Error) -> SourceError {
    let (message, help) = object_trouble(git, what, oid, error);
    SourceError::new(message).with_help(help)
}

/// A file whose object is absent or damaged.
pub(super) fn blob_error(git: &git2::Repository, path: &str, oid: Oid, error: &git2::Error) -> ReadError {
    let (message, help) = object_trouble(git, &plain(path), oid, error);
    ReadError { message, help: Some(help) }
}

fn object_trouble(git: &git2::Repository, what: &str, oid: Oid, error: &git2::Error) -> (String, String) {
    if error.code() != ErrorCode::NotFound {
        let message = format!("{what} can't be read: object {oid}: {}", plain(error.message()));
        return (message, "run `git fsck` to see what else is damaged".to_owned());
    }
    let message = format!("{what} isn't in this clone: object {oid} is missing");
    let help = if is_partial_clone(git) {
        "this is a partial clone: run `git fetch --refetch --no-filter` to download every object"
    } else {
        "run `git fetch --refetch` to download every object again, and `git fsck` to see what is missing"
    };
    (message, help.to_owned())
}

fn is_partial_clone(git: &git2::Repository) -> bool {
    let Ok(config) = git.config() else { return false };
    config.get_entry("extensions.partialclone").is_ok()
        || config.entries(Some(r"^remote\..*\.promisor$")).is_ok_and(|mut entries| entries.next().is_some())
}

/// A file beyond [`SIZE_LIMIT`].
pub(super) fn too_large(path: &str, size: u64) -> ReadError {
    ReadError {
        message: format!(
            "{} is too large to read: {} MiB, the limit is {} MiB",
            plain(path),
            size.div_ceil(1 << 20),
            SIZE_LIMIT >> 20
        ),
        help: None,
    }
}

/// A file of which only the Git LFS pointer is here.
pub(super) fn lfs_pointer(path: &str) -> ReadError {
    ReadError {
        message: format!("{} is a Git LFS pointer; its content isn't in this clone", plain(path)),
        help: Some(
            "run `git lfs pull`, or compare with the work tree: only files on disk have the content behind a pointer"
                .to_owned(),
        ),
    }
}

/// An index entry that a merge left undecided.
pub(super) fn conflicted(path: &str) -> ReadError {
    ReadError {
        message: format!("{} has an unresolved merge conflict in the index", plain(path)),
        help: Some("resolve it and run `git add`".to_owned()),
    }
}

/// An entry that isn't of this tree.
pub(super) fn no_such_file(path: &str) -> ReadError {
    ReadError { message: format!("no file at {}", plain(path)), help: None }
}
