//! The files on disk: tracked ones as they are now, and untracked ones that aren't ignored.
//!
//! In: the work tree's folder and the index. Out: a [`WorkTree`]. A file that git's stat comparison finds unmodified
//! keeps the index's id and is neither read nor hashed; only modified and untracked files are. Nothing is written,
//! also not the refreshed index.

use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use git2::{Delta, DiffOptions, FileMode};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::error::{git_error, lfs_pointer, plain, too_large};
use super::index::{is_conflicted, is_intent_to_add, is_pinned, kind_of};
use super::line_endings::{as_committed, is_converted};
use super::listing::{Found, Kind, Listing, Origin, content_id, id_of, oid_of, unread_id};
use super::repository::{BlobError, is_lfs_pointer};
use super::{ContentId, Entry, ReadError, Repository, SIZE_LIMIT, SourceError, Tree};

/// The files on disk.
pub struct WorkTree {
    repository: Repository,
    root: PathBuf,
    listing: Listing,
}

impl WorkTree {
    /// The work tree as it is now.
    pub fn open(repository: &Repository) -> Result<Self, SourceError> {
        let Some(root) = repository.workdir() else {
            return Err(SourceError::new("a bare repository has no work tree")
                .with_help("name two revisions: `impact diff BASE..HEAD`"));
        };
        let (mut found, to_read) = repository.with(|git| compare_with_index(repository, git))?;
        let read: Vec<Option<Found>> = to_read.into_par_iter().map(|path| on_disk(repository, root, path)).collect();
        found.extend(read.into_iter().flatten());
        Ok(WorkTree {
            repository: repository.clone(),
            root: root.to_path_buf(),
            listing: Listing::new(found, repository.root_bytes().as_deref()),
        })
    }

    /// Paths of submodules and of other repositories inside this one, which aren't read.
    pub fn submodules(&self) -> &[String] {
        &self.listing.submodules
    }

    /// An unmodified file: what git stores, so that equal ids mean equal bytes whatever the checkout made of line
    /// endings. Git LFS files and objects that a partial clone lacks have their content on disk only.
    fn read_tracked(&self, path: &[u8], entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        let oid = oid_of(entry.id, &entry.path)?;
        match self.repository.blob(oid, &entry.path) {
            Err(BlobError::Pointer(_)) => self.read_disk(path, &entry.path),
            Err(BlobError::Missing(missing)) => {
                let bytes = self.read_disk(path, &entry.path)?;
                same_or_as_committed(bytes, entry.id).ok_or(missing)
            }
            read => Ok(read?),
        }
    }

    /// A modified or untracked file, which must still be what was hashed.
    fn read_hashed(&self, path: &[u8], entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        let bytes = self.read_disk(path, &entry.path)?;
        same_or_as_committed(bytes, entry.id).ok_or_else(|| ReadError {
            message: format!("{} changed while it was being read", plain(&entry.path)),
            help: Some("run the command again".to_owned()),
        })
    }

    fn read_disk(&self, path: &[u8], shown: &str) -> Result<Arc<[u8]>, ReadError> {
        let bytes = read_file(&disk_path(&self.root, path), shown)?;
        if is_lfs_pointer(&bytes) {
            return Err(lfs_pointer(shown));
        }
        Ok(bytes.into())
    }
}

impl Tree for WorkTree {
    fn name(&self) -> &str {
        "work tree"
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
        let place = self.listing.place(entry)?;
        match place.origin {
            Origin::Tracked => self.read_tracked(&place.path, entry),
            Origin::Disk => self.read_hashed(&place.path, entry),
            Origin::Object | Origin::Conflict => {
                let oid = oid_of(entry.id, &entry.path)?;
                Ok(self.repository.blob(oid, &entry.path)?)
            }
        }
    }
}

/// How a path on disk differs from the index.
enum Change {
    Deleted,
    /// Modified or untracked.
    OnDisk,
    /// The top folder of another repository.
    Repository,
}

/// The files that are as in the index, and the paths that must be read from disk.
fn compare_with_index(
    repository: &Repository,
    git: &git2::Repository,
) -> Result<(Vec<Found>, Vec<Vec<u8>>), SourceError> {
    let index = repository.index(git)?;
    let mut changes = changes(git, &index)?;
    let (mut found, mut to_read) = (Vec::new(), Vec::new());
    for entry in index.iter() {
        let change = changes.remove(&entry.path);
        if is_pinned(&entry) {
            found.push(indexed(git, entry, Origin::Object));
        } else if is_conflicted(&entry) || is_intent_to_add(&entry) {
            // Each stage of a conflict is an entry, and all stand for one file on disk.
            to_read.push(entry.path);
        } else {
            match change {
                None => found.push(indexed(git, entry, Origin::Tracked)),
                Some(Change::Deleted) => {}
                Some(Change::OnDisk) => to_read.push(entry.path),
                Some(Change::Repository) => found.push(other_repository(entry.path)),
            }
        }
    }
    for (path, change) in changes {
        match change {
            Change::Deleted => {}
            Change::OnDisk => to_read.push(path),
            Change::Repository => found.push(other_repository(path)),
        }
    }
    to_read.sort();
    to_read.dedup();
    Ok((found, to_read))
}

