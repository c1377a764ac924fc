//! Does Python code put the names of tables together?
//!
//! In: a statement without its docstrings. Out: [`Composed`]. A macro's table is known where its name is written out in the
//! code or in the call. What FROM and JOIN have behind them in the code's texts is looked at, and what of sqlglot makes tables; a
//! part that isn't written there and isn't a parameter as it was handed over may be anything. Never `false` where code of the
//! project may name a table that no text of it names; what other packages' functions give isn't looked at.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Expr, ExprCall, ExprContext, ExprFString, FStringPart, InterpolatedStringElement, Operator, Parameters, Stmt,
};

/// What isn't written out of the tables that code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Composed {
    /// A query may read a table whose name is put together.
    pub in_queries: bool,
    /// A text may be put together that is a table's name where a table is expected.
    pub as_names: bool,
    /// A parameter may name a table.
    pub by_parameters: bool,
}

/// Calls that make a table, or SQL, of their first argument.
const OF_FIRST: [&str; 7] = ["to_table", "from_", "parse", "parse_one", "maybe_parse", "resolve_table", "join"];
/// Calls that make a table of all that they are handed, and those whose results are no texts of the code.
const OF_ANYTHING: [&str; 13] = [
    "table_",
    "Table",
    "From",
    "Join",
    "table",
    "open",
    "read",
    "read_text",
    "eval",
    "exec",
    "import_module",
    "getattr",
    "__import__",
];
/// Methods that make other texts of texts.
const OF_TEXT: [&str; 9] = ["format", "join", "replace", "lower", "upper", "sub", "split", "strip", "removesuffix"];

impl Composed {
    /// What this statement composes, if it is the function that is called, with what is written in the call.
    pub(super) fn of(stmt: &Stmt) -> Self {
        let mut reader = Reader { is_outermost: true, ..Reader::default() };
        reader.visit_stmt(stmt);
        reader.found
    }

    /// The same if it is called by other code: what that hands over isn't what the macro was called with.
    pub(super) fn when_called(self) -> Self {
        Composed {
            in_queries: self.in_queries || self.by_parameters,
            as_names: self.as_names || self.by_parameters,
            by_parameters: false,
        }
    }

    /// Adds what another statement composes.
    pub(super) fn extend(&mut self, other: Composed) {
        self.in_queries |= other.in_queries;
        self.as_names |= other.as_names;
        self.by_parameters |= other.by_parameters;
    }
}

#[derive(Default)]
struct Reader {
    /// The next function isn't within another one.
    is_outermost: bool,
    /// Parameters of the macro that keep what was handed over.
    parameters: BTreeSet<String>,
    found: Composed,
}

/// A part of a text.
enum Piece<'t> {
    Text(&'t str),
    Parameter,
    Unknown,
}

