//! From a revision to files by path: the only stage that touches git and the file system.
//!
//! In: what the user named (a revision, the index, the work tree). Out: a [`Tree`].
//! Nothing is ever written, checked out or stashed, nothing is fetched, and no hook or filter is run.
//!
//! Symbolic links to files of the same state are read as their targets; links to folders, links that lead out of the
//! repository, and submodules are left out.

use std::fmt;
use std::sync::Arc;

mod commit;
mod error;
mod index;
mod line_endings;
mod listing;
pub mod memory;
mod repository;
mod resolve;
pub mod revisions;
mod work_tree;

pub use commit::CommitTree;
pub use error::SourceError;
pub use index::IndexTree;
pub use memory::MemoryTree;
pub use repository::Repository;
pub use revisions::{Range, Sides, open, open_revision};
pub use work_tree::WorkTree;

/// The largest file that is read: 64 MiB. Models are a few KiB, and seeds of this size are data, not code.
pub const SIZE_LIMIT: u64 = 64 << 20;

/// Identifies a file's content. Two files with the same id have the same bytes, also across trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub [u8; 20]);

/// A file of a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the repository's root, with `/`; bytes that aren't UTF-8 are shown as `U+FFFD`. Two such names can
    /// look the same; each entry is still read as itself.
    pub path: Arc<str>,
    pub id: ContentId,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// One sentence for the user: what is missing.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// One state of a repository: files by path.
pub trait Tree: Send + Sync {
    /// What the state is called in reports: the revision as typed, `index`, `work tree`.
    fn name(&self) -> &str;

    /// The commit's full hash, if the state is a commit.
    fn commit(&self) -> Option<&str>;

    /// Every regular file, sorted by path. Submodules and links to directories are left out.
    fn entries(&self) -> &[Entry];

    /// Paths of submodules and of other repositories inside this one. None of their files is an entry.
    fn submodules(&self) -> &[String] {
        &[]
    }

    /// A file's bytes. Git LFS pointers, missing objects and files over the size limit are errors that say so.
    fn read(&self, entry: &Entry) -> Result<Arc<[u8]>, ReadError>;

    /// The entry at exactly this path.
    fn find(&self, path: &str) -> Option<&Entry> {
        let entries = self.entries();
        entries.binary_search_by(|entry| (*entry.path).cmp(path)).ok().map(|at| &entries[at])
    }

    /// The entries below a folder (`""` is the root), sorted by path.
    fn below(&self, folder: &str) -> &[Entry] {
        let entries = self.entries();
        if folder.is_empty() {
            return entries;
        }
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let start = entries.partition_point(|entry| *entry.path < *prefix);
        let length = entries[start..].partition_point(|entry| entry.path.starts_with(&prefix));
        &entries[start..start + length]
    }
}
