//! Token rewrites that several families share, by topic.

pub mod arguments;
pub mod bigquery;
pub mod calls;
pub mod casts;
pub mod clauses;
pub mod clickhouse;
pub mod frames;
pub mod grouping;
pub mod joins;
pub mod json;
pub mod literals;
pub mod mysql;
pub mod names;
pub mod numbers;
pub mod operators;
pub mod pipes;
pub mod queries;
pub mod relations;
pub mod scripts;
pub mod sets;
pub mod trailing;
pub mod tsql;
pub mod tsql_calls;
pub mod tsql_clauses;
pub mod tsql_graph;
pub mod tsql_relations;
pub mod words;
pub mod xml;

use super::tokens::Rule;

/// What sqlglot reads in every dialect.
pub const IN_EVERY_DIALECT: &[Rule] = &[
    grouping::nested_sets,
    queries::empty_elements,
    words::names_of_clauses,
    casts::local_time_zones,
    casts::varying_types,
];

/// Words that end an expression or a relation at their own level of brackets.
pub const CLAUSE_WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "PREWHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "MINUS",
    "QUALIFY",
    "WINDOW",
    "SETTINGS",
    "FORMAT",
    "FOR",
    "OPTION",
    "WITH",
];
