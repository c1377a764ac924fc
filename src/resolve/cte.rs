//! WITH: named queries, recursive ones among them.

use std::sync::Arc;

use crate::sql::tree::{Name, Op, Span, Tree};

use super::query::{column_names, renamed};
use super::scope::{Context, CteTarget};
use super::{BlockId, ProblemKind, Relation, Resolver, Schema, Source};

impl Resolver<'_> {
    pub(super) fn ctes(&mut self, with: &Tree, recursive: bool, context: &mut Context) {
        for cte in &with.kids {
            let Some(name) = cte.first().and_then(|kid| kid.ident()).cloned() else { continue };
            let columns = column_names(cte);
            let Some(query) = cte.kids.iter().find(|kid| kid.op == Op::Query) else { continue };
            let id = if self.is_recursive(query, &name, recursive) {
                self.recursive_cte(&name, &columns, query, context)
            } else {
                self.query(query, context)
            };
            let (id, schema) = self.renamed_cte(id, &columns, context, cte.span);
            *context = context.with_cte(name, CteTarget::Block(id, schema));
        }
        if recursive && self.reads_later_cte(&with.kids) {
            let what = "a query that reads one that is defined after it".to_owned();
            self.problem(ProblemKind::NotUnderstood { what }, with.span);
        }
    }

    /// A CTE's block and the schema under which its outputs are seen.
    fn renamed_cte(&mut self, id: BlockId, columns: &[Name], context: &Context, span: Span) -> (BlockId, Arc<Schema>) {
        let schema = Arc::new(self.schema_of(id));
        if !schema.open || columns.is_empty() {
            return (id, Arc::new(renamed((*schema).clone(), columns)));
        }
        let relation = Relation { alias: None, source: Source::Block(id), schema: schema.clone(), join: None, span };
        match self.with_names(relation, columns, context) {
            Relation { source: Source::Block(id), schema, .. } => (id, schema),
            _ => (id, schema),
        }
    }

    /// Is it defined by itself? Some engines don't want the keyword; there, it must look like a recursion.
    fn is_recursive(&self, query: &Tree, name: &Name, keyword: bool) -> bool {
        use crate::dialect::Family::*;
        let needs_keyword = !matches!(self.dialect.family, TSql | Fabric | Oracle | Snowflake | Teradata);
        let is_set_operation = query.kids.iter().any(|kid| matches!(kid.op, Op::SetOperation(..)));
        (keyword || !needs_keyword && is_set_operation) && self.names_itself(query, name)
    }

    /// With RECURSIVE, some engines let a query read one that is defined after it.
    fn reads_later_cte(&self, ctes: &[Tree]) -> bool {
        let names: Vec<Option<&Name>> = ctes.iter().map(|cte| cte.first().and_then(|kid| kid.ident())).collect();
        ctes.iter().enumerate().any(|(at, cte)| {
            let later = names.get(at + 1..).unwrap_or_default();
            later.iter().flatten().any(|name| self.names_itself(cte, name))
        })
    }

    fn names_itself(&self, query: &Tree, name: &Name) -> bool {
        let mut found = false;
        query.walk(&mut |node| {
            found |= node.op == Op::Table && node.kids.len() == 1 && node.kids[0].ident() == Some(name);
            !found
        });
        found
    }

    /// The anchor branch tells the columns; then the whole is resolved with the name bound to them.
    fn recursive_cte(&mut self, name: &Name, columns: &[Name], query: &Tree, context: &Context) -> BlockId {
        let anchor = query.kids.iter().find_map(|kid| match &kid.op {
            Op::SetOperation(..) => kid.first(),
            _ => None,
        });
        let schema = match anchor {
            Some(anchor) => {
                // Resolved once more as part of the whole: what it says here is said there.
                let (blocks, problems) = (self.blocks.len(), self.problems.len());
                let id = self.query(anchor, context);
                let schema = renamed(self.schema_of(id), columns);
                self.blocks.truncate(blocks);
                self.problems.truncate(problems);
                schema
            }
            None => Schema { columns: vec![], open: true },
        };
        let inner = context.with_recursive(name.clone(), Arc::new(schema));
        self.query(query, &inner)
    }
}
