//! The texts of types: as a dialect writes them, and as the tables do.

use crate::sql::tree::Name;

use super::data_type::{DataType, Field, Part, USER_DEFINED};
use super::tables::Tables;

/// How deep types may nest.
const DEPTH: usize = 40;

/// Reads a type as written in the tables' dialect.
pub(super) fn read(text: &str, tables: &Tables) -> DataType {
    let mut reader = Reader { rest: text.trim(), tables, is_neutral: false };
    reader.data_type(DEPTH).unwrap_or_else(DataType::unknown)
}

/// Reads a type as written in the tables: by its kind's own name.
pub(super) fn spelled(text: &str, tables: &Tables) -> DataType {
    let mut reader = Reader { rest: text.trim(), tables, is_neutral: true };
    reader.data_type(DEPTH).unwrap_or_else(DataType::unknown)
}

struct Reader<'t> {
    rest: &'t str,
    tables: &'t Tables,
    /// Words are the names of kinds, whatever the dialect calls them.
    is_neutral: bool,
}

impl<'t> Reader<'t> {
    fn data_type(&mut self, depth: usize) -> Option<DataType> {
        let depth = depth.checked_sub(1)?;
        let words = self.words();
        let mut found = self.named(words)?;
        if let Some(inside) = self.bracketed()
            && !self.tables.bare.contains(found.kind)
        {
            found = self.filled(found, words, inside, depth);
        }
        found = self.zoned(found);
        if let Some(rest) = self.rest.strip_prefix('^').filter(|_| self.is_neutral) {
            self.rest = rest;
            found.nullable = Some(false);
        }
        for _ in 0..depth {
            let Some(after) = self.rest.trim_start().strip_prefix('[') else { break };
            let end = after.find(']')?;
            self.rest = after.get(end + 1..)?;
            found = DataType::array(found);
        }
        Some(found)
    }

