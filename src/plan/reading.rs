//! What sqlglot makes of one and the same text in different dialects, beyond its functions.
//!
//! Only seen when a model's dialect changes, or where spellings of a type fall together in one dialect and not in
//! another. The tables are those of sqlglot 30.8 (`NULL_ORDERING`, `TYPED_DIVISION`, `SAFE_DIVISION`, the tokenizers'
//! and parsers' types).

use std::borrow::Cow;

use crate::dialect::{Dialect, Family};
use crate::sql::tree::{Node, Op, Tree};

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

/// Is the first argument of this call a unit of time to sqlglot (`parsers/*.py`, `FUNCTIONS`)? In BigQuery it comes last, and
/// differences and sums without a unit are of days.
fn takes_unit(name: &str, arguments: usize, family: Family) -> bool {
    match name {
        "DATE_TRUNC" | "DATETRUNC" | "TIMESTAMP_TRUNC" => family != Family::BigQuery,
        "DATE_DIFF" | "DATEDIFF" | "DATE_ADD" | "DATEADD" => family != Family::BigQuery && arguments == 3,
        _ => false,
    }
}

/// Other spellings of one and the same node: numbers, units, intervals, arrays.
pub(super) fn spelled(tree: &Tree, family: Family) -> Tree {
    match (&tree.op, tree.kids.as_slice()) {
        (Op::Number(text), _) if text.starts_with('.') => Node::leaf(Op::Number(format!("0{text}").into()), tree.span),
        (Op::Function(name), [unit, rest @ ..]) if takes_unit(name, tree.kids.len(), family) => match &unit.op {
            Op::Text(text) | Op::Literal("unit", text) => with_unit(tree, text, rest),
            // A word without quotes.
            Op::Column => match unit.kids.as_slice() {
                [only] => match &only.op {
                    Op::Ident(word) => with_unit(tree, word, rest),
                    _ => tree.clone(),
                },
                _ => tree.clone(),
            },
            _ => tree.clone(),
        },
        (Op::Interval(unit), [value]) => interval(tree, unit, value),
        (Op::Array, _) => Node::new(Op::Function("ARRAY".into()), tree.kids.clone(), tree.span),
        _ => tree.clone(),
    }
}

fn with_unit(tree: &Tree, unit: &str, rest: &[Tree]) -> Tree {
    let unit = Node::leaf(Op::Text(unit.to_uppercase().into()), tree.span);
    tree.with_kids([&[unit], rest].concat())
}

/// `INTERVAL 1 DAY`, `INTERVAL '1' DAY` and `INTERVAL '1 day'`
fn interval(tree: &Tree, unit: &str, value: &Tree) -> Tree {
    let (Op::Text(text) | Op::Number(text)) = &value.op else { return tree.clone() };
    let made = |unit: &str, number: &str| {
        Node::new(Op::Interval(unit.into()), vec![Node::leaf(Op::Text(number.into()), value.span)], tree.span)
    };
    match text.split_once(' ') {
        Some((number, written)) if unit.is_empty() && !written.contains(' ') => made(&written.to_uppercase(), number),
        _ => made(unit, text),
    }
}
