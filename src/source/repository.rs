//! The repository around a path, and handles to it for every thread.
//!
//! In: a path. Out: a [`Repository`] that trees read from. It opens what is there and never writes; nothing that the
//! repository's configuration names (hooks, filters, monitors) is run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once, PoisonError};

use git2::{ErrorCode, Oid};

use super::error::{blob_error, git_error, lfs_pointer, no_such_file, plain, too_large};
use super::work_tree::path_bytes;
use super::{ReadError, SIZE_LIMIT, SourceError};

/// A git repository: a clone, a linked worktree, a submodule (as a repository of its own), or a bare one.
///
/// Cheap to clone. git2's handle can't be shared between threads, so each read borrows one from a pool.
#[derive(Clone)]
pub struct Repository {
    shared: Arc<Shared>,
}

struct Shared {
    git_dir: PathBuf,
    workdir: Option<PathBuf>,
    /// The index that `GIT_INDEX_FILE` names, if it isn't the repository's own.
    index_file: Option<PathBuf>,
    idle: Mutex<Vec<git2::Repository>>,
}

impl Repository {
    /// The repository that `path` is in, looking upwards.
    ///
    /// `GIT_INDEX_FILE` is honoured if it lies in this repository's git directory: that is how `git commit FILE`
    /// tells a hook which index will be committed.
    pub fn discover(path: &Path) -> Result<Self, SourceError> {
        let index_file = std::env::var_os("GIT_INDEX_FILE");
        Self::discover_with_index(path, index_file.as_deref().map(Path::new))
    }

    fn discover_with_index(path: &Path, index_file: Option<&Path>) -> Result<Self, SourceError> {
        allow_partial_clones();
        let git_dir = git2::Repository::discover_path(path, std::iter::empty::<&Path>())
            .map_err(|error| not_found(path, &error))?;
        let git = git2::Repository::open(&git_dir).map_err(|error| not_opened(&git_dir, &error))?;
        Ok(Repository {
            shared: Arc::new(Shared {
                git_dir,
                workdir: git.workdir().map(Path::to_path_buf),
                index_file: index_file.and_then(|file| own_index_file(&git, file)),
                idle: Mutex::new(vec![git]),
            }),
        })
    }

    /// The folder that files are checked out to; none in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.shared.workdir.as_deref()
    }

    /// The git directory: `.git` or what it points to.
    pub fn git_dir(&self) -> &Path {
        &self.shared.git_dir
    }

    /// The work tree's folder as git writes paths.
    pub(super) fn root_bytes(&self) -> Option<Vec<u8>> {
        self.workdir().map(path_bytes)
    }

    /// Lends a handle to `job`.
    pub(super) fn with<T>(
        &self,
        job: impl FnOnce(&git2::Repository) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let git = self.handle().map_err(|error| not_opened(&self.shared.git_dir, &error))?;
        let done = job(&git);
        self.give_back(git);
        done
    }

    fn handle(&self) -> Result<git2::Repository, git2::Error> {
        let idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| git2::Repository::open(&self.shared.git_dir), Ok)
    }

    fn give_back(&self, git: git2::Repository) {
        let mut idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(git);
    }

    /// The index as it is on disk now.
    pub(super) fn index(&self, git: &git2::Repository) -> Result<git2::Index, SourceError> {
        let read = match &self.shared.index_file {
            Some(file) => git2::Index::open(file),
            None => git.index().and_then(|mut index| index.read(false).map(|()| index)),
        };
        read.map_err(|error| {
            git_error("read the index", &error).with_help(
                "a split or sparse index can't be read: `git update-index --no-split-index` or \
                 `git config index.sparse false && git sparse-checkout reapply` writes a plain one",
            )
        })
    }

    /// The bytes of a blob. `path` is for messages.
    pub(super) fn blob(&self, oid: Oid, path: &str) -> Result<Arc<[u8]>, BlobError> {
        let git = self.handle().map_err(|error| {
            BlobError::Other(ReadError {
                message: format!("{} can't be read: {}", plain(path), plain(error.message())),
                help: None,
            })
        })?;
        let read = read_blob(&git, oid, path);
        self.give_back(git);
        read
    }
}

/// Why a blob can't be read. The first two may be made good by a file on disk.
pub(super) enum BlobError {
    Missing(ReadError),
    Pointer(ReadError),
    Other(ReadError),
}

impl From<BlobError> for ReadError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing(error) | BlobError::Pointer(error) | BlobError::Other(error) => error,
        }
    }
}

