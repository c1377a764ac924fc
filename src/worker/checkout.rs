//! A revision's files in a temporary folder, which is removed afterwards.
//!
//! In: a tree and the roots of projects in it. Out: a folder that only the user can enter. Never writes anywhere else:
//! a path that would lead out of the folder is left out.

use std::fs::{DirBuilder, OpenOptions, remove_dir_all};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::source::{Entry, Tree};

/// How many bytes are written at most.
const SIZE_LIMIT: usize = 512 << 20;
/// How many names are tried for the folder.
const ATTEMPTS: u32 = 16;

/// A temporary folder.
pub(super) struct Checkout {
    folder: PathBuf,
}

impl Checkout {
    /// An empty one.
    pub fn create() -> io::Result<Checkout> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let mut failure = io::Error::from(ErrorKind::AlreadyExists);
        for attempt in 0..ATTEMPTS {
            let number = RandomState::new().hash_one((std::process::id(), attempt));
            let folder = std::env::temp_dir().join(format!("impact-{number:016x}"));
            match builder.create(&folder) {
                // SQLMesh compares paths, so links on the way to it are followed once.
                Ok(()) => return Ok(Checkout { folder: folder.canonicalize().unwrap_or(folder) }),
                Err(error) => failure = error,
            }
            if failure.kind() != ErrorKind::AlreadyExists {
                break;
            }
        }
        Err(failure)
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where a file of the revision is, or would be.
    pub fn in_revision(&self, path: &str) -> PathBuf {
        let revision = self.path("revision");
        if path.is_empty() { revision } else { revision.join(path) }
    }

    /// A text of the worker without the folder's name, which is another one in each run.
    pub fn without_folder(&self, text: &str) -> String {
        let revision = self.in_revision("");
        let separated = |path: &Path| format!("{}{}", path.to_string_lossy(), std::path::MAIN_SEPARATOR);
        let text = text.replace(&separated(&revision), "").replace(&separated(&self.folder), "");
        text.replace(&*self.folder.to_string_lossy(), ".")
    }

    /// Writes the files below these roots. What can't be read is missing; that there is too much is an error.
    pub fn write(&self, tree: &dyn Tree, roots: &[String]) -> io::Result<()> {
        std::fs::create_dir_all(self.in_revision(""))?;
        let mut size = 0usize;
        for entry in files(tree, roots) {
            let Ok(bytes) = tree.read(entry) else { continue };
            size = size.saturating_add(bytes.len());
            if size > SIZE_LIMIT {
                return Err(io::Error::other(format!("the revision's files are larger than {} MiB", SIZE_LIMIT >> 20)));
            }
            write_new(&self.in_revision(&entry.path), &bytes)?;
        }
        Ok(())
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // A process that was ended may still be closing its files.
        for _ in 0..5 {
            match remove_dir_all(&self.folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
                _ => return,
            }
        }
    }
}

/// The files below the roots that may be written.
pub(super) fn files<'t>(tree: &'t dyn Tree, roots: &[String]) -> Vec<&'t Entry> {
    let mut files: Vec<&Entry> = roots.iter().flat_map(|root| tree.below(root)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    files.retain(|entry| stays_inside(&entry.path));
    files
}

/// Git may hold names that mean something else to the file system.
fn stays_inside(path: &str) -> bool {
    let is_plain = |part: &str| {
        let is_special = matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
        !is_special && !part.contains(['\0', '\\', ':'])
    };
    path.split('/').all(is_plain)
}

/// A file that is there already (on a file system that doesn't tell case apart) is kept.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(bytes),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryTree;

    #[test]
    fn only_files_below_the_roots_are_written_and_nothing_stays() {
        let tree = MemoryTree::new(
            "test",
            [("a/x.sql", "1"), ("a/../../evil", "2"), ("b/y.sql", "3"), ("a/.git/config", "4"), ("a/c\\d", "5")],
        );
        let checkout = Checkout::create().expect("a folder");
        checkout.write(&tree, &["a".to_owned()]).expect("files");
        assert_eq!(std::fs::read_to_string(checkout.in_revision("a/x.sql")).expect("the file"), "1");
        let names = |folder: &Path| -> Vec<String> {
            let found = std::fs::read_dir(folder).expect("a folder").flatten();
            found.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(
            (names(&checkout.folder), names(&checkout.in_revision("a"))),
            (vec!["revision".into()], vec!["x.sql".into()])
        );
        let folder = checkout.folder.clone();
        drop(checkout);
        assert!(!folder.exists());
    }
}