impl Reader {
    fn is_parameter(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => self.parameters.contains(name.id.as_str()),
            // `table.sql()`
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => method.attr.as_str() == "sql" && self.is_parameter(&method.value),
                _ => false,
            },
            _ => false,
        }
    }

    fn interpolated(&self, expr: &Expr) -> Piece<'static> {
        if self.is_parameter(expr) { Piece::Parameter } else { Piece::Unknown }
    }

    /// The parts of a text that a sum, an f-string or a literal gives; of anything else one that isn't known.
    fn pieces<'t>(&self, expr: &'t Expr, out: &mut Vec<Piece<'t>>) {
        match expr {
            Expr::StringLiteral(literal) => out.push(Piece::Text(literal.value.to_str())),
            Expr::FString(string) => self.of_f_string(string, out),
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                self.pieces(&sum.left, out);
                self.pieces(&sum.right, out);
            }
            other => out.push(self.interpolated(other)),
        }
    }

    fn of_f_string<'t>(&self, string: &'t ExprFString, out: &mut Vec<Piece<'t>>) {
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => out.push(Piece::Text(&literal.value)),
                FStringPart::FString(inner) => out.extend(inner.elements.iter().map(|element| match element {
                    InterpolatedStringElement::Literal(literal) => Piece::Text(&literal.value),
                    InterpolatedStringElement::Interpolation(value) if value.format_spec.is_none() => {
                        self.interpolated(&value.expression)
                    }
                    InterpolatedStringElement::Interpolation(_) => Piece::Unknown,
                })),
            }
        }
    }

    fn text(&mut self, pieces: &[Piece<'_>]) {
        for (at, piece) in pieces.iter().enumerate() {
            let Piece::Text(text) = piece else { continue };
            let next = pieces.get(at + 1);
            self.found.as_names |=
                next.is_some() && text.ends_with(is_of_name) || at > 0 && text.starts_with(is_of_name);
            for end in ends_of_table_words(text) {
                self.table_behind(&text[end..], next, pieces.get(at + 2));
            }
        }
        let is_value = |piece: &Piece<'_>| !matches!(piece, Piece::Text(_));
        self.found.as_names |= pieces.windows(2).any(|pair| pair.iter().all(is_value));
    }

    /// `text` stands behind FROM or JOIN.
    fn table_behind(&mut self, text: &str, next: Option<&Piece<'_>>, after_next: Option<&Piece<'_>>) {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
        let is_complete = match (text.chars().next(), next) {
            // The text ends here, and what follows it isn't seen.
            (None, None | Some(Piece::Text(_))) => false,
            (None, Some(value)) => {
                self.found.by_parameters |= matches!(value, Piece::Parameter);
                match after_next {
                    None => matches!(value, Piece::Parameter),
                    // `{schema}.orders`: a table in a schema that isn't known.
                    Some(Piece::Text(rest)) => match rest.strip_prefix('.') {
                        Some(table) => table.starts_with(is_of_name) && table.contains(|c| !is_of_name(c)),
                        None => matches!(value, Piece::Parameter) && !rest.starts_with(is_of_name),
                    },
                    Some(_) => false,
                }
            }
            (Some('{' | '%' | '$' | '@' | '<' | '?'), _) => false,
            (Some(_), next) => next.is_none() || text.contains(|c| !is_of_name(c)),
        };
        self.found.in_queries |= !is_complete;
    }

    fn call(&mut self, call: &ExprCall) {
        let (name, receiver) = match &*call.func {
            Expr::Name(name) => (name.id.as_str(), None),
            Expr::Attribute(attribute) => (attribute.attr.as_str(), Some(&*attribute.value)),
            _ => return,
        };
        let of_text = |expr: &&Expr| matches!(expr, Expr::StringLiteral(_) | Expr::FString(_));
        let is_text = receiver.as_ref().is_some_and(of_text);
        let first = call.arguments.args.first();
        let is_written = first.is_none_or(|expr| expr.is_string_literal_expr() || self.is_parameter(expr));
        if OF_FIRST.contains(&name) && !(name == "join" && is_text) {
            self.found.by_parameters |= !first.is_some_and(Expr::is_string_literal_expr);
            self.found.in_queries |= !is_written;
        }
        self.found.in_queries |= OF_ANYTHING.contains(&name);
        let is_made = OF_FIRST.contains(&name) && !is_written;
        self.found.as_names |= OF_ANYTHING.contains(&name) || is_made || OF_TEXT.contains(&name);
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || "_.\"`[]-".contains(c)
}

/// Where the words FROM and JOIN end that have a table behind them.
fn ends_of_table_words(text: &str) -> impl Iterator<Item = usize> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric() || c == '_', start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((at, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    let is = |at: usize, word: &str| words.get(at).is_some_and(|(_, found)| found.eq_ignore_ascii_case(word));
    let found = (0..words.len()).filter(|&at| {
        // EXTRACT(YEAR FROM x), a IS DISTINCT FROM b
        let is_of_expression = at > 0 && is(at - 1, "distinct") || at > 1 && is(at - 2, "extract");
        is(at, "join") || is(at, "from") && !is_of_expression
    });
    found.filter_map(|at| words.get(at).map(|(end, _)| *end)).collect::<Vec<_>>().into_iter()
}

/// The names that a function gives values.
struct Stored<'n>(&'n mut BTreeSet<String>);

impl<'a> Visitor<'a> for Stored<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx != ExprContext::Load
        {
            self.0.remove(name.id.as_str());
        }
        visitor::walk_expr(self, expr);
    }
}

