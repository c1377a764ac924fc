//! Two types brought to one.

use super::Annotator;
use super::data_type::{DataType, NULL, UNKNOWN};
use super::tables::Tables;

/// What an annotator sees of a part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) data_type: DataType,
    pub(super) is_literal: bool,
    /// A literal's text, an interval's unit, a name.
    pub(super) word: Option<String>,
}

impl Typed {
    pub(super) fn of(data_type: DataType) -> Self {
        Typed { data_type, is_literal: false, word: None }
    }

    pub(super) fn unknown() -> Self {
        Typed::of(DataType::unknown())
    }
}

/// What arguments together have (`_annotate_by_args`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// Whole numbers become the widest, floating ones doubles.
    pub(super) promoted: bool,
    pub(super) array: bool,
}

impl Tables {
    /// The second type if the first becomes it beside it, else the first (`_maybe_coerce`).
    pub(super) fn coerced(&self, a: &DataType, b: &DataType) -> DataType {
        if a.parts.is_some() {
            return a.clone();
        }
        if b.parts.is_some() {
            return b.clone();
        }
        DataType::plain(match (a.kind, b.kind) {
            (UNKNOWN, _) | (_, UNKNOWN) => UNKNOWN,
            (NULL, other) | (other, NULL) => other,
            (a, b) if self.coerces(a, b) => b,
            (a, _) => a,
        })
    }
}

impl Annotator<'_> {
    /// The type of a call that has its arguments' type.
    pub(super) fn by_arguments<'t>(&self, arguments: impl IntoIterator<Item = &'t Typed>, wanted: Wanted) -> DataType {
        let (mut literal, mut other, mut nested): (Option<DataType>, Option<DataType>, Option<DataType>) =
            (None, None, None);
        for argument in arguments {
            let found = &argument.data_type;
            if found.is_unknown() {
                return DataType::unknown();
            }
            if nested.is_some() {
                continue;
            }
            if found.nested {
                nested = Some(found.clone());
                continue;
            }
            let side = if argument.is_literal { &mut literal } else { &mut other };
            *side = Some(self.tables.coerced(side.as_ref().unwrap_or(found), found));
        }
        let result = nested.unwrap_or_else(|| self.common(literal, other));
        let result = if wanted.promoted { self.promoted(result) } else { result };
        if wanted.array { DataType::array(result) } else { result }
    }

    fn common(&self, literal: Option<DataType>, other: Option<DataType>) -> DataType {
        match (literal, other) {
            (Some(literal), Some(other)) => {
                let both = |set: &str| self.tables.is(set, literal.kind) && self.tables.is(set, other.kind);
                match self.tables.prefers_columns && (both("INTEGER") || both("REAL")) {
                    true => other,
                    false => self.tables.coerced(&other, &literal),
                }
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => DataType::unknown(),
        }
    }

    fn promoted(&self, found: DataType) -> DataType {
        match found.kind {
            kind if self.tables.is("INTEGER", kind) => DataType::plain("BIGINT"),
            kind if self.tables.is("FLOAT", kind) => DataType::plain("DOUBLE"),
            _ => found,
        }
    }

    /// `_annotate_binary`, where the operator is no predicate.
    pub(super) fn binary(&self, left: &Typed, right: &Typed) -> DataType {
        let is = |set: &str, side: &Typed| self.tables.is(set, side.data_type.kind);
        match (left.data_type.kind, right.data_type.kind) {
            (_, "INTERVAL") if is("TEXT", left) => date_literal(left, right.word.as_deref()),
            ("INTERVAL", _) if is("TEXT", right) => date_literal(right, left.word.as_deref()),
            _ if is("TEXT", left) && is("NUMERIC", right) => right.data_type.clone(),
            _ if is("NUMERIC", left) && is("TEXT", right) => left.data_type.clone(),
            ("DATE", "INTERVAL") => date(left, right.word.as_deref()),
            ("INTERVAL", "DATE") => date(right, left.word.as_deref()),
            _ => self.by_arguments([left, right], Wanted::default()),
        }
    }

    /// `_annotate_div`; whether whole numbers stay whole.
    pub(super) fn division(&self, left: &DataType, right: &DataType, whole: bool) -> DataType {
        if whole && self.tables.is("INTEGER", left.kind) && self.tables.is("INTEGER", right.kind) {
            return DataType::plain("BIGINT");
        }
        let found = self.tables.coerced(&DataType::plain(left.kind), &DataType::plain(right.kind));
        match self.tables.is("REAL", found.kind) {
            true => found,
            false => self.tables.coerced(&found, &DataType::plain("DOUBLE")),
        }
    }

    /// `_annotate_timeunit`
    pub(super) fn by_unit(&self, value: &Typed, unit: Option<&str>) -> DataType {
        match value.data_type.kind {
            kind if self.tables.is("TEXT", kind) => date_literal(value, unit),
            kind if self.tables.is("TEMPORAL", kind) => date(value, unit),
            _ => DataType::unknown(),
        }
    }
}

/// `_coerce_date`: units below a day make a date a moment.
fn date(value: &Typed, unit: Option<&str>) -> DataType {
    DataType::plain(if is_date_unit(unit) { value.data_type.kind } else { "DATETIME" })
}

/// `_coerce_date_literal`
fn date_literal(value: &Typed, unit: Option<&str>) -> DataType {
    let text = value.word.as_deref().unwrap_or_default();
    match is_iso_date(text) {
        true if is_date_unit(unit) => DataType::plain("DATE"),
        true => DataType::plain("DATETIME"),
        false if is_iso_moment(text) => DataType::plain("DATETIME"),
        false => DataType::unknown(),
    }
}

/// sqlglot's `is_date_unit`, with the abbreviations that it spells out before.
fn is_date_unit(unit: Option<&str>) -> bool {
    let Some(unit) = unit else { return false };
    if matches!(unit, "D" | "W" | "Q" | "Y") {
        return true;
    }
    ["day", "week", "month", "quarter", "year", "year_month"].iter().any(|known| unit.eq_ignore_ascii_case(known))
}

fn is_iso_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
    };
    let (year, month, day) = match bytes.len() {
        10 if bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') => (number(0..4), number(5..7), number(8..10)),
        8 => (number(0..4), number(4..6), number(6..8)),
        _ => return false,
    };
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

/// Python's `datetime.fromisoformat`, as far as people write it: a date, one character, a time.
fn is_iso_moment(text: &str) -> bool {
    let Some((day, rest)) = text.split_at_checked(10).filter(|(day, _)| is_iso_date(day)) else { return false };
    let mut rest = rest.chars();
    if day.len() != 10 || rest.next().is_none() {
        return false;
    }
    let time = rest.as_str();
    let clock = time.split(['+', 'Z', '-']).next().unwrap_or("");
    let parts: Vec<&str> = clock.split(':').collect();
    let two_digits = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let limits = [24, 60, 60];
    (1..=3).contains(&parts.len())
        && parts.iter().zip(limits).enumerate().all(|(at, (part, limit))| {
            let whole = if at == 2 { part.split('.').next().unwrap_or("") } else { part };
            two_digits(&whole) && whole.parse::<u32>().is_ok_and(|value| value < limit)
        })
}
