//! The default catalog that a connection implies.
//!
//! In: a connection as configured. Out: the catalog that SQLMesh prepends to names without one, `None` where the
//! engine has none or only a query would tell. Follows `get_catalog` of SQLMesh 0.236.4's `core/config/connection.py`
//! and `catalog_support` of its engine adapters.

use crate::project::literal::{Literal, UNKNOWN_PART, Value};

/// What is known about a connection's catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Catalog {
    /// Names without a catalog get this one.
    Named(String),
    /// The engine doesn't know catalogs.
    Unsupported,
    /// Only the database, or code that can't be evaluated, would tell.
    Unknown,
}

impl Catalog {
    /// The name, if there is one and it is known.
    pub fn name(&self) -> Option<String> {
        match self {
            Catalog::Named(name) => Some(name.clone()),
            Catalog::Unsupported | Catalog::Unknown => None,
        }
    }
}

/// The catalog of a connection (a map or a `…ConnectionConfig(...)` call).
pub fn catalog(connection: &Literal) -> Catalog {
    let Some(engine) = engine(connection) else {
        return Catalog::Unknown;
    };
    match engine.as_str() {
        "duckdb" => duckdb(connection, Catalog::Named("memory".to_owned())),
        "motherduck" => duckdb(connection, Catalog::Unknown),
        "mysql" | "clickhouse" | "starrocks" => Catalog::Unsupported,
        "bigquery" => field(connection, "project"),
        "databricks" | "spark" | "trino" => field(connection, "catalog"),
        "athena" => match connection.given("catalog_name") {
            Some(_) => field(connection, "catalog_name"),
            None => Catalog::Named("awsdatacatalog".to_owned()),
        },
        "gcp_postgres" => field(connection, "db"),
        "db2" => match field(connection, "database") {
            Catalog::Named(name) => Catalog::Named(name.to_uppercase()),
            other => other,
        },
        _ => field(connection, "database"),
    }
}

/// ClickHouse gets a virtual catalog in projects whose other gateways have real ones.
pub fn is_clickhouse(connection: &Literal) -> bool {
    engine(connection).as_deref() == Some("clickhouse")
}

/// `duckdb`, `snowflake`, …: the `type` of a map, or what the class' name says.
fn engine(connection: &Literal) -> Option<String> {
    if let Value::Object(object) = &connection.value {
        let class = object.class.strip_suffix("ConnectionConfig")?;
        return Some(match class {
            "GCPPostgres" => "gcp_postgres".to_owned(),
            other => other.to_ascii_lowercase(),
        });
    }
    Some(connection.get("type")?.text()?.to_ascii_lowercase())
}

fn field(connection: &Literal, name: &str) -> Catalog {
    match connection.given(name).and_then(Literal::text) {
        Some(text) if !text.is_empty() => Catalog::Named(text.to_owned()),
        _ => Catalog::Unknown,
    }
}

/// The stem of the database's file, else the first of `catalogs`.
fn duckdb(connection: &Literal, otherwise: Catalog) -> Catalog {
    match connection.given("database").map(|database| &database.value) {
        Some(Value::Text(database)) if !database.is_empty() => {
            return file_stem(&database.replace(":memory:", "memory"));
        }
        Some(Value::Text(_)) | None => {}
        Some(_) => return Catalog::Unknown,
    }
    match connection.given("catalogs") {
        Some(catalogs) => match catalogs.entries().first() {
            Some((name, _)) => Catalog::Named(name.clone()),
            None => Catalog::Unknown,
        },
        None => otherwise,
    }
}

/// Python's `Path(...).stem`. The folders may be unknown, the file's name may not.
fn file_stem(path: &str) -> Catalog {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    if name.is_empty() || name.contains(UNKNOWN_PART) {
        return Catalog::Unknown;
    }
    let stem = match name.rfind('.') {
        Some(at) if at > 0 && at + 1 < name.len() => name.get(..at).unwrap_or(name),
        _ => name,
    };
    Catalog::Named(stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::config::yaml;

    fn of(text: &str) -> Option<String> {
        catalog(&yaml::parse(text).expect("valid YAML")).name()
    }

    #[test]
    fn duckdb_names_its_catalog_after_the_file() {
        assert_eq!(of("{type: duckdb}").as_deref(), Some("memory"));
        assert_eq!(of("{type: duckdb, database: ':memory:'}").as_deref(), Some("memory"));
        assert_eq!(of("{type: duckdb, database: data/local.v2.db}").as_deref(), Some("local.v2"));
        assert_eq!(of("{type: duckdb, catalogs: {first: a.db, second: b.db}}").as_deref(), Some("first"));
        assert_eq!(of("{type: duckdb, database: \"\u{fffd}/warehouse.db\"}").as_deref(), Some("warehouse"));
        assert_eq!(of("{type: duckdb, database: \"dir/\u{fffd}.db\"}"), None);
    }

    #[test]
    fn other_engines_name_it_in_a_field_of_their_own() {
        assert_eq!(of("{type: snowflake, database: DB}").as_deref(), Some("DB"));
        assert_eq!(of("{type: bigquery, project: p}").as_deref(), Some("p"));
        assert_eq!(of("{type: trino, catalog: c}").as_deref(), Some("c"));
        assert_eq!(of("{type: athena}").as_deref(), Some("awsdatacatalog"));
        assert_eq!(of("{type: databricks}"), None);
        assert_eq!(of("{type: clickhouse, database: x}"), None);
    }
}
