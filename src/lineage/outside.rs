//! Files and tables outside that a query reads through a function.
//!
//! In: the call of a function that gives rows. Out: the name under which SQLMesh's lineage has it: the call's own text,
//! as sqlglot writes it. Functions that make rows up have none, and neither have calls with computed arguments.

use crate::names::ModelName;
use crate::sql::tree::{Name, Op, Tree};

use super::flow::ColumnRef;

/// How deep lists in the arguments are followed.
const DEPTH: usize = 8;

/// Functions of ClickHouse and BigQuery that read what lies outside; those of DuckDB and Databricks tell by their names.
const READERS: &[&str] = &[
    "AZUREBLOBSTORAGE",
    "DELTALAKE",
    "EXTERNAL_QUERY",
    "FILE",
    "GCS",
    "HDFS",
    "ICEBERG",
    "JDBC",
    "MONGODB",
    "MYSQL",
    "ODBC",
    "POSTGRESQL",
    "REMOTE",
    "REMOTESECURE",
    "S3",
    "S3CLUSTER",
    "SQLITE",
    "URL",
];

/// The column of what the call reads.
pub(super) fn column(call: &Tree, column: &Name) -> Option<ColumnRef> {
    let Op::TableFunction(name) = &call.op else { return None };
    let reads = name.starts_with("READ_") || name.ends_with("_SCAN") || READERS.contains(&&**name);
    let equals = if &**name == "READ_FILES" { "=>" } else { "=" };
    let arguments = reads.then(|| texts(&call.kids, equals, DEPTH))??;
    let model = ModelName::from_parts([format!("{name}({arguments})")]);
    Some(ColumnRef { model, column: column.clone() })
}

fn texts(trees: &[Tree], equals: &str, depth: usize) -> Option<String> {
    let texts: Option<Vec<String>> = trees.iter().map(|tree| text(tree, equals, depth)).collect();
    Some(texts?.join(", "))
}

fn text(tree: &Tree, equals: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let inside = || text(tree.first()?, equals, depth);
    Some(match &tree.op {
        Op::Text(text) => format!("'{}'", text.replace('\'', "''")),
        // A text in the quotes of a name.
        Op::Missing(name) => name.to_string(),
        Op::Number(text) => text.to_string(),
        Op::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Op::Null => "NULL".to_owned(),
        Op::NamedArgument(name) => format!("{name} {equals} {}", inside()?),
        Op::Array => format!("ARRAY({})", texts(&tree.kids, equals, depth)?),
        Op::Struct => format!("STRUCT({})", texts(&tree.kids, equals, depth)?),
        Op::Alias(name) => format!("{} AS {name}", inside()?),
        _ => return None,
    })
}