fn read_blob(git: &git2::Repository, oid: Oid, path: &str) -> Result<Arc<[u8]>, BlobError> {
    let trouble = |error: git2::Error| {
        let missing = error.code() == ErrorCode::NotFound;
        let error = blob_error(git, path, oid, &error);
        if missing { BlobError::Missing(error) } else { BlobError::Other(error) }
    };
    let odb = git.odb().map_err(trouble)?;
    // The header first: an object that inflates to gigabytes must not get as far as memory.
    let (size, kind) = odb.read_header(oid).map_err(trouble)?;
    if kind != git2::ObjectType::Blob {
        return Err(BlobError::Other(no_such_file(path)));
    }
    if size as u64 > SIZE_LIMIT {
        return Err(BlobError::Other(too_large(path, size as u64)));
    }
    let object = odb.read(oid).map_err(trouble)?;
    if is_lfs_pointer(object.data()) {
        return Err(BlobError::Pointer(lfs_pointer(path)));
    }
    Ok(object.data().into())
}

/// Whether a file's content is a Git LFS pointer. A pointer is shorter than 1 KiB by its specification.
pub(super) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/v1")
}

/// libgit2 refuses repositories with extensions that it doesn't know. A partial clone only lacks objects, and each
/// read says so when it meets one.
fn allow_partial_clones() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the setting is a global of libgit2. Every handle of this crate is opened after this point, and the
        // `Once` keeps other threads waiting while it is written. If it fails, partial clones are refused as before.
        let _ = unsafe { git2::opts::set_extensions(&["partialclone"]) };
    });
}

/// `GIT_INDEX_FILE` as git reads it (from the top of the work tree), if it belongs to this repository.
fn own_index_file(git: &git2::Repository, file: &Path) -> Option<PathBuf> {
    let file = git.workdir()?.join(file).canonicalize().ok()?;
    let git_dir = git.path().canonicalize().ok()?;
    file.starts_with(git_dir).then_some(file)
}

fn not_found(path: &Path, error: &git2::Error) -> SourceError {
    let shown = plain(&path.to_string_lossy());
    if !path.exists() {
        return SourceError::new(format!("there is no folder at {shown}"));
    }
    match error.code() {
        ErrorCode::NotFound => SourceError::new(format!("{shown} is not in a git repository"))
            .with_help("run it inside a clone, or make one with `git init`"),
        _ => git_error(&format!("look for a git repository at {shown}"), error),
    }
}

fn not_opened(git_dir: &Path, error: &git2::Error) -> SourceError {
    let shown = plain(&git_dir.to_string_lossy());
    match error.code() {
        ErrorCode::Owner => {
            let folder = git_dir.parent().filter(|_| git_dir.ends_with(".git")).unwrap_or(git_dir);
            let folder = plain(&folder.to_string_lossy());
            SourceError::new(format!("the repository at {folder} belongs to another user, so git doesn't trust it"))
                .with_help(format!("run `git config --global --add safe.directory '{folder}'` if you do"))
        }
        _ => git_error(&format!("open the repository at {shown}"), error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{IndexTree, Tree, WorkTree};

    #[test]
    fn a_pointer_is_short_and_starts_with_its_version() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
        assert!(is_lfs_pointer(pointer));
        assert!(!is_lfs_pointer(b"-- version https://git-lfs.github.com/spec/v1"));
        assert!(!is_lfs_pointer(&[pointer.as_slice(), &[b' '; 1024]].concat()));
    }

    #[test]
    fn an_owner_error_names_the_folder_and_the_command() {
        let owner = git2::Error::new(ErrorCode::Owner, git2::ErrorClass::Config, "not owned by current user");
        let error = not_opened(Path::new("/srv/project/.git/"), &owner);
        assert_eq!(
            error.help.as_deref(),
            Some("run `git config --global --add safe.directory '/srv/project'` if you do")
        );
    }

    /// A repository whose own index is empty, and another index with one file, as during `git commit FILE`.
    fn committing_one_file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::TempDir::new().unwrap();
        let git = git2::Repository::init(folder.path()).unwrap();
        std::fs::write(folder.path().join("model.sql"), "SELECT 1").unwrap();
        let next = folder.path().join(".git/next-index-1.lock");
        let mut index = git.index().unwrap();
        index.add_path(Path::new("model.sql")).unwrap();
        index.write().unwrap();
        std::fs::rename(folder.path().join(".git/index"), &next).unwrap();
        (folder, next)
    }

    #[test]
    fn a_hook_reads_the_index_that_will_be_committed() {
        let (folder, next) = committing_one_file();
        for file in [next.as_path(), Path::new(".git/next-index-1.lock")] {
            let repository = Repository::discover_with_index(folder.path(), Some(file)).unwrap();
            assert_eq!(IndexTree::open(&repository).unwrap().entries().len(), 1);
            let disk = WorkTree::open(&repository).unwrap();
            assert_eq!(*disk.read(&disk.entries()[0]).unwrap(), *b"SELECT 1");
        }
    }

    #[test]
    fn the_index_of_another_repository_is_ignored() {
        let (_other, next) = committing_one_file();
        let (folder, _) = committing_one_file();
        let repository = Repository::discover_with_index(folder.path(), Some(&next)).unwrap();
        assert!(IndexTree::open(&repository).unwrap().entries().is_empty());
    }

    #[test]
    fn a_repository_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Repository>();
    }
}
