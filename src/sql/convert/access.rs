//! Fields, elements and paths.

use sqlparser::ast::{AccessExpr, Expr, JsonPathElem, Subscript};

use super::super::tree::{Op, Span, Tree};
use super::{Converter, covering};

impl Converter<'_> {
    pub(super) fn access_chain(&self, root: &Expr, chain: &[AccessExpr]) -> Tree {
        let mut tree = self.expression(root);
        for access in chain {
            tree = match access {
                AccessExpr::Dot(Expr::Identifier(field)) => {
                    let span = tree.span.cover(self.span(field.span));
                    self.node_at(Op::Field(self.normalized(field)), vec![tree], span)
                }
                AccessExpr::Dot(other) => {
                    let method = self.expression(other);
                    self.node(Op::Other(".".into()), vec![tree, method])
                }
                AccessExpr::Subscript(subscript) => self.subscript(tree, subscript),
            };
        }
        tree
    }

    pub(super) fn subscript(&self, base: Tree, subscript: &Subscript) -> Tree {
        let start = base.span.start;
        let (op, kids) = match subscript {
            Subscript::Index { index } => (Op::Subscript, vec![base, self.expression(index)]),
            Subscript::Slice { lower_bound, upper_bound, stride } => {
                let mut kids = vec![base];
                for bound in [lower_bound, upper_bound, stride] {
                    kids.push(match bound {
                        Some(bound) => self.expression(bound),
                        None => self.implied(Op::Null),
                    });
                }
                (Op::Other("SLICE".into()), kids)
            }
        };
        let inner = covering(&kids[1..]);
        let end = self.brackets.around(inner, false).end.max(covering(&kids).end);
        self.node_at(op, kids, Span { start, end })
    }

    pub(super) fn json_access(&self, value: &Expr, path: &[JsonPathElem]) -> Tree {
        let mut kids = vec![self.expression(value)];
        // `x['k']` is an index like others to some, `x:['k']` isn't.
        let has_colon = !matches!(path.first(), Some(JsonPathElem::Bracket { .. }));
        let mut text = String::from(if has_colon { ":" } else { "path " });
        for element in path {
            match element {
                JsonPathElem::Dot { key, .. } => {
                    // Quoted, so that the key `b.c` isn't the path `b`, `c`.
                    text.push_str(&format!(".{key:?}"));
                }
                JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => {
                    text.push_str("[]");
                    kids.push(self.expression(key));
                }
            }
        }
        self.node(Op::Other(text.into()), kids)
    }
}
