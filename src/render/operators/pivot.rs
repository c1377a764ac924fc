//! `@PIVOT`: one aggregate for each value of a column.

use crate::lex::{TokenKind, lex_code};
use crate::render::expand::{Call, Expander, Outcome, Scope, Step};
use crate::render::fragment::Fragment;
use crate::render::values::{argument_name, identifier, quoted_identifier};

use super::bind::{Bound, Parameters};
use super::kept;

const PIVOT: Parameters<'_> = Parameters {
    names: &[
        "column",
        "values",
        "alias",
        "agg",
        "cmp",
        "prefix",
        "suffix",
        "then_value",
        "else_value",
        "quote",
        "distinct",
    ],
    required: 2,
    is_variadic: false,
};

/// What to make of each value.
struct Pivot {
    column: Fragment,
    aggregate: String,
    comparison: String,
    prefix: String,
    suffix: String,
    then: Fragment,
    otherwise: Fragment,
    has_alias: bool,
    is_quoted: bool,
}

impl Expander<'_> {
    /// `@PIVOT(column, [values], …)`
    pub fn pivot(&mut self, call: &Call, scope: &Scope<'_>) -> Step<Outcome> {
        let bound = match self.bind(call, scope, &PIVOT)? {
            Ok(bound) => bound,
            Err(outcome) => return Ok(outcome),
        };
        let values = match bound.get(1) {
            Some(values) => self.bracketed(values)?,
            None => None,
        };
        let (Some(pivot), Some(values)) = (self.pivot_options(&bound, call), values) else {
            return self
                .doubtful(call, "@PIVOT takes a column and a list of values; texts are strings, flags TRUE or FALSE");
        };
        let cost = pivot.column.len() + pivot.then.len() + pivot.otherwise.len();
        self.spend(cost.saturating_mul(values.len()), call.origin.clone())?;
        let items: Option<Vec<Fragment>> = values.iter().map(|value| self.pivoted(&pivot, value, call)).collect();
        match items {
            Some(items) => Ok(Outcome::List(items)),
            None => self.uncertain(call, kept(vec![pivot.column])),
        }
    }

    fn pivot_options(&self, bound: &Bound, call: &Call) -> Option<Pivot> {
        let text = |at: usize, default: &str| {
            bound
                .get(at)
                .map_or(Some(default.to_owned()), |value| self.literal(value).or_else(|| self.bare_word(value)))
        };
        let flag = |at: usize, default: bool| bound.get(at).map_or(Some(default), |value| self.boolean(value));
        let made = |text: &str| Fragment::made(text, call.origin.clone());
        let distinct = if flag(10, false)? { "DISTINCT " } else { "" };
        Some(Pivot {
            column: bound.get(0)?.clone(),
            aggregate: format!("{}({distinct}", text(3, "SUM")?),
            comparison: text(4, "=")?,
            prefix: text(5, "")?,
            suffix: text(6, "")?,
            then: bound.get(7).cloned().unwrap_or_else(|| made("1")),
            otherwise: bound.get(8).cloned().unwrap_or_else(|| made("0")),
            has_alias: flag(2, true)?,
            is_quoted: flag(9, true)?,
        })
    }

    fn bare_word(&self, value: &Fragment) -> Option<String> {
        let tokens = lex_code(value.text(), self.dialect().lexical());
        matches!(tokens.as_slice(), [token] if token.kind == TokenKind::Word).then(|| value.text().trim().to_owned())
    }

    /// `None` if what SQLMesh makes of the value isn't certain.
    fn pivoted(&self, pivot: &Pivot, value: &Fragment, call: &Call) -> Option<Fragment> {
        let origin = || call.origin.clone();
        let mut item = Fragment::made(format!("{}CASE WHEN ", pivot.aggregate), origin());
        item.push(&pivot.column);
        item.push_made(&format!(" {} ", pivot.comparison), origin());
        item.push(value);
        item.push_made(" THEN ", origin());
        item.push(&pivot.then);
        item.push_made(" ELSE ", origin());
        item.push(&pivot.otherwise);
        item.push_made(" END)", origin());
        if pivot.has_alias {
            let name = argument_name(value.text(), self.dialect())?;
            let name = format!("{}{name}{}", pivot.prefix, pivot.suffix);
            let alias = match pivot.is_quoted {
                true => quoted_identifier(&name, self.dialect()),
                // sqlglot quotes what begins with a digit, and nothing else.
                false if name.starts_with(|c: char| c.is_ascii_digit()) => quoted_identifier(&name, self.dialect()),
                false => {
                    let bare = identifier(&name, self.dialect());
                    Some(bare).filter(|bare| *bare == name)?
                }
            };
            item.push_made(&format!(" AS {alias}"), origin());
        }
        Some(item)
    }
}
