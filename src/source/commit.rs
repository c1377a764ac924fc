//! The files of a commit, read from git's objects: nothing is checked out.
//!
//! In: a commit. Out: a [`CommitTree`]. A hostile repository can name the same folder at every level, so that a few
//! objects stand for endless files: the walk counts what it meets and gives up with an error.

use std::sync::Arc;

use git2::{ObjectType, Oid};

use super::error::{lossy, object_error};
use super::listing::{Found, Kind, Listing, Origin, id_of, oid_of};
use super::{Entry, ReadError, Repository, SourceError, Tree};

/// More entries than any repository of data models has; the walk of one state stops here.
const ENTRY_LIMIT: usize = 2_000_000;
/// No file system takes a longer path.
const PATH_LIMIT: usize = 4096;
/// Bytes of all paths together.
const TOTAL_PATH_LIMIT: usize = 512 << 20;

/// A commit's files.
pub struct CommitTree {
    name: String,
    commit: String,
    repository: Repository,
    listing: Listing,
}

impl CommitTree {
    /// The files of `commit`, which reports will call `name`.
    pub(super) fn open(repository: &Repository, name: &str, commit: Oid) -> Result<Self, SourceError> {
        let found = repository.with(|git| {
            let root = git
                .find_commit(commit)
                .map_err(|error| object_error(git, &format!("commit {commit}"), commit, &error))?
                .tree_id();
            Walk::default().run(git, root)
        })?;
        Ok(CommitTree {
            name: name.to_owned(),
            commit: commit.to_string(),
            repository: repository.clone(),
            listing: Listing::new(found, repository.root_bytes().as_deref()),
        })
    }

    /// Paths of submodules, which aren't read.
    pub fn submodules(&self) -> &[String] {
        &self.listing.submodules
    }
}

impl Tree for CommitTree {
    fn name(&self) -> &str {
        &self.name
    }

    fn commit(&self) -> Option<&str> {
        Some(&self.commit)
    }

    fn entries(&self) -> &[Entry] {
        &self.listing.entries
    }

    fn submodules(&self) -> &[String] {
        &self.listing.submodules
    }

    fn read(&self, entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        self.listing.place(entry)?;
        let oid = oid_of(entry.id, &entry.path)?;
        Ok(self.repository.blob(oid, &entry.path)?)
    }
}

/// What has been met so far.
#[derive(Default)]
struct Walk {
    found: Vec<Found>,
    pending: Vec<(Vec<u8>, Oid)>,
    entries: usize,
    path_bytes: usize,
}

impl Walk {
    fn run(mut self, git: &git2::Repository, root: Oid) -> Result<Vec<Found>, SourceError> {
        self.pending.push((Vec::new(), root));
        while let Some((folder, oid)) = self.pending.pop() {
            let tree = git.find_tree(oid).map_err(|error| {
                let what = if folder.is_empty() { "the root folder".to_owned() } else { lossy(&folder) };
                object_error(git, &what, oid, &error)
            })?;
            for entry in tree.iter() {
                self.meet(git, &folder, &entry)?;
            }
        }
        Ok(self.found)
    }

    fn meet(&mut self, git: &git2::Repository, folder: &[u8], entry: &git2::TreeEntry) -> Result<(), SourceError> {
        let path = joined(folder, entry.name_bytes());
        self.count(&path)?;
        let kind = match (entry.kind(), entry.filemode() & 0o170_000) {
            (Some(ObjectType::Tree), _) => {
                self.pending.push((path, entry.id()));
                return Ok(());
            }
            (Some(ObjectType::Commit), _) => Kind::Submodule,
            (_, 0o120_000) => link_kind(git, entry.id()),
            _ => Kind::File,
        };
        self.found.push(Found { path, kind, id: id_of(&entry.id()), origin: Origin::Object });
        Ok(())
    }

    fn count(&mut self, path: &[u8]) -> Result<(), SourceError> {
        self.entries += 1;
        self.path_bytes += path.len();
        if path.len() > PATH_LIMIT {
            return Err(SourceError::new(format!(
                "a path is longer than {PATH_LIMIT} bytes: {}…",
                lossy(path.get(..80).unwrap_or(path))
            )));
        }
        if self.entries > ENTRY_LIMIT || self.path_bytes > TOTAL_PATH_LIMIT {
            return Err(SourceError::new(format!("the commit has more than {ENTRY_LIMIT} files and folders")));
        }
        Ok(())
    }
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// A link with its target. One whose target can't be read stays a file, so that reading it says why.
pub(super) fn link_kind(git: &git2::Repository, oid: Oid) -> Kind {
    let short = |odb: &git2::Odb| odb.read_header(oid).is_ok_and(|(size, _)| size <= PATH_LIMIT);
    let target = git.odb().ok().filter(short).and_then(|odb| {
        let object = odb.read(oid).ok()?;
        Some(object.data().to_vec())
    });
    target.map_or(Kind::File, Kind::Link)
}
