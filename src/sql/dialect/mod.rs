//! What the parser has to be told about each family's syntax.
//!
//! In: a family. Out: a dialect for the parser ([`wrapper`]) and a rewrite of the token list before parsing. One file
//! a family (or a group that shares its syntax), each with the statements that made an override necessary as its tests.
//! Nothing here may lose information: a rewrite or an override that makes a text parse must give another tree for
//! another text.

mod bigquery;
mod clickhouse;
mod duckdb;
mod generic;
mod hooks;
mod mysql;
mod others;
mod postgres;
mod precedence;
mod rules;
mod snowflake;
mod spark;
#[cfg(test)]
pub mod testing;
pub mod tokens;
mod trino;
mod tsql;
mod wrapper;

use std::any::TypeId;

use sqlparser::ast::Expr;
use sqlparser::dialect as base;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};

use crate::dialect::{Dialect, Family};

pub use precedence::Binding;
pub use rules::IN_EVERY_DIALECT;
pub use wrapper::{Capabilities, Wrapper};

/// What a hook of the parser gives back: `None` leaves the work to the parser.
pub type Hooked<T> = Option<Result<T, ParserError>>;

/// How a family departs from the parser's dialect that comes nearest.
#[derive(Debug, Clone, Copy)]
pub struct Syntax {
    /// The parser's dialect that comes nearest.
    pub base: fn() -> Box<dyn base::Dialect>,
    /// The parser's dialect to take the lexer's rules from, if it is another one.
    pub lexed_as: Option<fn() -> TypeId>,
    /// Changes yes-or-no answers.
    pub capabilities: fn(&mut Capabilities),
    /// Change the token list before parsing.
    pub rules: &'static [tokens::Rule],
    /// Parses expressions that the parser doesn't know, from their first token.
    pub prefix: fn(&mut Parser) -> Hooked<Expr>,
    /// Keywords that are ordinary names here.
    pub names: &'static [Keyword],
    /// How tightly operators bind, where the parser's dialect has it otherwise.
    pub binding: Binding,
}

impl Syntax {
    /// No departures.
    pub const fn of(base: fn() -> Box<dyn base::Dialect>) -> Self {
        Syntax {
            base,
            lexed_as: None,
            capabilities: |_| {},
            rules: &[],
            prefix: |_| None,
            names: &[],
            binding: Binding::AsParsed,
        }
    }
}

/// The syntax of a family.
pub fn syntax(family: Family) -> Syntax {
    match family {
        Family::Generic => generic::SYNTAX,
        Family::Athena | Family::Presto | Family::Trino => trino::SYNTAX,
        Family::BigQuery => bigquery::SYNTAX,
        Family::ClickHouse => clickhouse::SYNTAX,
        Family::Databricks => spark::DATABRICKS,
        Family::Spark => spark::SPARK,
        Family::Hive => spark::HIVE,
        Family::Doris | Family::StarRocks => mysql::WITH_LAMBDAS,
        Family::MySql => mysql::SYNTAX,
        Family::DuckDb => duckdb::SYNTAX,
        Family::Fabric | Family::TSql => tsql::SYNTAX,
        Family::Materialize | Family::Postgres | Family::RisingWave => postgres::POSTGRES,
        Family::Redshift => postgres::REDSHIFT,
        Family::Oracle => others::ORACLE,
        Family::Snowflake => snowflake::SYNTAX,
        Family::Sqlite => others::SQLITE,
        Family::Teradata => others::TERADATA,
    }
}

/// The parser's dialect for `dialect`.
pub fn wrapper(dialect: Dialect) -> Wrapper {
    Wrapper::new(syntax(dialect.family), dialect.lexical()).as_sqlmesh_reads()
}
