//! A tree held in memory: the embedded demo, and tests.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::sync::Arc;

use rustc_hash::FxHasher;

use super::{ContentId, Entry, ReadError, Tree};

/// Files by path, with a name for reports.
pub struct MemoryTree {
    name: String,
    entries: Vec<Entry>,
    contents: BTreeMap<Arc<str>, Arc<[u8]>>,
}

impl MemoryTree {
    /// A tree called `name` with these `(path, text)` files.
    pub fn new<'f>(name: &str, files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let contents: BTreeMap<Arc<str>, Arc<[u8]>> = files
            .into_iter()
            .map(|(path, text)| (path.into(), text.as_bytes().into()))
            .collect();
        let entries = contents
            .iter()
            .map(|(path, bytes)| Entry {
                path: path.clone(),
                id: content_id(bytes),
            })
            .collect();
        MemoryTree {
            name: name.to_owned(),
            entries,
            contents,
        }
    }
}

/// A content id for bytes that git has not hashed. 160 bits out of three seeded 64-bit hashes and the length.
fn content_id(bytes: &[u8]) -> ContentId {
    let mut id = [0; 20];
    for (seed, chunk) in id.chunks_mut(8).enumerate() {
        let mut hasher = FxHasher::default();
        hasher.write_usize(seed + 1);
        hasher.write(bytes);
        hasher.write_usize(bytes.len());
        chunk.copy_from_slice(&hasher.finish().to_le_bytes()[..chunk.len()]);
    }
    ContentId(id)
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
        self.contents.get(&entry.path).cloned().ok_or_else(|| ReadError {
            message: format!("no file at {}", entry.path),
            help: None,
        })
    }
}