fn changes(git: &git2::Repository, index: &git2::Index) -> Result<FxHashMap<Vec<u8>, Change>, SourceError> {
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_typechange(true)
        .include_unreadable(true)
        .ignore_submodules(true)
        .skip_binary_check(true)
        .update_index(false);
    let diff = git
        .diff_index_to_workdir(Some(index), Some(&mut options))
        .map_err(|error| git_error("compare the work tree with the index", &error))?;
    Ok(diff.deltas().filter_map(|delta| change(&delta)).collect())
}

fn change(delta: &git2::DiffDelta) -> Option<(Vec<u8>, Change)> {
    let path = delta.new_file().path_bytes().or(delta.old_file().path_bytes())?;
    let is_repository = delta.new_file().mode() == FileMode::Commit || path.ends_with(b"/");
    let change = match delta.status() {
        Delta::Unmodified | Delta::Ignored => return None,
        Delta::Deleted => Change::Deleted,
        _ if is_repository => Change::Repository,
        _ => Change::OnDisk,
    };
    Some((path.strip_suffix(b"/").unwrap_or(path).to_vec(), change))
}

fn indexed(git: &git2::Repository, entry: git2::IndexEntry, origin: Origin) -> Found {
    Found { kind: kind_of(git, &entry), id: id_of(&entry.id), path: entry.path, origin }
}

fn other_repository(path: Vec<u8>) -> Found {
    Found { id: unread_id(&path), path, kind: Kind::Submodule, origin: Origin::Disk }
}

/// A modified or untracked path as it is on disk; nothing if it is neither a file nor a link any more.
fn on_disk(repository: &Repository, root: &Path, path: Vec<u8>) -> Option<Found> {
    if leaves_the_work_tree(root, &path) {
        return None;
    }
    let file = disk_path(root, &path);
    let metadata = fs::symlink_metadata(&file).ok()?;
    let (kind, id) = if metadata.is_symlink() {
        (Kind::Link(path_bytes(&fs::read_link(&file).ok()?)), unread_id(&path))
    } else if metadata.is_file() {
        (Kind::File, disk_id(repository, &file, &path))
    } else {
        return None;
    };
    Some(Found { path, kind, id, origin: Origin::Disk })
}

/// Whether a path leads elsewhere, by `..` or by a link in place of one of its folders. git2 finds no such file on
/// disk, but a damaged index can name one.
fn leaves_the_work_tree(root: &Path, path: &[u8]) -> bool {
    let path = git_path(path);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let is_link = |folder: &Path| fs::symlink_metadata(root.join(folder)).is_ok_and(|folder| folder.is_symlink());
    !is_plain || path.ancestors().skip(1).any(is_link)
}

/// The id that git would give the file. One that can't be read gets an id of its own; reading it will say why.
fn disk_id(repository: &Repository, file: &Path, path: &[u8]) -> ContentId {
    let Ok(bytes) = read_file(file, "") else {
        return unread_id(path);
    };
    let converted = bytes.windows(2).any(|pair| pair == b"\r\n")
        && repository.with(|git| Ok(is_converted(git, &git_path(path), &bytes))).unwrap_or(false);
    if converted { content_id(&as_committed(&bytes)) } else { content_id(&bytes) }
}

/// The bytes, or what git would commit for them, whichever has this id.
fn same_or_as_committed(bytes: Arc<[u8]>, id: ContentId) -> Option<Arc<[u8]>> {
    if content_id(&bytes) == id {
        return Some(bytes);
    }
    let committed = as_committed(&bytes);
    (content_id(&committed) == id).then(|| committed.into())
}

fn read_file(file: &Path, shown: &str) -> Result<Vec<u8>, ReadError> {
    let failed =
        |error: std::io::Error| ReadError { message: format!("{} can't be read: {error}", plain(shown)), help: None };
    let metadata = fs::symlink_metadata(file).map_err(failed)?;
    if metadata.len() > SIZE_LIMIT {
        return Err(too_large(shown, metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // The limit again: a file can grow, and some files have no length until they are read.
    let read = fs::File::open(file).map_err(failed)?.take(SIZE_LIMIT + 1).read_to_end(&mut bytes);
    let size = read.map_err(failed)? as u64;
    if size > SIZE_LIMIT { Err(too_large(shown, size)) } else { Ok(bytes) }
}

fn disk_path(root: &Path, path: &[u8]) -> PathBuf {
    root.join(git_path(path))
}

/// Git's bytes as a path of this system.
#[cfg(unix)]
fn git_path(path: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(path))
}

/// Git's bytes as a path of this system.
#[cfg(not(unix))]
fn git_path(path: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(path).into_owned())
}

/// A path of this system as git's bytes.
#[cfg(unix)]
pub(super) fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// A path of this system as git's bytes.
#[cfg(not(unix))]
pub(super) fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}
