//! Functions and operators with a syntax of their own.

use sqlparser::ast::{CeilFloorKind, Expr, FunctionArguments};

use super::super::tree::{Node, Op, Tree};
use super::{Converter, covering};

impl Converter<'_> {
    /// Functions with a syntax of their own.
    pub(super) fn special_syntax(&self, expression: &Expr) -> Tree {
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
            Expr::Position { expr, r#in } => {
                // The function's own arguments may stand the other way round.
                let within = self.node(Op::NamedArgument("IN".into()), vec![self.expression(r#in)]);
                call("POSITION", vec![self.expression(expr), within])
            }
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
                let relation = self.relation_argument(value);
                self.node(Op::Other(prefix.value.to_uppercase().into()), vec![relation])
            }
            // `XMLELEMENT(NAME foo)`, `XMLROOT(x, STANDALONE YES)`: a word, not a column.
            Expr::Prefixed { prefix, value } if matches!(prefix.value.as_str(), "name" | "standalone") => {
                let word = match &**value {
                    Expr::Identifier(word) => {
                        self.node_at(Op::Text(self.normalized(word)), vec![], self.span(word.span))
                    }
                    other => self.expression(other),
                };
                self.node(Op::Other(prefix.value.to_uppercase().into()), vec![word])
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

    pub(super) fn interval(&self, interval: &sqlparser::ast::Interval) -> Tree {
        let value = amount(self.expression(&interval.value));
        if interval.leading_field.is_none()
            && let Some(spelled) = self.spelled_out(&value)
        {
            return spelled;
        }
        let kids = vec![value];
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

    /// `INTERVAL '1 day'` is `INTERVAL '1' DAY`, and whatever stands in the text has no case.
    fn spelled_out(&self, value: &Tree) -> Option<Tree> {
        let Op::Text(text) = &value.op else { return None };
        let text = text.to_uppercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_number = |word: &str| {
            let digits = word.strip_prefix('-').unwrap_or(word);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let (amount, unit) = match words.as_slice() {
            [amount, unit] if is_number(amount) && UNITS.contains(&&*singular(unit)) => (*amount, singular(unit)),
            _ => (&*text, String::new()),
        };
        let span = self.brackets.with_words_before(value.span, &["interval"]);
        Some(self.node_at(Op::Interval(unit.into()), vec![Node::leaf(Op::Text(amount.into()), value.span)], span))
    }

    pub(super) fn rounding(&self, expr: &Expr, field: &CeilFloorKind) -> Vec<Tree> {
        let mut kids = vec![self.expression(expr)];
        match field {
            CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime) => {}
            CeilFloorKind::DateTimeField(unit) => kids.push(self.implied(Op::Modifier(unit.to_string().into()))),
            CeilFloorKind::Scale(scale) => kids.push(self.value(scale)),
        }
        kids
    }

    /// The relation behind `TABLE`: a name, or a call that gives rows.
    fn relation_argument(&self, value: &Expr) -> Tree {
        if let Expr::Function(function) = value {
            return match &function.args {
                FunctionArguments::List(list) if list.clauses.is_empty() && list.duplicate_treatment.is_none() => {
                    let kids = list.args.iter().map(|argument| self.option(argument)).collect();
                    self.row_function(&function.name.to_string(), kids, false)
                }
                _ => self.expression(value),
            };
        }
        let name = self.expression(value);
        match name.op {
            Op::Column => self.node_at(Op::Table, name.kids.clone(), name.span),
            _ => name,
        }
    }
}

/// `INTERVAL 1 DAY` is `INTERVAL '1' DAY`; sqlglot writes the second. Of whole numbers only: how parts of a unit count is up to
/// the engine.
fn amount(value: Tree) -> Tree {
    let (sign, number) = match &value.op {
        Op::Unary(sign) if &**sign == "-" => ("-", value.first()),
        _ => ("", Some(&value)),
    };
    match number.map(|number| &number.op) {
        Some(Op::Number(digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Node::leaf(Op::Text(format!("{sign}{digits}").into()), value.span)
        }
        _ => value,
    }
}

/// `f(TABLE t)`: the argument is a relation.
fn is_relation_prefix(prefix: &str) -> bool {
    prefix.eq_ignore_ascii_case("table") || prefix.eq_ignore_ascii_case("model")
}

/// Units with one meaning in every engine.
const UNITS: &[&str] = &["YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"];

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