    /// Words up to a bracket, a comma or the end.
    fn words(&mut self) -> &'t str {
        let end = self.rest.find(['(', '<', '[', ',', ')', '>', ']']).unwrap_or(self.rest.len());
        let (words, rest) = self.rest.split_at(end);
        self.rest = rest;
        words.trim()
    }

    /// What stands in the brackets that follow.
    fn bracketed(&mut self) -> Option<&'t str> {
        let open = self.rest.chars().next().filter(|c| matches!(c, '(' | '<'))?;
        let close = if open == '(' { ')' } else { '>' };
        let mut inside = 0_i32;
        let end = self.rest.find(|c: char| {
            match c {
                '(' | '<' => inside += 1,
                ')' | '>' => inside -= 1,
                _ => {}
            }
            inside == 0 && c == close
        })?;
        let text = self.rest.get(1..end)?;
        self.rest = self.rest.get(end + 1..)?;
        Some(text)
    }

    fn named(&self, words: &str) -> Option<DataType> {
        if words.is_empty() {
            return None;
        }
        let upper = words.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
        if self.is_neutral {
            return Some(self.tables.kinds.get(&*upper).map_or_else(DataType::unknown, |kind| DataType::plain(kind)));
        }
        let known = |word: &str| self.tables.words.get(word).cloned();
        let found = known(&upper).or_else(|| {
            let unsigned = upper.strip_suffix(" UNSIGNED").map(|signed| format!("U{signed}"));
            let signed = upper.strip_suffix(" SIGNED").or_else(|| upper.strip_suffix(" WITHOUT TIME ZONE"));
            let zoned = upper.strip_suffix(" WITH TIME ZONE").map(|plain| format!("{plain}TZ"));
            let local = upper.strip_suffix(" WITH LOCAL TIME ZONE").map(|plain| format!("{plain}LTZ"));
            unsigned.or(zoned).or(local).and_then(|word| known(&word)).or_else(|| known(signed?))
        });
        let found = found.unwrap_or_else(|| match &*upper {
            "UNKNOWN" => DataType::unknown(),
            _ => DataType::with(USER_DEFINED, vec![Part::Value(words.into())], false),
        });
        Some(DataType { nullable: self.tables.is_clickhouse.then_some(false), ..found })
    }

    /// The type with what its brackets hold.
    fn filled(&self, found: DataType, words: &str, inside: &str, depth: usize) -> DataType {
        let inner = |text: &str| Reader { rest: text.trim(), ..*self }.data_type(depth);
        if words.eq_ignore_ascii_case("NULLABLE") {
            let inner = inner(inside).unwrap_or_else(DataType::unknown);
            return DataType { nullable: Some(true), ..inner };
        }
        let items = top_level_parts(inside);
        let parts: Vec<Part> = match found.kind {
            "ARRAY" | "LIST" | "MAP" | "LOWCARDINALITY" | "RANGE" => {
                items.iter().filter_map(|item| inner(item)).map(Part::Type).collect()
            }
            "STRUCT" | "NESTED" | "OBJECT" | "UNION" => {
                items.iter().filter_map(|item| self.member(item, depth)).collect()
            }
            _ => items.iter().map(|item| Part::Value(item.trim().into())).collect(),
        };
        let nested = !matches!(found.kind, "LOWCARDINALITY" | "RANGE")
            && parts.iter().any(|part| matches!(part, Part::Type(_) | Part::Field(..)));
        DataType { nullable: found.nullable, ..DataType::with(found.kind, parts, nested) }
    }

    /// A struct's field, or one without a name.
    fn member(&self, item: &str, depth: usize) -> Option<Part> {
        let item = item.trim();
        let quote = item.chars().next().filter(|c| matches!(c, '"' | '`'));
        let (name, rest) = match quote {
            Some(quote) => {
                let end = item.get(1..)?.find(quote)?;
                (item.get(1..=end)?, item.get(end + 2..)?)
            }
            None => {
                let end = item.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(item.len());
                item.split_at(end)
            }
        };
        let rest = rest.trim_start();
        let of = |text: &str| Reader { rest: text.trim(), ..*self }.data_type(depth);
        match rest.strip_prefix(':').unwrap_or(rest) {
            "" => of(item).map(Part::Type),
            rest if rest.starts_with(['(', '<', '[']) => of(item).map(Part::Type),
            rest => {
                // What a field may say besides its type.
                let rest = rest.trim().trim_end_matches("NOT NULL").trim_end();
                let field = Field { name: Name::from(name), quoted: quote.is_some() };
                Some(Part::Field(field, of(rest)?))
            }
        }
    }

    /// `TIMESTAMP(6) WITH TIME ZONE`
    fn zoned(&mut self, found: DataType) -> DataType {
        let rest = self.rest.trim_start();
        let upper = rest.to_uppercase();
        // Canonical names have no blanks behind a bracket.
        let zones = [
            ("WITH TIME ZONE", "TZ"),
            ("WITH LOCAL TIME ZONE", "LTZ"),
            ("WITHOUT TIME ZONE", ""),
            ("WITHTIMEZONE", "TZ"),
            ("WITHLOCALTIMEZONE", "LTZ"),
            ("WITHOUTTIMEZONE", ""),
        ];
        for (words, suffix) in zones {
            if upper.starts_with(words) {
                self.rest = rest.get(words.len()..).unwrap_or("");
                let kind = self.tables.kinds.get(&*format!("{}{suffix}", found.kind));
                return DataType { kind: kind.copied().unwrap_or(found.kind), ..found };
            }
        }
        if let Some(kind) =
            upper.strip_prefix("UNSIGNED").and_then(|_| self.tables.kinds.get(&*format!("U{}", found.kind)))
        {
            self.rest = rest.get("UNSIGNED".len()..).unwrap_or("");
            return DataType { kind, ..found };
        }
        found
    }
}

/// The parts between commas that stand outside of all brackets and texts.
fn top_level_parts(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted) = (0_i32, false);
    text.split(|c: char| {
        match c {
            '\'' => quoted = !quoted,
            '<' | '(' | '[' if !quoted => depth += 1,
            '>' | ')' | ']' if !quoted => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0 && !quoted
    })
    .collect()
}
