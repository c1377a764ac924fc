//! From raw paths to a tree's entries: symbolic links are resolved, submodules set aside, names made printable.
//!
//! In: every path of a tree with its kind. Out: entries sorted by shown path, each with the place its bytes come from.
//! A link is followed only to a regular file of the same tree, never through a link to a folder.

use std::sync::Arc;

use git2::{ObjectType, Oid};

use super::error::{lossy, no_such_file};
use super::{ContentId, Entry, ReadError};

/// As many links in a row as Linux follows.
const LINK_LIMIT: usize = 40;

/// A path of a tree before links are resolved.
pub(super) struct Found {
    /// From the repository's root, with `/`, as git stores it.
    pub path: Vec<u8>,
    pub kind: Kind,
    pub id: ContentId,
    pub origin: Origin,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    /// A symbolic link to this target.
    Link(Vec<u8>),
    Submodule,
}

/// Where a file's bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The object with the entry's id.
    Object,
    /// The same, and the file on disk where git holds less than the disk does.
    Tracked,
    /// The file on disk.
    Disk,
    /// Nowhere: a merge left several versions.
    Conflict,
}

/// Where to read one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub path: Vec<u8>,
    pub origin: Origin,
}

/// The files of a tree.
#[derive(Default)]
pub(super) struct Listing {
    pub entries: Vec<Entry>,
    /// Parallel to `entries`.
    places: Vec<Place>,
    pub submodules: Vec<String>,
}

impl Listing {
    /// Sorts and resolves. `root` is the work tree's folder: an absolute link below it is a link inside the tree.
    pub fn new(mut found: Vec<Found>, root: Option<&[u8]>) -> Self {
        found.sort_by(|a, b| a.path.cmp(&b.path));
        // A well-formed tree has no path twice; of a malformed one the first counts.
        found.dedup_by(|a, b| a.path == b.path);
        let mut files: Vec<(Entry, Place)> =
            found.iter().filter_map(|link| resolve(&found, link, root).map(|file| entry(&link.path, file))).collect();
        files.sort_by(|(a, at), (b, bt)| (&a.path, &at.path).cmp(&(&b.path, &bt.path)));
        let (entries, places) = files.into_iter().unzip();
        let submodules =
            found.iter().filter(|found| found.kind == Kind::Submodule).map(|found| lossy(&found.path)).collect();
        Listing { entries, places, submodules }
    }

    /// Where to read `entry`. Names that differ only in bytes that aren't UTF-8 look the same, so the content decides.
    pub fn place(&self, entry: &Entry) -> Result<&Place, ReadError> {
        let start = self.entries.partition_point(|other| other.path < entry.path);
        self.entries
            .iter()
            .zip(&self.places)
            .skip(start)
            .take_while(|(other, _)| other.path == entry.path)
            .find(|(other, _)| other.id == entry.id)
            .map(|(_, place)| place)
            .ok_or_else(|| no_such_file(&entry.path))
    }
}

fn entry(path: &[u8], file: &Found) -> (Entry, Place) {
    let entry = Entry { path: Arc::from(String::from_utf8_lossy(path)), id: file.id };
    let place = Place { path: file.path.clone(), origin: file.origin };
    (entry, place)
}

/// The regular file at the end of the links that start at `start`.
fn resolve<'f>(found: &'f [Found], start: &'f Found, root: Option<&[u8]>) -> Option<&'f Found> {
    let mut at = start;
    for _ in 0..=LINK_LIMIT {
        match &at.kind {
            Kind::File => return Some(at),
            Kind::Submodule => return None,
            Kind::Link(target) => {
                let path = target_path(found, &at.path, target, root)?;
                let index = found.binary_search_by(|other| other.path.cmp(&path)).ok()?;
                at = found.get(index)?;
            }
        }
    }
    None
}

/// The path that a link points to, if it stays in the tree and passes only real folders.
fn target_path(found: &[Found], link: &[u8], target: &[u8], root: Option<&[u8]>) -> Option<Vec<u8>> {
    let (mut path, rest): (Vec<&[u8]>, &[u8]) = match (target.first()?, root) {
        (b'/', Some(root)) => (Vec::new(), below(target, root)?),
        (b'/', None) => return None,
        _ => {
            let mut folder: Vec<&[u8]> = link.split(|&b| b == b'/').collect();
            folder.pop();
            (folder, target)
        }
    };
    for part in rest.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                // `folder/..` leads back only if the folder is one: a link to a folder leads elsewhere.
                let folder = path.join(b"/".as_slice());
                path.pop()?;
                is_folder(found, &folder).then_some(())?;
            }
            name => path.push(name),
        }
    }
    Some(path.join(b"/".as_slice()))
}

/// The rest of an absolute path below a folder.
fn below<'t>(target: &'t [u8], root: &[u8]) -> Option<&'t [u8]> {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    target.strip_prefix(root).filter(|rest| rest.starts_with(b"/"))
}

