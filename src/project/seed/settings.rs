//! `csv_settings` of a seed, with pandas' defaults.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::Dialect;
use crate::lex::{TokenKind, lex_code, string_value};
use crate::project::header;
use crate::project::{ModelKind, Property};

/// What pandas 2 reads as missing: `pandas._libs.parsers.STR_NA_VALUES`.
const DEFAULT_NA: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// How a CSV file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub delimiter: u8,
    pub quote: u8,
    pub double_quote: bool,
    pub escape: Option<u8>,
    pub skip_initial_space: bool,
    pub terminator: Option<u8>,
    /// Missing values of all columns, and of single ones.
    pub na: BTreeSet<String>,
    pub na_by_column: BTreeMap<String, BTreeSet<String>>,
    /// Something is set that this reader doesn't know.
    pub unsupported: bool,
}

impl Settings {
    /// Reads the kind's `csv_settings`.
    pub fn of(kind: &ModelKind, dialect: Dialect) -> Self {
        let mut settings = Settings {
            delimiter: b',',
            quote: b'"',
            double_quote: true,
            escape: None,
            skip_initial_space: false,
            terminator: None,
            na: BTreeSet::new(),
            na_by_column: BTreeMap::new(),
            unsupported: false,
        };
        let mut keep_default = true;
        let pairs =
            kind.get("csv_settings").map(|property: &Property| header::pairs(&property.value, dialect.lexical()));
        for (name, value) in pairs.unwrap_or_default() {
            settings.set(&name, &value, dialect, &mut keep_default);
        }
        if keep_default {
            settings.na.extend(DEFAULT_NA.map(str::to_owned));
        }
        settings
    }

    fn set(&mut self, name: &str, value: &str, dialect: Dialect, keep_default: &mut bool) {
        let written = text(value, dialect);
        let is_true = written.eq_ignore_ascii_case("true");
        match name {
            "delimiter" => self.set_byte(&written, |settings, byte| settings.delimiter = byte),
            "quotechar" => self.set_byte(&written, |settings, byte| settings.quote = byte),
            "escapechar" => self.set_byte(&written, |settings, byte| settings.escape = Some(byte)),
            "lineterminator" => self.set_byte(&written, |settings, byte| settings.terminator = Some(byte)),
            "doublequote" => self.double_quote = is_true,
            "skipinitialspace" => self.skip_initial_space = is_true,
            "keep_default_na" => *keep_default = is_true,
            "na_values" => self.set_na(value, dialect),
            // The file is read as UTF-8 whatever the encoding says.
            "encoding" => {}
            _ => self.unsupported = true,
        }
    }

    fn set_byte(&mut self, text: &str, set: impl FnOnce(&mut Self, u8)) {
        match text.as_bytes() {
            [byte] => set(self, *byte),
            _ => self.unsupported = true,
        }
    }

    /// `('a', 1)` for all columns, `(column = ('a', 1))` for single ones.
    fn set_na(&mut self, value: &str, dialect: Dialect) {
        let rules = dialect.lexical();
        let by_column = header::pairs(value, rules);
        if by_column.is_empty() {
            let items = header::items(value, rules);
            self.na.extend(items.into_iter().map(|item| text(item, dialect)));
        }
        for (column, values) in by_column {
            let items = header::items(&values, rules);
            self.na_by_column.insert(column, items.into_iter().map(|item| text(item, dialect)).collect());
        }
    }
}

/// The value of a string, or the text itself. `\t` and the like are control characters, as in SQLMesh.
pub fn text(value: &str, dialect: Dialect) -> String {
    let rules = dialect.lexical();
    let tokens = lex_code(value, rules);
    let text = match tokens.as_slice() {
        [token] if token.kind == TokenKind::String => string_value(token, value, rules),
        [token] if token.kind == TokenKind::QuotedIdentifier => crate::lex::identifier_text(token, value).0,
        _ => value.trim().to_owned(),
    };
    match text.as_str() {
        "\\t" => "\t".to_owned(),
        "\\n" => "\n".to_owned(),
        "\\r" => "\r".to_owned(),
        "\\\\" => "\\".to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;

    fn settings(value: &str) -> Settings {
        let property =
            header::property_from_text("csv_settings", value, Dialect::default().lexical(), Location::default());
        let kind = ModelKind { name: "SEED".to_owned(), properties: vec![property] };
        Settings::of(&kind, Dialect::default())
    }

    #[test]
    fn settings_are_read() {
        let read = settings("(delimiter = '\\t', escapechar := '\\\\', keep_default_na = false, na_values = ('-', 0))");
        assert_eq!((read.delimiter, read.escape), (b'\t', Some(b'\\')));
        assert_eq!(read.na, BTreeSet::from(["-".to_owned(), "0".to_owned()]));
        assert!(!read.unsupported);
        let read = settings("(na_values = (a = ('x'), b = ('y')))");
        assert!(read.na_by_column["a"].contains("x"));
        assert!(read.na.contains("NULL"));
        assert!(settings("(delimiter = '||')").unsupported);
    }
}
