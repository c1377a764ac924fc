//! What rewrites of tokens left in the place of syntax that the parser lacks (`sql/dialect/`), read back.

use sqlparser::ast::{Expr, SetExpr};

use super::super::dialect::tokens::SYNTAX_MARK;
use super::super::tree::{Op, Tree};
use super::Converter;

impl Converter<'_> {
    /// An operand that isn't one: how the columns of the next are paired, `[Ident*]` with the columns that are named.
    pub(super) fn column_mode(&self, operand: &SetExpr) -> Option<Tree> {
        let SetExpr::Values(values) = operand else { return None };
        let [row] = values.rows.as_slice() else { return None };
        let (Expr::Identifier(first), columns) = row.content.split_first()? else { return None };
        let words = first.value.strip_prefix(SYNTAX_MARK)?.strip_prefix("set_")?;
        let columns = columns.iter().map(|column| match column {
            Expr::Identifier(ident) => self.ident(ident),
            other => self.expression(other),
        });
        Some(self.node(Op::Other(format!("SET {words}").into()), columns.collect()))
    }
}

/// Does a call of this name stand for any number of columns?
pub(super) fn is_columns(name: &str) -> bool {
    let prefix = name.get(..SYNTAX_MARK.len());
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(SYNTAX_MARK))
        && name.get(SYNTAX_MARK.len()..).is_some_and(|rest| rest.eq_ignore_ascii_case("columns"))
}
