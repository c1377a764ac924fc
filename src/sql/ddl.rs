//! What `CREATE TABLE` statements say of tables.
//!
//! In: a text of statements, its dialect. Out: each table's name and columns, normalized. Statements of another kind
//! and those that can't be read are passed over: a table that isn't found is one about which nothing is known.

use sqlparser::ast::{
    ColumnOption, CreateTable, Expr, IndexColumn, ObjectName, ObjectNamePart, Statement, TableConstraint,
};

use crate::dialect::Dialect;
use crate::lex::{TokenKind, lex_code};

use super::convert::canonical_type;
use super::parse::parse_statement;
use super::tree::Name;

/// A table as its definition describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDefinition {
    /// The parts of its name, outermost first.
    pub name: Vec<Name>,
    /// Its columns with their canonical types.
    pub columns: Vec<(Name, Name)>,
    /// Columns declared NOT NULL.
    pub not_null: Vec<Name>,
    /// The columns of each PRIMARY KEY and UNIQUE; whether it is the primary one.
    pub keys: Vec<(Vec<Name>, bool)>,
}

/// The tables that a text of statements defines.
pub fn tables(text: &str, dialect: Dialect) -> Vec<TableDefinition> {
    statements(text, dialect).into_iter().filter_map(|statement| table(statement, dialect)).collect()
}

/// Why statements that should define tables can't be read, each with the place in the text.
pub fn unread(text: &str, dialect: Dialect) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for statement in statements(text, dialect) {
        let start = statement.as_ptr() as usize - text.as_ptr() as usize;
        match parse_statement(statement, dialect) {
            Err(failure) => found.push((start + failure.start, failure.message)),
            Ok(parsed) if !matches!(parsed.tree, Statement::CreateTable(_)) => {
                let at = start + statement.len() - statement.trim_start().len();
                found.push((at, "this is no CREATE TABLE and says nothing of a table".to_owned()));
            }
            Ok(_) => {}
        }
    }
    found
}

fn statements(text: &str, dialect: Dialect) -> Vec<&str> {
    let mut start = 0;
    let mut parts = Vec::new();
    for token in lex_code(text, dialect.lexical()) {
        if token.kind == TokenKind::Symbol(';') {
            parts.extend(text.get(start..token.start));
            start = token.end;
        }
    }
    parts.extend(text.get(start..));
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn table(statement: &str, dialect: Dialect) -> Option<TableDefinition> {
    let Ok(parsed) = parse_statement(statement, dialect) else { return None };
    let Statement::CreateTable(create) = parsed.tree else { return None };
    let columns = create.columns.iter().map(|column| {
        let name = folded(&column.name, dialect);
        (name, canonical_type(&column.data_type.to_string(), dialect))
    });
    Some(TableDefinition {
        name: name(&create.name, dialect),
        columns: columns.collect(),
        not_null: not_null(&create, dialect),
        keys: keys(&create, dialect),
    })
}

fn folded(ident: &sqlparser::ast::Ident, dialect: Dialect) -> Name {
    dialect.normalize(&ident.value, ident.quote_style.is_some()).into()
}

fn not_null(create: &CreateTable, dialect: Dialect) -> Vec<Name> {
    let is_not_null = |option: &ColumnOption| matches!(option, ColumnOption::NotNull);
    let columns = create.columns.iter().filter(|column| column.options.iter().any(|o| is_not_null(&o.option)));
    columns.map(|column| folded(&column.name, dialect)).collect()
}

fn keys(create: &CreateTable, dialect: Dialect) -> Vec<(Vec<Name>, bool)> {
    let mut keys = Vec::new();
    for column in &create.columns {
        for option in &column.options {
            let is_primary = matches!(option.option, ColumnOption::PrimaryKey(_));
            if is_primary || matches!(option.option, ColumnOption::Unique(_)) {
                keys.push((vec![folded(&column.name, dialect)], is_primary));
            }
        }
    }
    for constraint in &create.constraints {
        let (columns, is_primary) = match constraint {
            TableConstraint::PrimaryKey(key) => (&key.columns, true),
            TableConstraint::Unique(key) => (&key.columns, false),
            _ => continue,
        };
        // A key over an expression isn't one of columns.
        if let Some(columns) = columns.iter().map(|column| indexed(column, dialect)).collect::<Option<Vec<Name>>>() {
            keys.push((columns, is_primary));
        }
    }
    keys
}

fn indexed(column: &IndexColumn, dialect: Dialect) -> Option<Name> {
    match &column.column.expr {
        Expr::Identifier(ident) => Some(folded(ident, dialect)),
        _ => None,
    }
}

fn name(name: &ObjectName, dialect: Dialect) -> Vec<Name> {
    let qualified = name.0.len() > 1;
    let part = |part: &ObjectNamePart| match part {
        ObjectNamePart::Identifier(ident) => {
            Some(dialect.normalize_table(&ident.value, ident.quote_style.is_some(), qualified).into())
        }
        ObjectNamePart::Function(_) => None,
    };
    name.0.iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_read_and_the_rest_is_passed_over() {
        let text = "CREATE TABLE s.Orders (id INT PRIMARY KEY, \"Total\" NUMERIC(10, 2) NOT NULL);\n\
                    DROP TABLE x; CREATE TABLE broken (;";
        let dialect = Dialect::parse("postgres").expect("a known dialect");
        let name = |text: &str| -> Name { text.into() };
        let expected = TableDefinition {
            name: vec![name("s"), name("orders")],
            columns: vec![(name("id"), name("INT")), (name("Total"), name("DECIMAL(10,2)"))],
            not_null: vec![name("Total")],
            keys: vec![(vec![name("id")], true)],
        };
        assert_eq!(tables(text, dialect), [expected]);
    }
}
