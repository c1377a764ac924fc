//! Pipe operators: told apart by their text.

use sqlparser::ast::{PipeOperator, Query, SelectItem};

use super::super::tree::{Node, Op, Tree};
use super::Converter;

impl Converter<'_> {
    /// `[Subquery*]`: what the operator reads besides its input. Its columns are names of earlier operators' outputs.
    pub(super) fn pipe_operator(&self, operator: &PipeOperator) -> Tree {
        let mut read = Vec::new();
        match operator {
            PipeOperator::Join(join) => read.push(self.every_row(self.joined_relation(join))),
            PipeOperator::Union { queries, .. }
            | PipeOperator::Intersect { queries, .. }
            | PipeOperator::Except { queries, .. } => read.extend(queries.iter().map(|query| self.read_query(query))),
            PipeOperator::Where { expr } => subqueries(&self.expression(expr), &mut read),
            PipeOperator::Select { exprs } | PipeOperator::Extend { exprs } => self.read_by_items(exprs, &mut read),
            PipeOperator::Set { assignments } => {
                assignments.iter().for_each(|set| subqueries(&self.expression(&set.value), &mut read));
            }
            PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
                let keys = full_table_exprs.iter().chain(group_by_expr);
                keys.for_each(|key| subqueries(&self.expression(&key.expr.expr), &mut read));
            }
            PipeOperator::OrderBy { exprs } => {
                self.order_items(exprs).iter().for_each(|item| subqueries(item, &mut read));
            }
            PipeOperator::Call { function, .. } => subqueries(&self.function(function), &mut read),
            PipeOperator::Limit { .. }
            | PipeOperator::Drop { .. }
            | PipeOperator::As { .. }
            | PipeOperator::TableSample { .. }
            | PipeOperator::Rename { .. }
            | PipeOperator::Pivot { .. }
            | PipeOperator::Unpivot { .. } => {}
        }
        self.node(Op::Other(format!("|> {operator}").into()), read)
    }

    fn read_by_items(&self, items: &[SelectItem], read: &mut Vec<Tree>) {
        subqueries(&self.projection(items), read);
    }

    fn read_query(&self, query: &Query) -> Tree {
        self.node(Op::Subquery, vec![self.query(query)])
    }

    /// `SELECT * FROM relation` as a value.
    fn every_row(&self, relation: Tree) -> Tree {
        let from = self.node(Op::From, vec![self.node(Op::JoinTree, vec![relation])]);
        let projection = self.node(Op::Projection, vec![self.implied(Op::Star)]);
        let query = self.node(Op::Query, vec![self.node(Op::Select, vec![projection, from])]);
        self.node(Op::Subquery, vec![query])
    }
}

/// The queries in an expression, the outermost ones.
fn subqueries(tree: &Tree, found: &mut Vec<Tree>) {
    tree.walk(&mut |node| {
        let is_query = node.op == Op::Query;
        if is_query {
            found.push(Node::new(Op::Subquery, vec![node.clone()], node.span));
        }
        !is_query
    });
}
