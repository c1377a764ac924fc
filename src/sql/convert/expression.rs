//! Expressions.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, CastFormat, CastKind, CeilFloorKind, DictionaryField, Expr, JsonPathElem,
    OneOrManyWithParens, OrderByExpr, Spanned, Subscript, UnaryOperator, Value, ValueWithSpan,
};

use super::super::tree::{Name, Op, Span, Tree};
use super::{Converter, covering, types};

impl Converter<'_> {
    pub(super) fn expressions<'e>(&self, expressions: impl IntoIterator<Item = &'e Expr>) -> Vec<Tree> {
        expressions.into_iter().map(|expression| self.expression(expression)).collect()
    }

    pub(super) fn expression(&self, expression: &Expr) -> Tree {
        match expression {
            Expr::Identifier(ident) => self.identifier(ident),
            Expr::CompoundIdentifier(idents) => self.node(Op::Column, self.idents(idents)),
            Expr::CompoundFieldAccess { root, access_chain } => self.access_chain(root, access_chain),
            Expr::JsonAccess { value, path } => self.json_access(value, &path.path),
            Expr::BinaryOp { op, .. } => self.binary_chain(expression, op),
            Expr::UnaryOp { op, expr } => self.unary(op, expr),
            Expr::Nested(inner) => self.parenthesized(inner),
            Expr::Value(value) => self.value(value),
            Expr::Function(function) => self.function(function),
            Expr::Case { operand, conditions, else_result, case_token, end_token } => {
                let span = self.span(case_token.0.span).cover(self.span(end_token.0.span));
                self.case(operand.as_deref(), conditions, else_result.as_deref(), span)
            }
            Expr::Cast { .. } | Expr::Convert { .. } | Expr::TypedString(_) => self.cast_like(expression),
            Expr::Subquery(query) => {
                let query = self.query(query);
                let span = self.brackets.around(query.span, false);
                self.node_at(Op::Subquery, vec![query], span)
            }
            Expr::Exists { subquery, negated } => self.exists(subquery, *negated),
            Expr::Wildcard(token) => self.node_at(Op::Star, vec![], self.span(token.0.span)),
            Expr::QualifiedWildcard(name, _) => self.node(Op::QualifiedStar, self.name_parts(name)),
            Expr::Lambda(lambda) => self.lambda(lambda),
            _ if is_predicate(expression) => self.predicate(expression),
            _ if is_collection(expression) => self.collection(expression),
            _ => self.special_syntax(expression),
        }
    }

    fn identifier(&self, ident: &sqlparser::ast::Ident) -> Tree {
        let name = self.ident(ident);
        if matches!(name.op, Op::Modifier(_)) { name } else { self.node(Op::Column, vec![name]) }
    }

    /// A chain `a op b op c` of one operator becomes one node. The parser nests such chains to the left, without
    /// limit, so this must be a loop.
    fn binary_chain(&self, expression: &Expr, op: &BinaryOperator) -> Tree {
        let mut operands = Vec::new();
        let mut left = expression;
        while let Expr::BinaryOp { left: next, op: here, right } = left {
            if here != op {
                break;
            }
            operands.push(self.expression(right));
            left = next;
        }
        operands.push(self.expression(left));
        operands.reverse();
        let op = match op {
            BinaryOperator::And => Op::And,
            BinaryOperator::Or => Op::Or,
            BinaryOperator::Spaceship => {
                return self.node(Op::Binary("<=>".into()), operands);
            }
            other => Op::Binary(other.to_string().to_uppercase().into()),
        };
        self.node(op, operands)
    }

    fn unary(&self, op: &UnaryOperator, operand: &Expr) -> Tree {
        let kids = vec![self.expression(operand)];
        let span = covering(&kids);
        let (op, span) = match op {
            UnaryOperator::Not => (Op::Not, self.brackets.with_words_before(span, &["not"])),
            other => {
                let width = other.to_string().len() as u32;
                let start = span.start.saturating_sub(width);
                (Op::Unary(other.to_string().into()), Span { start, end: span.end })
            }
        };
        self.node_at(op, kids, span)
    }

    fn parenthesized(&self, inner: &Expr) -> Tree {
        let inner = self.expression(inner);
        let span = self.brackets.around(inner.span, false);
        self.node_at(Op::Paren, vec![inner], span)
    }

    pub(super) fn value(&self, value: &ValueWithSpan) -> Tree {
        self.node_at(literal(&value.value), vec![], self.span(value.span))
    }

    fn case(&self, operand: Option<&Expr>, conditions: &[CaseWhen], otherwise: Option<&Expr>, span: Span) -> Tree {
        let mut kids = Vec::with_capacity(conditions.len() + 2);
        kids.extend(operand.map(|operand| self.node(Op::Operand, vec![self.expression(operand)])));
        kids.extend(conditions.iter().map(|when| {
            let parts = vec![self.expression(&when.condition), self.expression(&when.result)];
            self.node(Op::When, parts)
        }));
        kids.extend(otherwise.map(|otherwise| self.node(Op::Else, vec![self.expression(otherwise)])));
        self.node_at(Op::Case, kids, span)
    }

    fn exists(&self, subquery: &sqlparser::ast::Query, negated: bool) -> Tree {
        let query = self.query(subquery);
        let span = self.brackets.around(query.span, true);
        let exists = self.node_at(Op::Exists, vec![query], span);
        self.negate(exists, negated)
    }

    /// `NOT` around a predicate that carries its negation inside (`x NOT IN (…)`): one spelling for both.
    fn negate(&self, predicate: Tree, negated: bool) -> Tree {
        if !negated {
            return predicate;
        }
        let span = self.brackets.with_words_before(predicate.span, &["not"]);
        self.node_at(Op::Not, vec![predicate], span)
    }

    fn predicate(&self, expression: &Expr) -> Tree {
        match expression {
            Expr::IsNull(x) => self.is(Op::IsNull, x, false),
            Expr::IsNotNull(x) => self.is(Op::IsNull, x, true),
            Expr::IsTrue(x) => self.is(Op::Is("TRUE"), x, false),
            Expr::IsNotTrue(x) => self.is(Op::Is("TRUE"), x, true),
            Expr::IsFalse(x) => self.is(Op::Is("FALSE"), x, false),
            Expr::IsNotFalse(x) => self.is(Op::Is("FALSE"), x, true),
            Expr::IsUnknown(x) => self.is(Op::Is("UNKNOWN"), x, false),
            Expr::IsNotUnknown(x) => self.is(Op::Is("UNKNOWN"), x, true),
            Expr::IsDistinctFrom(a, b) => self.node(Op::IsDistinct, vec![self.expression(a), self.expression(b)]),
            Expr::IsNotDistinctFrom(a, b) => {
                let distinct = self.node(Op::IsDistinct, vec![self.expression(a), self.expression(b)]);
                self.negate(distinct, true)
            }
            Expr::InList { expr, list, negated } => {
                let mut kids = vec![self.expression(expr)];
                kids.extend(self.expressions(list));
                self.membership(kids, *negated)
            }
            Expr::InSubquery { expr, subquery, negated } => {
                let query = self.query(subquery);
                let span = self.brackets.around(query.span, false);
                let subquery = self.node_at(Op::Subquery, vec![query], span);
                self.membership(vec![self.expression(expr), subquery], *negated)
            }
            Expr::InUnnest { expr, array_expr, negated } => {
                let array = self.expression(array_expr);
                let unnest = self.node(Op::Function("UNNEST".into()), vec![array]);
                self.membership(vec![self.expression(expr), unnest], *negated)
            }
            Expr::Between { expr, negated, low, high } => {
                let kids = vec![self.expression(expr), self.expression(low), self.expression(high)];
                let between = self.node(Op::Between, kids);
                self.negate(between, *negated)
            }
            Expr::AnyOp { left, compare_op, right, .. } => self.quantified(left, compare_op, right, false),
            Expr::AllOp { left, compare_op, right } => self.quantified(left, compare_op, right, true),
            _ => self.pattern_match(expression),
        }
    }

    fn is(&self, op: Op, operand: &Expr, negated: bool) -> Tree {
        let kids = vec![self.expression(operand)];
        let span = covering(&kids);
        let words = ["is", "not", "null", "true", "false", "unknown", "isnull", "notnull"];
        let predicate = self.node_at(op, kids, self.brackets.with_words_after(span, &words));
        self.negate(predicate, negated)
    }

    fn membership(&self, kids: Vec<Tree>, negated: bool) -> Tree {
        let list_end = kids.last().map(|last| self.brackets.around(last.span, false)).unwrap_or_default();
        let span = covering(&kids);
        let has_subquery = kids.last().is_some_and(|last| last.op == Op::Subquery);
        let span = if has_subquery { span } else { Span { start: span.start, end: span.end.max(list_end.end) } };
        let predicate = self.node_at(Op::In, kids, span);
        self.negate(predicate, negated)
    }

    fn quantified(&self, left: &Expr, op: &BinaryOperator, right: &Expr, all: bool) -> Tree {
        let kids = vec![self.expression(left), self.expression(right)];
        self.node(Op::Quantified(op.to_string().into(), all), kids)
    }

    fn pattern_match(&self, expression: &Expr) -> Tree {
        let (name, negated, any, expr, pattern, escape) = match expression {
            Expr::Like { negated, any, expr, pattern, escape_char } => {
                ("LIKE", negated, *any, expr, pattern, escape_char.as_deref())
            }
            Expr::ILike { negated, any, expr, pattern, escape_char } => {
                ("ILIKE", negated, *any, expr, pattern, escape_char.as_deref())
            }
            Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                ("SIMILAR TO", negated, false, expr, pattern, escape_char.as_deref())
            }
            Expr::RLike { negated, expr, pattern, .. } => ("RLIKE", negated, false, expr, pattern, None),
            other => return self.opaque(other, vec![]),
        };
        let mut kids = vec![self.expression(expr), self.expression(pattern)];
        kids.extend(escape.map(|escape| self.expression(escape)));
        if any {
            kids.push(self.implied(Op::Modifier("ANY".into())));
        }
        let predicate = self.node(Op::Like(name), kids);
        self.negate(predicate, *negated)
    }

    fn cast_like(&self, expression: &Expr) -> Tree {
        match expression {
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

    fn data_type(&self, data_type: &sqlparser::ast::DataType) -> Tree {
        self.implied(Op::Type(types::canonical(data_type, self.dialect)))
    }

    fn double_colon_span(&self, span: Span, data_type: &str) -> Span {
        self.brackets.after_colons(span, data_type.contains('('))
    }

    fn access_chain(&self, root: &Expr, chain: &[AccessExpr]) -> Tree {
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

    fn subscript(&self, base: Tree, subscript: &Subscript) -> Tree {
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

    fn json_access(&self, value: &Expr, path: &[JsonPathElem]) -> Tree {
        let mut kids = vec![self.expression(value)];
        let mut text = String::from(":");
        for element in path {
            match element {
                JsonPathElem::Dot { key, .. } => {
                    text.push('.');
                    text.push_str(key);
                }
                JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => {
                    text.push_str("[]");
                    kids.push(self.expression(key));
                }
            }
        }
        self.node(Op::Other(text.into()), kids)
    }

    fn lambda(&self, lambda: &sqlparser::ast::LambdaFunction) -> Tree {
        let parameters = match &lambda.params {
            OneOrManyWithParens::One(one) => std::slice::from_ref(one),
            OneOrManyWithParens::Many(many) => many.as_slice(),
        };
        let mut kids = self.idents(parameters.iter().map(|parameter| &parameter.name));
        kids.push(self.expression(&lambda.body));
        self.node(Op::Lambda, kids)
    }

    fn collection(&self, expression: &Expr) -> Tree {
        match expression {
            Expr::Tuple(items) => self.bracketed(Op::Tuple, self.expressions(items)),
            Expr::Array(array) => self.bracketed(Op::Array, self.expressions(&array.elem)),
            Expr::Struct { values, fields } => {
                let mut kids = self.expressions(values);
                kids.extend(fields.iter().map(|field| self.implied(Op::Type(field.to_string().into()))));
                self.bracketed(Op::Struct, kids)
            }
            Expr::Named { expr, name } => self.node(Op::Alias(self.normalized(name)), vec![self.expression(expr)]),
            Expr::Dictionary(fields) => self.bracketed(Op::Struct, self.dictionary(fields)),
            Expr::Map(map) => {
                let pairs = map.entries.iter().flat_map(|entry| [&*entry.key, &*entry.value]);
                self.node(Op::Function("MAP".into()), self.expressions(pairs))
            }
            Expr::GroupingSets(sets) => self.grouping(Op::GroupingSets, sets),
            Expr::Cube(sets) => self.grouping(Op::Cube, sets),
            Expr::Rollup(sets) => self.grouping(Op::Rollup, sets),
            other => self.opaque(other, vec![]),
        }
    }

    fn bracketed(&self, op: Op, kids: Vec<Tree>) -> Tree {
        let span = self.brackets.around(covering(&kids), false);
        self.node_at(op, kids, span)
    }

    fn dictionary(&self, fields: &[DictionaryField]) -> Vec<Tree> {
        let field = |field: &DictionaryField| {
            self.node(Op::Alias(self.normalized(&field.key)), vec![self.expression(&field.value)])
        };
        fields.iter().map(field).collect()
    }

    fn grouping(&self, op: Op, sets: &[Vec<Expr>]) -> Tree {
        let kids = sets.iter().map(|set| self.node(Op::Tuple, self.expressions(set))).collect();
        self.node(op, kids)
    }

    /// Functions with a syntax of their own.
    fn special_syntax(&self, expression: &Expr) -> Tree {
        let call = |name: &str, kids: Vec<Tree>| {
            let span = self.brackets.around(covering(&kids), true);
            self.node_at(Op::Function(name.into()), kids, span)
        };
        match expression {
            Expr::AtTimeZone { timestamp, time_zone } => {
                self.node(Op::AtTimeZone, vec![self.expression(timestamp), self.expression(time_zone)])
            }
            Expr::Collate { expr, collation } => {
                self.node(Op::Collate(collation.to_string().into()), vec![self.expression(expr)])
            }
            Expr::Extract { field, expr, .. } => {
                let kids = vec![self.expression(expr)];
                let span = self.brackets.around(covering(&kids), true);
                self.node_at(Op::Extract(field.to_string().to_uppercase().into()), kids, span)
            }
            Expr::Interval(interval) => self.interval(interval),
            Expr::Ceil { expr, field } => call("CEIL", self.rounding(expr, field)),
            Expr::Floor { expr, field } => call("FLOOR", self.rounding(expr, field)),
            Expr::Position { expr, r#in } => call("POSITION", vec![self.expression(expr), self.expression(r#in)]),
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                let mut kids = vec![self.expression(expr)];
                match (substring_from, substring_for) {
                    (None, Some(length)) => {
                        kids.push(self.node(Op::NamedArgument("FOR".into()), vec![self.expression(length)]))
                    }
                    (from, length) => {
                        kids.extend(from.iter().chain(length).map(|part| self.expression(part)));
                    }
                }
                call("SUBSTRING", kids)
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                let mut kids = vec![self.expression(expr)];
                kids.extend(trim_what.iter().map(|what| self.expression(what)));
                kids.extend(self.expressions(trim_characters.iter().flatten()));
                let name = trim_where.map_or("TRIM".to_owned(), |side| format!("TRIM {side}"));
                call(&name, kids)
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let parts = [Some(expr), Some(overlay_what), Some(overlay_from), overlay_for.as_ref()];
                call("OVERLAY", parts.into_iter().flatten().map(|part| self.expression(part)).collect())
            }
            Expr::Prefixed { prefix, value } if is_relation_prefix(&prefix.value) => {
                let name = self.expression(value);
                let relation = self.node_at(Op::Table, name.kids.clone(), name.span);
                self.node(Op::Other("TABLE".into()), vec![relation])
            }
            Expr::Prefixed { prefix, value } => {
                self.node(Op::Other(prefix.value.to_uppercase().into()), vec![self.expression(value)])
            }
            Expr::MatchAgainst { columns, match_value, opt_search_modifier } => {
                let mut kids: Vec<Tree> =
                    columns.iter().map(|column| self.node(Op::Column, self.name_parts(column))).collect();
                kids.push(self.value(match_value));
                self.node(Op::Other(format!("MATCH AGAINST {opt_search_modifier:?}").into()), kids)
            }
            Expr::OuterJoin(inner) => self.node(Op::Other("(+)".into()), vec![self.expression(inner)]),
            Expr::Prior(inner) => self.node(Op::Other("PRIOR".into()), vec![self.expression(inner)]),
            Expr::MemberOf(member) => {
                let kids = vec![self.expression(&member.value), self.expression(&member.array)];
                self.node(Op::Other("MEMBER OF".into()), kids)
            }
            Expr::IsJson { expr, kind, unique_keys, negated } => {
                let text = format!("IS JSON {kind:?} {unique_keys:?} {negated}");
                self.node(Op::Other(text.into()), vec![self.expression(expr)])
            }
            Expr::IsNormalized { expr, form, negated } => {
                let text = format!("IS NORMALIZED {form:?} {negated}");
                self.node(Op::Other(text.into()), vec![self.expression(expr)])
            }
            other => self.opaque(other, vec![]),
        }
    }

    fn interval(&self, interval: &sqlparser::ast::Interval) -> Tree {
        let kids = vec![self.expression(&interval.value)];
        let unit = [
            interval.leading_field.as_ref().map(|field| singular(&field.to_string())),
            interval.leading_precision.map(|precision| precision.to_string()),
            interval.last_field.as_ref().map(|field| format!("TO {}", singular(&field.to_string()))),
            interval.fractional_seconds_precision.map(|precision| precision.to_string()),
        ];
        let unit: Vec<String> = unit.into_iter().flatten().collect();
        let span = self.brackets.with_words_before(covering(&kids), &["interval"]);
        let span = match &interval.leading_field {
            Some(field) => self.brackets.with_words_after(span, &[&field.to_string()]),
            None => span,
        };
        self.node_at(Op::Interval(unit.join(" ").into()), kids, span)
    }

    fn rounding(&self, expr: &Expr, field: &CeilFloorKind) -> Vec<Tree> {
        let mut kids = vec![self.expression(expr)];
        match field {
            CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime) => {}
            CeilFloorKind::DateTimeField(unit) => kids.push(self.implied(Op::Modifier(unit.to_string().into()))),
            CeilFloorKind::Scale(scale) => kids.push(self.value(scale)),
        }
        kids
    }

    /// Something without an operator of its own: told apart by its whole text.
    pub(super) fn opaque(&self, expression: &Expr, kids: Vec<Tree>) -> Tree {
        let span = self.span(expression.span());
        self.node_at(Op::Opaque(expression.to_string().into()), kids, span)
    }

    pub(super) fn order_items(&self, items: &[OrderByExpr]) -> Vec<Tree> {
        items.iter().map(|item| self.order_item(item)).collect()
    }

    fn order_item(&self, item: &OrderByExpr) -> Tree {
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

/// `f(TABLE t)`: the argument is a relation.
fn is_relation_prefix(prefix: &str) -> bool {
    prefix.eq_ignore_ascii_case("table") || prefix.eq_ignore_ascii_case("model")
}

fn is_predicate(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::InList { .. }
            | Expr::InSubquery { .. }
            | Expr::InUnnest { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::ILike { .. }
            | Expr::SimilarTo { .. }
            | Expr::RLike { .. }
            | Expr::AnyOp { .. }
            | Expr::AllOp { .. }
    )
}

fn is_collection(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Struct { .. }
            | Expr::Named { .. }
            | Expr::Dictionary(_)
            | Expr::Map(_)
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
    )
}

/// `DAYS` is `DAY`. Short names are left alone: in some dialects `MS` isn't more than one `M`.
fn singular(unit: &str) -> String {
    const PLURALS: &[&str] = &[
        "YEARS",
        "QUARTERS",
        "MONTHS",
        "WEEKS",
        "DAYS",
        "HOURS",
        "MINUTES",
        "SECONDS",
        "MILLISECONDS",
        "MICROSECONDS",
        "NANOSECONDS",
        "DECADES",
    ];
    let unit = unit.to_uppercase();
    match unit.strip_suffix('S') {
        Some(one) if PLURALS.contains(&unit.as_str()) => one.to_owned(),
        _ => unit,
    }
}

fn literal(value: &Value) -> Op {
    let name = |text: &str| -> Name { text.into() };
    match value {
        Value::Number(text, long) if !long => Op::Number(name(text)),
        Value::Number(text, _) => Op::Literal("long", name(text)),
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) | Value::EscapedStringLiteral(text) => {
            Op::Text(name(text))
        }
        Value::TripleSingleQuotedString(text) | Value::TripleDoubleQuotedString(text) => Op::Text(name(text)),
        Value::SingleQuotedRawStringLiteral(text)
        | Value::DoubleQuotedRawStringLiteral(text)
        | Value::TripleSingleQuotedRawStringLiteral(text)
        | Value::TripleDoubleQuotedRawStringLiteral(text) => Op::Text(name(text)),
        Value::DollarQuotedString(text) => Op::Text(name(&text.value)),
        Value::NationalStringLiteral(text) => Op::Literal("national", name(text)),
        Value::UnicodeStringLiteral(text) => Op::Literal("unicode", name(text)),
        Value::SingleQuotedByteStringLiteral(text)
        | Value::DoubleQuotedByteStringLiteral(text)
        | Value::TripleSingleQuotedByteStringLiteral(text)
        | Value::TripleDoubleQuotedByteStringLiteral(text) => Op::Literal("bytes", name(text)),
        Value::QuoteDelimitedStringLiteral(text) | Value::NationalQuoteDelimitedStringLiteral(text) => {
            Op::Literal("delimited", name(&text.to_string()))
        }
        Value::HexStringLiteral(text) => Op::Literal("hex", name(text)),
        Value::Boolean(value) => Op::Bool(*value),
        Value::Null => Op::Null,
        Value::Placeholder(text) => Op::Parameter(name(text)),
    }
}