fn is_folder(found: &[Found], folder: &[u8]) -> bool {
    let prefix = [folder, b"/"].concat();
    let start = found.partition_point(|other| other.path < prefix);
    found.get(start).is_some_and(|other| other.path.starts_with(&prefix))
}

/// The id of these bytes as a file: the one that git gives them.
pub(super) fn content_id(bytes: &[u8]) -> ContentId {
    hash(ObjectType::Blob, bytes)
}

/// An id for content that can't be read: equal only for equal `reason`s, and equal to no file's id, because git
/// hashes an object's type along with its bytes.
pub(super) fn unread_id(reason: &[u8]) -> ContentId {
    hash(ObjectType::Tag, reason)
}

fn hash(kind: ObjectType, bytes: &[u8]) -> ContentId {
    // Hashing only fails for an object type that can't be stored, and both are.
    Oid::hash_object(kind, bytes).map_or(ContentId([0; 20]), |oid| id_of(&oid))
}

/// An object's id as a content id. Longer hashes are cut.
pub(super) fn id_of(oid: &Oid) -> ContentId {
    let mut id = [0; 20];
    for (to, from) in id.iter_mut().zip(oid.as_bytes()) {
        *to = *from;
    }
    ContentId(id)
}

/// The object with this content id.
pub(super) fn oid_of(id: ContentId, path: &str) -> Result<Oid, ReadError> {
    Oid::from_bytes(&id.0).map_err(|_| no_such_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Found {
        Found { path: path.into(), kind: Kind::File, id: content_id(path.as_bytes()), origin: Origin::Object }
    }

    fn link(path: &str, target: &str) -> Found {
        Found { kind: Kind::Link(target.into()), ..file(path) }
    }

    /// `path -> file` for each entry.
    fn resolved(found: Vec<Found>) -> Vec<String> {
        let listing = Listing::new(found, Some(b"/home/project/"));
        let read = |entry: &Entry| format!("{} -> {}", entry.path, lossy(&listing.place(entry).unwrap().path));
        listing.entries.iter().map(read).collect()
    }

    #[test]
    fn links_lead_to_files_of_the_same_tree() {
        let found = vec![
            file("shared/dates.sql"),
            link("models/a.sql", "../shared/dates.sql"),
            link("models/b.sql", "./a.sql"),
            link("models/c.sql", "/home/project/shared/dates.sql"),
        ];
        assert_eq!(
            resolved(found),
            [
                "models/a.sql -> shared/dates.sql",
                "models/b.sql -> shared/dates.sql",
                "models/c.sql -> shared/dates.sql",
                "shared/dates.sql -> shared/dates.sql",
            ]
        );
    }

    #[test]
    fn links_that_leave_the_tree_or_run_in_circles_are_left_out() {
        let found = vec![
            file("models/real.sql"),
            link("models/outside.sql", "../../etc/passwd"),
            link("models/absolute.sql", "/etc/passwd"),
            link("models/sibling.sql", "/home/project2/models/real.sql"),
            link("models/self.sql", "self.sql"),
            link("models/ping.sql", "pong.sql"),
            link("models/pong.sql", "ping.sql"),
            link("models/dangling.sql", "gone.sql"),
            link("models/empty.sql", ""),
        ];
        assert_eq!(resolved(found), ["models/real.sql -> models/real.sql"]);
    }

    #[test]
    fn links_to_folders_are_neither_entries_nor_ways_to_files() {
        let found = vec![
            file("deep/down/x.sql"),
            file("x.sql"),
            link("folder", "deep/down"),
            link("through.sql", "folder/x.sql"),
            link("up.sql", "folder/../x.sql"),
            link("real_up.sql", "deep/../x.sql"),
        ];
        assert_eq!(resolved(found), ["deep/down/x.sql -> deep/down/x.sql", "real_up.sql -> x.sql", "x.sql -> x.sql"]);
    }

    #[test]
    fn names_that_look_alike_are_read_by_their_content() {
        let raw = |name: &[u8], text: &str| Found { path: name.to_vec(), id: content_id(text.as_bytes()), ..file("") };
        let listing = Listing::new(vec![raw(b"caf\xe9.sql", "one"), raw(b"caf\xe8.sql", "two")], None);
        let places: Vec<_> = listing.entries.iter().map(|entry| listing.place(entry)).collect();
        assert_eq!(listing.entries[0].path, listing.entries[1].path);
        assert_ne!(places[0], places[1]);
    }

    #[test]
    fn unreadable_content_equals_no_file() {
        assert_ne!(unread_id(b"SELECT 1"), content_id(b"SELECT 1"));
        // What `git hash-object` says about these bytes.
        assert_eq!(content_id(b"SELECT 1\n").0[..4], [0x2e, 0x37, 0x61, 0xf7][..]);
    }
}
