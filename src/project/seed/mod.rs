//! Seeds: CSV files that are models.

mod csv;
mod settings;

use super::context::{Context, Output};
use super::{ModelKind, SqlBody, codes, files};
use crate::dialect::Dialect;
use crate::source::Entry;

use crate::names::ColumnName;
use crate::source::ContentId;

/// A seed's content, reduced to what comparison needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The CSV file, from the repository's root.
    pub path: String,
    /// `None`: the file isn't in the tree or could not be read.
    pub content: Option<SeedContent>,
    /// What stands around `@INSERT_SEED()`.
    pub statements: SqlBody,
}

/// A CSV file by columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedContent {
    pub id: ContentId,
    pub rows: usize,
    /// Of the bag of rows, columns matched by name: equal for the same rows in another order.
    pub bag: u128,
    pub columns: Vec<SeedColumn>,
}

/// One column of a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedColumn {
    pub name: ColumnName,
    /// The type that SQLMesh takes from what pandas reads.
    pub data_type: &'static str,
    /// Of its values in file order. Equal hashes of all columns: equal tables.
    pub hash: u128,
}

/// Reads the seed that a `kind SEED (path '…', csv_settings (…))` in the file `entry` names.
pub(crate) fn load(
    context: &Context<'_>,
    entry: &Entry,
    kind: &ModelKind,
    dialect: Dialect,
    statements: SqlBody,
    output: &mut Output,
) -> Seed {
    let written = kind.get("path").map(|property| settings::text(&property.value, dialect));
    let path = written.and_then(|written| resolve(context, entry, &written));
    let mut seed = Seed { path: path.clone().unwrap_or_default(), content: None, statements };
    let place = kind.get("path").map(|property| property.location.clone());
    let place = place.unwrap_or_else(|| crate::diagnostic::Location::file(entry.path.clone()));
    let Some(path) = path else {
        output.warn(codes::SEED_UNREADABLE, place, "this seed does not name a file of the repository");
        return seed;
    };
    let Some(file) = context.tree.find(&path) else {
        output.warn(
            codes::SEED_UNREADABLE,
            place,
            format!("the seed's file `{path}` is not in {}", context.tree.name()),
        );
        return seed;
    };
    let read = context.tree.read(file).map_err(|error| error.message);
    let read = read.and_then(|bytes| {
        let settings = settings::Settings::of(kind, dialect);
        csv::read(file.id, &bytes, &settings, dialect).map_err(str::to_owned)
    });
    match read {
        Ok(content) => seed.content = Some(content),
        Err(message) => {
            output.warn(
                codes::SEED_UNREADABLE,
                place,
                format!("the seed's file `{path}` could not be read: {message}"),
            );
        }
    }
    seed
}

/// `$root/…` is relative to the project, anything else to the model's file.
fn resolve(context: &Context<'_>, entry: &Entry, written: &str) -> Option<String> {
    let written = written.replace('\\', "/");
    if written.is_empty() || written.starts_with('/') {
        return None;
    }
    let (folder, rest) = match written.split_once('/') {
        Some((marker, rest)) if marker.eq_ignore_ascii_case("$root") => (context.root, rest),
        _ => (files::parent(&entry.path), written.as_str()),
    };
    files::normalize(&files::join(folder, rest))
}
