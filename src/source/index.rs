//! The files of the index: what `git commit` would commit now.
//!
//! In: the repository's index as it is on disk. Out: an [`IndexTree`]. The index is never refreshed or written.

use std::sync::Arc;

use git2::IndexEntry;

use super::commit::link_kind;
use super::error::conflicted;
use super::listing::{Found, Kind, Listing, Origin, id_of, oid_of, unread_id};
use super::{Entry, ReadError, Repository, SourceError, Tree};

/// The staged files.
pub struct IndexTree {
    repository: Repository,
    listing: Listing,
}

impl IndexTree {
    /// The files of the index. A path with an unresolved conflict is an entry that can't be read.
    pub fn open(repository: &Repository) -> Result<Self, SourceError> {
        if repository.workdir().is_none() {
            return Err(SourceError::new("a bare repository has no index")
                .with_help("name two revisions: `impact diff BASE..HEAD`"));
        }
        let found = repository.with(|git| {
            let index = repository.index(git)?;
            Ok(staged(git, index.iter()))
        })?;
        Ok(IndexTree {
            repository: repository.clone(),
            listing: Listing::new(found, repository.root_bytes().as_deref()),
        })
    }

    /// Paths of submodules, which aren't read.
    pub fn submodules(&self) -> &[String] {
        &self.listing.submodules
    }
}

impl Tree for IndexTree {
    fn name(&self) -> &str {
        "index"
    }

    fn commit(&self) -> Option<&str> {
        None
    }

    fn entries(&self) -> &[Entry] {
        &self.listing.entries
    }

    fn submodules(&self) -> &[String] {
        &self.listing.submodules
    }

    fn read(&self, entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        if self.listing.place(entry)?.origin == Origin::Conflict {
            return Err(conflicted(&entry.path));
        }
        let oid = oid_of(entry.id, &entry.path)?;
        Ok(self.repository.blob(oid, &entry.path)?)
    }
}

fn staged(git: &git2::Repository, entries: impl Iterator<Item = IndexEntry>) -> Vec<Found> {
    entries
        .filter(|entry| !is_intent_to_add(entry))
        .map(|entry| {
            if is_conflicted(&entry) {
                let id = unread_id(&entry.path);
                let (kind, origin) = (Kind::File, Origin::Conflict);
                return Found { path: entry.path, kind, id, origin };
            }
            let kind = kind_of(git, &entry);
            let (id, origin) = (id_of(&entry.id), Origin::Object);
            Found { path: entry.path, kind, id, origin }
        })
        .collect()
}

/// What an index entry stands for.
pub(super) fn kind_of(git: &git2::Repository, entry: &IndexEntry) -> Kind {
    match entry.mode & 0o170_000 {
        0o160_000 => Kind::Submodule,
        0o120_000 => link_kind(git, entry.id),
        _ => Kind::File,
    }
}

/// One of up to three versions of a path that a merge couldn't unite: its stage isn't 0.
pub(super) fn is_conflicted(entry: &IndexEntry) -> bool {
    entry.flags & 0x3000 != 0
}

/// `git add -N`: the path is announced, its content isn't staged.
pub(super) fn is_intent_to_add(entry: &IndexEntry) -> bool {
    entry.flags_extended & 0x2000 != 0
}

/// The file may be absent from disk (sparse checkout) or isn't to be looked at (`--assume-unchanged`): it counts as
/// it is in the index.
pub(super) fn is_pinned(entry: &IndexEntry) -> bool {
    entry.flags_extended & 0x4000 != 0 || entry.flags & 0x8000 != 0
}
