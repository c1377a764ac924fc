//! Casts in all their spellings.

use sqlparser::ast::{CastFormat, CastKind, DataType, Expr, ObjectName};

use super::super::dialect::tokens::SYNTAX_MARK;
use super::super::tree::{Op, Span, Tree};
use super::{Converter, covering, types};

impl Converter<'_> {
    pub(super) fn cast_like(&self, expression: &Expr) -> Tree {
        match expression {
            // `x::TEXT COLLATE "C"`, as it is written for the parser.
            Expr::Cast { expr, data_type: DataType::Custom(name, collation), .. } if is_collation(name) => {
                self.node(Op::Collate(collation.concat().into()), vec![self.expression(expr)])
            }
            Expr::Cast { kind, expr, data_type, format } => {
                let mut kids = vec![self.expression(expr), self.data_type(data_type)];
                match format {
                    Some(CastFormat::Value(format)) => kids.push(self.value(format)),
                    Some(CastFormat::ValueAtTimeZone(format, zone)) => {
                        kids.push(self.value(format));
                        kids.push(self.value(zone));
                    }
                    None => {}
                }
                let span = match kind {
                    // The type has no span of its own: `x::INT` ends with the words after the colons.
                    CastKind::DoubleColon => self.double_colon_span(covering(&kids), &data_type.to_string()),
                    CastKind::Cast | CastKind::TryCast | CastKind::SafeCast => {
                        self.brackets.around(covering(&kids), true)
                    }
                };
                let safe = matches!(kind, CastKind::TryCast | CastKind::SafeCast);
                self.node_at(Op::Cast(safe), kids, span)
            }
            Expr::TypedString(typed) => {
                let mut kids = vec![self.value(&typed.value), self.data_type(&typed.data_type)];
                if !types::literal_is_cast(&typed.data_type, self.dialect) {
                    kids.push(self.implied(Op::Modifier("LITERAL".into())));
                }
                self.node(Op::Cast(false), kids)
            }
            Expr::Convert { is_try, expr, data_type, charset, styles, .. } => {
                let mut kids = vec![self.expression(expr)];
                kids.extend(data_type.as_ref().map(|data_type| self.data_type(data_type)));
                kids.extend(
                    charset.as_ref().map(|charset| self.node(Op::Other("CHARSET".into()), self.name_parts(charset))),
                );
                let plain = styles.is_empty() && charset.is_none();
                kids.extend(self.expressions(styles));
                let span = self.brackets.around(covering(&kids), true);
                let op = if plain { Op::Cast(*is_try) } else { Op::Other(format!("CONVERT {is_try}").into()) };
                self.node_at(op, kids, span)
            }
            other => self.opaque(other, vec![]),
        }
    }

    pub(super) fn data_type(&self, data_type: &DataType) -> Tree {
        let target = types::cast_target(data_type, self.dialect);
        // Nothing that is written gets lost: a length that means nothing stands below the type.
        let written = data_type.to_string();
        let forgotten = written.split_once('(').filter(|_| !target.contains('(')).map(|(_, length)| length);
        let forgotten = forgotten.map(|length| self.implied(Op::Modifier(format!("({length}").into())));
        self.node(Op::Type(target), forgotten.into_iter().collect())
    }

    pub(super) fn double_colon_span(&self, span: Span, data_type: &str) -> Span {
        self.brackets.after_colons(span, data_type.contains('('))
    }
}

fn is_collation(name: &ObjectName) -> bool {
    name.0.iter().filter_map(|part| part.as_ident()).any(|part| part.value.strip_prefix(SYNTAX_MARK) == Some("collate"))
}
