//! What sqlglot makes of one and the same text in different dialects, beyond its functions.
//!
//! Only seen when a model's dialect changes, or where spellings of a type fall together in one dialect and not in
//! another. The tables are those of sqlglot 30.8 (`NULL_ORDERING`, `TYPED_DIVISION`, `SAFE_DIVISION`, the tokenizers'
//! and parsers' types).

use std::borrow::Cow;

use crate::dialect::{Dialect, Family};
use crate::sql::tree::{Node, Op, Tree};

use super::units;

/// Whether NULLs come first where the query doesn't say.
pub(super) fn nulls_first(dialect: Dialect, descending: bool) -> bool {
    use Family::*;
    match dialect.family {
        Athena | ClickHouse | DuckDb | Presto | Trino => false,
        Materialize | Oracle | Postgres | Redshift | RisingWave | Snowflake => descending,
        _ => !descending,
    }
}

/// How a division is marked: whether it keeps whole numbers whole, and whether dividing by zero gives NULL.
pub(super) fn division(dialect: Dialect) -> (bool, bool) {
    use Family::*;
    let typed = matches!(
        dialect.family,
        Fabric | Materialize | Postgres | Presto | Redshift | RisingWave | Sqlite | Teradata | Trino | TSql
    );
    let safe = matches!(dialect.family, ClickHouse | Doris | DuckDb | Hive | MySql | Spark | Sqlite | StarRocks);
    (typed, safe)
}

/// Are units of time written with an S where they are read so (`INTERVAL_ALLOWS_PLURAL_FORM`)?
pub(super) fn writes_plural_units(dialect: Dialect) -> bool {
    !matches!(dialect.family, Family::Athena | Family::BigQuery | Family::MySql | Family::Presto | Family::Trino)
}

/// Does a column of truth values read as one, once its type is written in the dialect, as SQLMesh keeps it (`mapping_schema`)?
pub(super) fn has_truth(dialect: Dialect) -> bool {
    !matches!(dialect.family, Family::Fabric | Family::Sqlite | Family::TSql)
}

/// What `ARRAY[…]` is called where sqlglot tells it from `ARRAY(…)` (`HAS_DISTINCT_ARRAY_CONSTRUCTORS`) or from other
/// dialects' arrays (`struct_name_inheritance`).
pub(super) fn array_in_brackets(dialect: Dialect) -> Option<&'static str> {
    match dialect.family {
        Family::Redshift => Some("ARRAY[]"),
        Family::BigQuery => Some("ARRAY[] OF STRUCTS"),
        _ => None,
    }
}

/// From where arrays are counted (`INDEX_OFFSET`), where a number is the index: others sqlglot leaves as they are
/// (`apply_index_offset`). BigQuery's words for it are calls elsewhere.
pub(super) fn first_index(dialect: Dialect, index: &Tree) -> &'static str {
    use Family::*;
    match dialect.family {
        BigQuery if matches!(index.op, Op::Function(_)) => "words",
        _ if !is_whole(index) => "anywhere",
        Athena | ClickHouse | DuckDb | Materialize | Postgres | Presto | RisingWave | StarRocks | Trino => "1",
        _ => "0",
    }
}

/// An index as sqlglot keeps it: counted from nought, so that `length(x) + 0`, which it writes for `length(x)`, is the same.
/// Of a column the type isn't known, and nothing is added.
pub(super) fn index(dialect: Dialect, index: &Tree) -> Tree {
    let counts_from_one = first_index(dialect, &Node::leaf(Op::Number("1".into()), index.span)) == "1";
    match (&index.op, index.kids.as_slice()) {
        (Op::Binary(op), [call, nought]) if &**op == "+" && counts_from_one => {
            let is_nought = nought.op == Op::Number("0".into());
            if is_nought && matches!(call.op, Op::Function(_)) { call.clone() } else { index.clone() }
        }
        _ => index.clone(),
    }
}

fn is_whole(tree: &Tree) -> bool {
    match &tree.op {
        Op::Number(text) => text.bytes().all(|byte| byte.is_ascii_digit()),
        Op::Unary(_) | Op::Paren | Op::Binary(_) => tree.kids.iter().all(is_whole),
        _ => false,
    }
}

