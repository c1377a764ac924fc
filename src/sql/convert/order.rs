//! Keys of an order.

use sqlparser::ast::OrderByExpr;

use super::super::tree::{Op, Tree};
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn order_items(&self, items: &[OrderByExpr]) -> Vec<Tree> {
        items.iter().map(|item| self.order_item(item)).collect()
    }

    pub(super) fn order_item(&self, item: &OrderByExpr) -> Tree {
        let mut kids = vec![self.expression(&item.expr)];
        if let Some(fill) = &item.with_fill {
            kids.extend(self.expressions([&fill.from, &fill.to, &fill.step].into_iter().flatten()));
            kids.push(self.implied(Op::Other("WITH FILL".into())));
        }
        if let Some(sqlparser::ast::OrderBySort::Using(operator)) = &item.options.sort {
            kids.push(self.implied(Op::Other(format!("USING {operator}").into())));
        }
        let descending = matches!(item.options.sort, Some(sqlparser::ast::OrderBySort::Desc));
        let span = covering(&kids);
        let span = self.brackets.with_words_after(span, &["asc", "desc", "nulls", "first", "last"]);
        self.node_at(Op::OrderItem(descending, item.options.nulls_first), kids, span)
    }
}
