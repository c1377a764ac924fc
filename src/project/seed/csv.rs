//! A CSV file by columns, each reduced to a hash of its values as SQLMesh (through pandas) would load them.
//!
//! In: bytes and [`Settings`]. Out: a [`SeedContent`]. Equal hashes mean equal values: `1` and `01` in a column of
//! whole numbers are the same, `1` and `1.0` are not. One pass; memory for one hash per row and some per column.

use std::hash::Hasher;

use super::settings::Settings;
use super::{SeedColumn, SeedContent};
use crate::dialect::Dialect;
use crate::hash::{Print, Printer};
use crate::source::ContentId;

/// Reads a file.
pub fn read(id: ContentId, bytes: &[u8], settings: &Settings, dialect: Dialect) -> Result<SeedContent, &'static str> {
    if settings.unsupported {
        return Err("its csv_settings are not supported");
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut builder = csv::ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(settings.delimiter)
        .quote(settings.quote)
        .double_quote(settings.double_quote)
        .escape(settings.escape);
    if let Some(terminator) = settings.terminator {
        builder.terminator(csv::Terminator::Any(terminator));
    }
    let mut reader = builder.from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let mut next = |record: &mut csv::ByteRecord| reader.read_byte_record(record).map_err(|_| "it is not valid CSV");
    if !next(&mut record)? {
        return Err("it is empty");
    }
    let mut columns = header(&record, settings, dialect)?;
    let by_name = by_name(&columns);
    let mut rows = Vec::new();
    while next(&mut record)? {
        if record.len() > columns.len() {
            return Err("a row has more fields than the header");
        }
        for (at, column) in columns.iter_mut().enumerate() {
            let cell = trimmed(record.get(at).unwrap_or_default(), settings);
            column.push(std::str::from_utf8(cell).map_err(|_| "it is not UTF-8 text")?, settings);
        }
        rows.push(row_hash(&record, &by_name, settings));
    }
    let bag = bag_hash(&columns, &by_name, &mut rows);
    Ok(SeedContent { id, rows: rows.len(), bag, columns: columns.into_iter().map(Column::finish).collect() })
}

/// The columns' places, in the order of their names.
fn by_name(columns: &[Column]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&at| columns.get(at).map(|column| &column.name));
    order
}

fn row_hash(record: &csv::ByteRecord, by_name: &[usize], settings: &Settings) -> u128 {
    let mut hash = Cells::new("row");
    for &at in by_name {
        hash.value(trimmed(record.get(at).unwrap_or_default(), settings));
    }
    hash.finish()
}

/// Equal for the same rows, whatever their order. (A sum of hashes could be forged; their sorted list can't.)
fn bag_hash(columns: &[Column], by_name: &[usize], rows: &mut [u128]) -> u128 {
    rows.sort_unstable();
    let mut hash = Cells::new("bag");
    for column in by_name.iter().filter_map(|&at| columns.get(at)) {
        hash.value(column.name.as_bytes());
        hash.value(column.written.as_bytes());
    }
    for row in rows {
        hash.value(&row.to_le_bytes());
    }
    hash.finish()
}

fn trimmed<'c>(cell: &'c [u8], settings: &Settings) -> &'c [u8] {
    if settings.skip_initial_space { cell.trim_ascii_start() } else { cell }
}

/// The header's names: normalized by the dialect; of equal ones the later get a number, as in pandas.
fn header(record: &csv::ByteRecord, settings: &Settings, dialect: Dialect) -> Result<Vec<Column>, &'static str> {
    let mut seen = std::collections::BTreeMap::new();
    let mut columns = Vec::new();
    for (at, cell) in record.iter().enumerate() {
        let text = std::str::from_utf8(trimmed(cell, settings)).map_err(|_| "it is not UTF-8 text")?;
        let mut name = if text.is_empty() { format!("Unnamed: {at}") } else { text.to_owned() };
        let count = seen.entry(name.clone()).or_insert(0usize);
        if *count > 0 {
            name = format!("{name}.{count}");
        }
        *count += 1;
        columns.push(Column::new(name, dialect));
    }
    Ok(columns)
}

/// What a column's values can be read as; the hash of each reading is kept while it is possible.
struct Column {
    written: String,
    name: String,
    any: bool,
    missing: bool,
    texts: Cells,
    integers: Option<Cells>,
    floats: Option<Cells>,
    booleans: Option<Cells>,
}

impl Column {
    fn new(written: String, dialect: Dialect) -> Self {
        let is_plain = written.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !written.starts_with(|c: char| c.is_ascii_digit());
        Column {
            name: dialect.normalize(&written, !is_plain).into_owned(),
            written,
            any: false,
            missing: false,
            texts: Cells::new("text"),
            integers: Some(Cells::new("integer")),
            floats: Some(Cells::new("float")),
            booleans: Some(Cells::new("boolean")),
        }
    }