/// Does ORDER BY behind a set operation stay with its last SELECT (`MODIFIERS_ATTACHED_TO_SET_OP`, `SET_OP_MODIFIERS`)?
pub(super) fn order_stays_with_last(dialect: Dialect) -> bool {
    matches!(dialect.family, Family::ClickHouse | Family::Fabric | Family::TSql)
}

/// Does CAST give NULL where it fails?
pub(super) fn casts_are_safe(dialect: Dialect) -> bool {
    matches!(dialect.family, Family::Hive | Family::Spark)
}

/// A type's canonical name as sqlglot's type.
pub(super) fn data_type(name: &str, dialect: Dialect) -> Cow<'_, str> {
    use Family::*;
    let family = dialect.family;
    let (base, width) = match name.find('(') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let has_text_only = matches!(family, Databricks | DuckDb | Hive | Spark);
    let bare = match base {
        "VARCHAR" | "CHAR" | "NVARCHAR" | "BPCHAR" if has_text_only => return Cow::Borrowed("TEXT"),
        "STRING" => "TEXT",
        "INT64" if family != ClickHouse => "BIGINT",
        "REAL" | "FLOAT4" => "FLOAT",
        "FLOAT64" if family == BigQuery => "DOUBLE",
        "FLOAT" if matches!(family, Materialize | Postgres | Redshift | RisingWave | Snowflake) => "DOUBLE",
        "NUMERIC" | "NUMBER" => "DECIMAL",
        "TIMESTAMP" if matches!(family, BigQuery | Databricks | Doris | MySql | Spark | StarRocks) => "TIMESTAMPTZ",
        "TIMESTAMP" | "DATETIME" if family == DuckDb => "TIMESTAMPNTZ",
        "DATETIME" if family == BigQuery => "TIMESTAMP",
        "BINARY" | "BLOB" | "BYTEA" if family == DuckDb => "VARBINARY",
        "DECIMAL" if width.is_empty() && family == DuckDb => return Cow::Borrowed("DECIMAL(18,3)"),
        "DECIMAL" if width.is_empty() && family == Snowflake => return Cow::Borrowed("DECIMAL(38,0)"),
        other => other,
    };
    if bare == base { Cow::Borrowed(name) } else { Cow::Owned(format!("{bare}{width}")) }
}

/// Other spellings of one and the same node: numbers, units, intervals, arrays.
pub(super) fn spelled(tree: &Tree, dialect: Dialect) -> Tree {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Number(text), _) if text.starts_with('.') => Node::leaf(Op::Number(format!("0{text}").into()), tree.span),
        (Op::Function(_), _) => units::read(tree, dialect).unwrap_or_else(|| tree.clone()),
        (Op::Interval(unit), [value]) => interval(tree, unit, value, dialect),
        (Op::Array, _) => Node::new(Op::Function("ARRAY".into()), tree.kids.clone(), tree.span),
        _ => tree.clone(),
    }
}

/// `INTERVAL 1 DAY`, `INTERVAL '1' DAY`, `INTERVAL '1 day'` and `INTERVAL '1d'` (`_parse_interval_span`).
fn interval(tree: &Tree, unit: &str, value: &Tree, dialect: Dialect) -> Tree {
    let made = |unit: &str, value: &Tree| {
        let unit = units::of_interval(unit, dialect);
        Node::new(Op::Interval(unit.into()), vec![value.clone()], tree.span)
    };
    let (Op::Text(text) | Op::Number(text)) = &value.op else { return made(unit, value) };
    let text_of = |number: &str| Node::leaf(Op::Text(number.into()), value.span);
    match number_and_unit(text) {
        Some((number, written)) if unit.is_empty() => made(&written.to_uppercase(), &text_of(number)),
        _ => made(unit, &text_of(text)),
    }
}

/// The number and the unit in an interval's text, if there is one of both (`INTERVAL_STRING_RE`).
fn number_and_unit(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_ascii_alphabetic() || c.is_whitespace())?;
    let (number, unit) = text.split_at(end);
    let (digits, unit) = (number.strip_prefix('-').unwrap_or(number), unit.trim_start());
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_unit = !unit.is_empty() && unit.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_number(whole) && is_number(part) && is_unit).then_some((number, unit))
}
