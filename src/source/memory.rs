//! A tree held in memory: the embedded demo, a repository without commits, and tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::no_such_file;
use super::listing::content_id;
use super::{Entry, ReadError, Tree};

/// Files by path, with a name for reports.
pub struct MemoryTree {
    name: String,
    entries: Vec<Entry>,
    contents: BTreeMap<Arc<str>, Arc<[u8]>>,
}

impl MemoryTree {
    /// A tree called `name` with these `(path, text)` files.
    pub fn new<'f>(name: &str, files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        Self::of_bytes(name, files.into_iter().map(|(path, text)| (path, text.as_bytes())))
    }

    /// The same of files that may be anything but text.
    pub fn of_bytes<'f>(name: &str, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Self {
        let contents: BTreeMap<Arc<str>, Arc<[u8]>> =
            files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        let entries =
            contents.iter().map(|(path, bytes)| Entry { path: path.clone(), id: content_id(bytes) }).collect();
        MemoryTree { name: name.to_owned(), entries, contents }
    }
}

impl Tree for MemoryTree {
    fn name(&self) -> &str {
        &self.name
    }

    fn commit(&self) -> Option<&str> {
        None
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry) -> Result<Arc<[u8]>, ReadError> {
        let bytes = self.contents.get(&entry.path).cloned();
        bytes.ok_or_else(|| no_such_file(&entry.path))
    }
}