fn names(parameters: &Parameters) -> impl Iterator<Item = String> {
    parameters.iter_non_variadic_params().map(|parameter| parameter.parameter.name.to_string())
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // What is said of an error is no query.
            Stmt::Raise(_) | Stmt::Assert(_) => return,
            Stmt::FunctionDef(function) => {
                let outside = self.parameters.clone();
                let own = names(&function.parameters);
                match std::mem::take(&mut self.is_outermost) {
                    true => self.parameters.extend(own),
                    // The code around hands over what it has made.
                    false => own.for_each(|name| _ = self.parameters.remove(&name)),
                }
                let mut stored = Stored(&mut self.parameters);
                function.body.iter().for_each(|stmt| stored.visit_stmt(stmt));
                visitor::walk_stmt(self, stmt);
                self.parameters = outside;
                return;
            }
            // `+=` makes longer what is known.
            Stmt::AugAssign(_) => self.found.as_names = true,
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(_) | Expr::FString(_) | Expr::BinOp(_) => {
                let mut pieces = Vec::new();
                self.pieces(expr, &mut pieces);
                self.text(&pieces);
                // `"… %s" % x`
                self.found.as_names |= matches!(expr, Expr::BinOp(sum) if sum.op == Operator::Mod);
                if matches!(expr, Expr::StringLiteral(_)) {
                    return;
                }
                if let Expr::BinOp(sum) = expr
                    && sum.op == Operator::Add
                {
                    self.operands(expr);
                    return;
                }
            }
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute) => {
                self.found.as_names |= matches!(attribute.attr.as_str(), "var" | "blueprint_var" | "locals");
            }
            // An item of what isn't known.
            Expr::Subscript(_) => self.found.as_names = true,
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

impl Reader {
    /// What stands between the texts of a sum.
    fn operands(&mut self, expr: &Expr) {
        match expr {
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                self.operands(&sum.left);
                self.operands(&sum.right);
            }
            Expr::StringLiteral(_) => {}
            Expr::FString(_) => visitor::walk_expr(self, expr),
            other => self.visit_expr(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(body: &str) -> Composed {
        let code = format!("def f(evaluator, model, x):\n    {body}\n");
        let parsed = ruff_python_parser::parse_module(&code).expect("Python");
        let mut found = Composed::default();
        parsed.syntax().body.iter().for_each(|stmt| found.extend(Composed::of(stmt)));
        found
    }

    #[test]
    fn tables_that_are_written_out_are_known() {
        for body in [
            "return 'select a from s.t'",
            "return f'select {x} from s.t where {x} > 1'",
            "return f'select a from {model} as t'",
            "return f'select a from ({model})'",
            "return f'select a from {model}'",
            "return f'select a from {x}.orders o join s.items using (id)'",
            "return f'extract(year from {x.y}) is distinct from {x.z}'",
            "return f'select a from {model.sql()} as t'",
            "return exp.to_table('s.t')",
            "return exp.select('a').from_(model)",
            "return ', '.join(c for c in x)",
            "raise ValueError(f'nothing comes from {x.y}')",
        ] {
            assert!(!composed(body).in_queries, "{body}");
        }
    }

    #[test]
    fn tables_whose_names_are_put_together_are_not() {
        for body in [
            "return f'select a from {x.name} as t'",
            "return f'select a from s.{x} as t'",
            "return f'select a from s.dim_{x}'",
            "return f'select a from {model}_v2'",
            "return f'select a from {model}.{x}'",
            "return f'select a from {x}.dim_{x}'",
            "return 'select a from ' + '.'.join(['s', 't'])",
            "return 'select a from s.t' + x",
            "return 'select a from {}'.format(x)",
            "return 'select a from %s' % x",
            "t = 'select a from {schema}.{name} as t'\n    return t.format(schema=x, name=x)",
            "model = x + '_v2'\n    return f'select a from {model}'",
            "for model in x:\n        yield f'select a from {model} as t'",
            "def g(t):\n        return f'select a from {t} as t'\n    return g('s.' + x)",
            "return exp.to_table(f's.{x}')",
            "return exp.table_('t', db='s')",
            "return exp.select('a').from_(x + '_v2')",
            "return open('q.sql').read()",
        ] {
            assert!(composed(body).in_queries, "{body}");
        }
    }

    #[test]
    fn a_function_that_a_macro_calls_gets_what_the_macro_makes() {
        let code = "def of(table):\n    return f'select a from {table} as t'\n";
        let parsed = ruff_python_parser::parse_module(code).expect("Python");
        assert!(parsed.syntax().body.iter().any(|stmt| Composed::of(stmt).when_called().in_queries));
    }

    #[test]
    fn what_is_no_query_may_be_a_name_all_the_same() {
        for body in ["return f's.{x}'", "return f'{x}.{model}'", "return x + '_v2'", "return evaluator.var('t')"] {
            let found = composed(body);
            assert!(found.as_names && !found.in_queries, "{body}");
        }
        for body in ["return model", "return 's.t'", "return f'select a from {model} as t'"] {
            assert!(!composed(body).as_names, "{body}");
        }
    }
}