    fn push(&mut self, cell: &str, settings: &Settings) {
        let own = settings.na_by_column.get(&self.written.to_lowercase());
        if settings.na.contains(cell) || own.is_some_and(|own| own.contains(cell)) {
            self.missing = true;
            self.texts.missing();
            for hash in [&mut self.integers, &mut self.floats, &mut self.booleans].into_iter().flatten() {
                hash.missing();
            }
            return;
        }
        self.any = true;
        self.texts.value(cell.as_bytes());
        push_as(&mut self.integers, integer(cell).map(|value| value.to_string()));
        push_as(&mut self.floats, float(cell).map(|value| value.to_bits().to_string()));
        push_as(&mut self.booleans, boolean(cell).map(|value| value.to_string()));
    }

    /// Of the readings that are possible for all values the narrowest, as pandas chooses it.
    fn finish(self) -> SeedColumn {
        let integers = self.integers.filter(|_| !self.missing);
        let booleans = self.booleans.filter(|_| !self.missing);
        let data_type = match (&integers, &booleans, &self.floats) {
            // Nothing but missing values are numbers to pandas.
            _ if !self.any => {
                if self.missing {
                    "DOUBLE"
                } else {
                    "TEXT"
                }
            }
            (Some(_), _, _) => "BIGINT",
            (None, Some(_), _) => "BOOLEAN",
            (None, None, Some(_)) => "DOUBLE",
            (None, None, None) => "TEXT",
        };
        let numeric = integers.or(booleans).or(self.floats).filter(|_| self.any);
        SeedColumn { name: self.name.into(), data_type, hash: numeric.unwrap_or(self.texts).finish() }
    }
}

fn push_as(hash: &mut Option<Cells>, value: Option<String>) {
    match (hash.as_mut(), value) {
        (Some(hash), Some(value)) => hash.value(value.as_bytes()),
        _ => *hash = None,
    }
}

fn integer(cell: &str) -> Option<i64> {
    cell.trim().parse().ok()
}

fn float(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    // Whole numbers beyond 64 bits stay texts in pandas.
    let is_whole = cell.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit());
    if is_whole && integer(cell).is_none() {
        return None;
    }
    let plain = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    plain.then(|| cell.parse().ok()).flatten()
}

fn boolean(cell: &str) -> Option<bool> {
    match cell {
        "True" | "TRUE" | "true" => Some(true),
        "False" | "FALSE" | "false" => Some(false),
        _ => None,
    }
}

/// A hash of cells, each of which may be missing.
struct Cells(Printer);

impl Cells {
    /// `reading`: what the cells are taken for.
    fn new(reading: &str) -> Self {
        let mut printer = Printer::default();
        printer.write(reading.as_bytes());
        Cells(printer)
    }

    fn value(&mut self, bytes: &[u8]) {
        self.0.write_u8(1);
        self.0.write_usize(bytes.len());
        self.0.write(bytes);
    }

    fn missing(&mut self) {
        self.0.write_u8(0);
    }

    fn finish(&self) -> Print {
        self.0.print()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ModelKind;

    fn content(text: &str) -> Result<SeedContent, &'static str> {
        let settings = Settings::of(&ModelKind::named("SEED"), Dialect::default());
        read(ContentId([0; 20]), text.as_bytes(), &settings, Dialect::default())
    }

    fn hashes(text: &str) -> Vec<u128> {
        content(text).expect("valid CSV").columns.iter().map(|column| column.hash).collect()
    }

    #[test]
    fn columns_are_told_apart() {
        let content = content("\u{feff}Id,\"My Name\",a,a\n1,x,,2\n").expect("valid CSV");
        let names: Vec<&str> = content.columns.iter().map(|column| &*column.name).collect();
        assert_eq!(names, ["id", "My Name", "a", "a.1"]);
        assert_eq!(content.rows, 1);
        let (before, after) = (hashes("a,b\n1,x\n2,y\n"), hashes("a,b\n1,x\n2,z\n"));
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1]);
    }

    #[test]
    fn equal_values_are_equal_however_written() {
        assert_eq!(hashes("a\n1\n2\n"), hashes("a\r\n\"01\"\r\n2"));
        assert_eq!(hashes("a,b\n1,NULL\n"), hashes("a,b\n1,\n"));
        assert_eq!(hashes("a\n1.50\n2\n"), hashes("a\n1.5\n2.0\n"));
        assert_eq!(hashes("a\nTrue\n"), hashes("a\ntrue\n"));
    }

    #[test]
    fn different_values_are_different() {
        assert_ne!(hashes("a\n1\n2\n"), hashes("a\n2\n1\n"));
        assert_ne!(hashes("a\n1\n"), hashes("a\n1.0\n"));
        assert_ne!(hashes("a\n01\nx\n"), hashes("a\n1\nx\n"));
        assert_ne!(hashes("a\nx\n\"\"\n"), hashes("a\nx\n0\n"));
        assert_ne!(hashes("a,b\nx,y\n"), hashes("a,b\nxy,\n"));
    }

    #[test]
    fn rows_that_do_not_fit_are_an_error() {
        assert!(content("a\n1,2\n").is_err());
        assert!(content("").is_err());
    }
}
