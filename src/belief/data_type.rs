//! sqlglot's data types.

use std::sync::Arc;

use crate::sql::tree::Name;

/// A kind of type by sqlglot's name of it (`exp.DType`).
pub(super) type Kind = &'static str;

pub(super) const UNKNOWN: Kind = "UNKNOWN";
pub(super) const NULL: Kind = "NULL";
pub(super) const USER_DEFINED: Kind = "USER-DEFINED";

/// A type: a kind with what stands in its brackets. Two are equal if sqlglot's are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DataType {
    pub(super) kind: Kind,
    pub(super) parts: Option<Arc<[Part]>>,
    /// Made of other types, by sqlglot's mark.
    pub(super) nested: bool,
    /// Whether NULL is a value of it, if somebody said: only ClickHouse writes that.
    pub(super) nullable: Option<bool>,
}

/// Something in a type's brackets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Type(DataType),
    Field(Field, DataType),
    /// A number, a word, a text with its quotes.
    Value(Name),
}

/// A field's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Field {
    pub(super) name: Name,
    /// It is written with quotes, as all names of an optimized query are.
    pub(super) quoted: bool,
}

impl DataType {
    pub(super) const fn plain(kind: Kind) -> Self {
        DataType { kind, parts: None, nested: false, nullable: None }
    }

    /// A type that isn't known.
    pub fn unknown() -> Self {
        DataType::plain(UNKNOWN)
    }

    pub(super) fn with(kind: Kind, parts: Vec<Part>, nested: bool) -> Self {
        DataType { parts: (!parts.is_empty()).then(|| parts.into()), nested, ..DataType::plain(kind) }
    }

    pub(super) fn array(element: DataType) -> Self {
        DataType::with("ARRAY", vec![Part::Type(element)], true)
    }

    pub fn is_unknown(&self) -> bool {
        self.kind == UNKNOWN
    }

    /// Does SQLMesh call it known (`type_is_known`)? Casts are only written to such types.
    pub fn is_known(&self) -> bool {
        self.kind != UNKNOWN
            && self.kind != NULL
            && self.parts().iter().all(|part| match part {
                Part::Type(inner) | Part::Field(_, inner) => inner.is_known(),
                Part::Value(_) => true,
            })
    }

    /// A type that only the project's database knows.
    pub fn is_user_defined(&self) -> bool {
        self.kind == USER_DEFINED
    }

    /// The type in words of no dialect, equal if sqlglot's types are; `None` if it isn't a known one.
    pub fn spelled_out(&self) -> Option<String> {
        if self.kind == UNKNOWN || self.kind == USER_DEFINED {
            return None;
        }
        let part = |part: &Part| match part {
            Part::Type(inner) => inner.spelled_out(),
            Part::Field(field, inner) => Some(format!("{} {}", field.name, inner.spelled_out()?)),
            Part::Value(text) => Some(text.to_string()),
        };
        let parts: Vec<String> = self.parts().iter().map(part).collect::<Option<_>>()?;
        let brackets = if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
        let nullable = if self.nullable == Some(true) { "?" } else { "" };
        Some(format!("{}{brackets}{nullable}", self.kind))
    }

    pub(super) fn parts(&self) -> &[Part] {
        self.parts.as_deref().unwrap_or_default()
    }

    /// The first type in its brackets: an array's elements, a map's keys.
    pub(super) fn inner(&self) -> DataType {
        match self.parts().first() {
            Some(Part::Type(inner)) => inner.clone(),
            Some(Part::Field(..) | Part::Value(_)) | None => DataType::unknown(),
        }
    }

    /// The same with all names in it in quotes.
    pub(super) fn quoted(self) -> DataType {
        let Some(parts) = &self.parts else { return self };
        let part = |part: &Part| match part {
            Part::Type(inner) => Part::Type(inner.clone().quoted()),
            Part::Field(field, inner) => Part::Field(Field { quoted: true, ..field.clone() }, inner.clone().quoted()),
            Part::Value(text) => Part::Value(text.clone()),
        };
        DataType { parts: Some(parts.iter().map(part).collect()), ..self }
    }

    /// A struct's field.
    pub(super) fn field(&self, name: &str) -> Option<&DataType> {
        let fields = || self.parts().iter();
        let found = |same: fn(&str, &str) -> bool| {
            fields().find_map(|part| match part {
                Part::Field(known, inner) if same(&known.name, name) => Some(inner),
                Part::Field(..) | Part::Type(_) | Part::Value(_) => None,
            })
        };
        found(|a, b| a == b).or_else(|| found(str::eq_ignore_ascii_case)).filter(|_| self.kind == "STRUCT")
    }
}
