//! Jinja templates: rendered with the variables and macros that SQLMesh gives them.
//!
//! In: a template's text. Out: SQL with macros, which is expanded like other SQL afterwards. Nothing is loaded, no file
//! is read; steps, memory (both cost fuel) and recursion are limited. Text outside of tags is traced letter by letter,
//! what an expression prints to the expression. An undefined name is empty, as in Jinja2; but where the model's file may
//! call Python macros it is an error, for what these macros use is then known to templates too.

mod base64;
mod changing;
mod context;
mod cycles;
mod filters;
mod format;
mod html;
mod json;
mod lazy;
mod macros;
mod methods;
mod moment;
mod numbers;
mod range;
mod rewrite;
mod tokens;

pub use methods::python_method;

use std::ops::Range;

use minijinja::value::{Kwargs, Rest};
use minijinja::{
    AutoEscape, Environment as Jinja, ErrorKind, OutputSpan, OutputSpanKind, State, UndefinedBehavior, Value,
};

use super::expand::{MAX_LENGTH, Step, Stop, too_large};
use super::fragment::Fragment;
use super::{Environment, codes};

/// Instructions, and bytes made, that one template may cost.
const FUEL: u64 = 20_000_000;
/// How deep macros may call each other.
const MAX_RECURSION: usize = 40;

/// The template's output and the variables that it read.
pub(super) struct Template {
    pub fragment: Fragment,
    pub variables: Vec<String>,
    /// Macros of the project may read variables as well.
    pub may_call_python: bool,
}

/// Renders the template that takes up `range` of its file.
pub(super) fn render(file: &str, range: Range<usize>, environment: &Environment<'_>) -> Step<Template> {
    let (offset, text) = (range.start, file.get(range).unwrap_or(""));
    let template = text.trim();
    let place = Place {
        prelude: macros::prelude(template, environment.jinja_macros),
        template,
        start: offset + (text.len() - text.trim_start().len()),
        rewritten: rewrite::Rewritten::default(),
    };
    let rewritten = rewrite::rewrite(&format!("{}{template}", place.prelude));
    let place = Place { rewritten, ..place };
    let reads = context::Reads::default();
    let may_call_python = names_python(file, environment) || names_python(&place.prelude, environment);
    let jinja = engine(environment, &reads, may_call_python);
    let (output, spans) = jinja
        .template_from_str(&place.rewritten.text)
        .and_then(|template| template.render_with_spans(context::values(environment)))
        .map_err(|error| place.failure(&error))?;
    if output.len() > MAX_LENGTH {
        return Err(too_large("this Jinja template makes too much text", place.whole()));
    }
    Ok(Template { fragment: place.traced(&output, &spans), variables: reads.names(), may_call_python })
}

/// The definitions of all macros that the template may call.
pub(super) fn used_macros(template: &str, files: &[(&str, &str)]) -> String {
    macros::prelude(template, files)
}

/// Does the name of a Python macro stand anywhere in the text?
fn names_python(text: &str, environment: &Environment<'_>) -> bool {
    let text = text.to_lowercase();
    environment.user_macros.keys().any(|name| text.contains(name.as_str()))
}

fn engine<'e>(environment: &Environment<'_>, reads: &context::Reads, may_call_python: bool) -> Jinja<'e> {
    let mut jinja = Jinja::new();
    jinja.set_undefined_behavior(match may_call_python {
        true => UndefinedBehavior::Strict,
        false => UndefinedBehavior::Lenient,
    });
    jinja.set_auto_escape_callback(|_| AutoEscape::None);
    jinja.set_fuel(Some(FUEL));
    jinja.set_recursion_limit(MAX_RECURSION);
    jinja.set_unknown_method_callback(methods::python_method);
    jinja.set_formatter(|output, state, value| {
        if value.is_undefined() || !matches!(state.auto_escape(), AutoEscape::None) {
            return minijinja::escape_formatter(output, state, value);
        }
        Ok(output.write_str(&format::printed(value)?)?)
    });
    jinja.remove_global("debug");
    // Python's method, under a name that no template has.
    jinja.add_filter("__split", minijinja::filters::split);
    for foreign in ["split", "lines", "bool", "chain", "zip"] {
        jinja.remove_filter(foreign);
    }
    for foreign in ["safe", "int", "startingwith", "endingwith"] {
        jinja.remove_test(foreign);
    }
    filters::add(&mut jinja);
    numbers::add(&mut jinja);
    json::add(&mut jinja);
    html::add(&mut jinja);
    lazy::add(&mut jinja);
    cycles::add(&mut jinja);
    changing::add(&mut jinja);
    range::add(&mut jinja);
    jinja.add_filter("__percent", |text: &str, values: Value| format::percent(text, &values));
    jinja.add_function(
        "__variadic",
        |state: &mut State, called: Value, signature: String, given: Rest<Value>, named: Kwargs| {
            changing::variadic(state, &called, &signature, (given, named))
        },
    );
    context::add_functions(&mut jinja, environment, reads);
    jinja
}

/// Where the template stands: behind the macros in what is rendered, and somewhere in its file.
struct Place<'t> {
    prelude: String,
    template: &'t str,
    start: usize,
    /// The macros and the template in minijinja's words.
    rewritten: rewrite::Rewritten,
}

impl Place<'_> {
    fn whole(&self) -> Range<usize> {
        self.start..self.start + self.template.len()
    }

    /// A range of what is rendered as a range of the file; `None` if it isn't in the template.
    fn in_file(&self, range: Range<usize>) -> Option<Range<usize>> {
        let range = self.rewritten.origin(range);
        self.of_template(range)
    }

    /// A range of the macros and the template as a range of the file.
    fn of_template(&self, range: Range<usize>) -> Option<Range<usize>> {
        let start = range.start.checked_sub(self.prelude.len())?;
        let end = range.end.checked_sub(self.prelude.len())?;
        (start <= end && end <= self.template.len()).then_some(self.start + start..self.start + end)
    }

    fn traced(&self, output: &str, spans: &[OutputSpan]) -> Fragment {
        let mut fragment = Fragment::default();
        for span in spans {
            let range = span.output_range();
            let untraced = fragment.len()..range.start;
            fragment.push_made(output.get(untraced).unwrap_or(""), self.whole());
            let text = output.get(range).unwrap_or("");
            match (self.in_file(span.source_range()), span.kind()) {
                (Some(source), OutputSpanKind::Raw) if source.len() == text.len() => {
                    fragment.push(&Fragment::copied(text, source.start));
                }
                (Some(source), _) => fragment.push_made(text, source),
                (None, _) => fragment.push_made(text, self.whole()),
            }
        }
        fragment.push_made(output.get(fragment.len()..).unwrap_or(""), self.whole());
        fragment
    }

    fn failure(&self, error: &minijinja::Error) -> Stop {
        let (code, what) = match error.kind() {
            ErrorKind::SyntaxError => (codes::JINJA_SYNTAX, "this Jinja template can't be parsed"),
            ErrorKind::OutOfFuel => (codes::TOO_LARGE, "this Jinja template does too much"),
            _ => (codes::JINJA_FAILED, "this Jinja template can't be rendered"),
        };
        let origin = self.error_origin(error);
        let detail = match (error.detail(), self.written(&origin)) {
            (Some(detail), _) => format!(": {detail}"),
            (None, Some(written)) if error.kind() == ErrorKind::UndefinedError => format!(" in `{written}`"),
            (None, _) => String::new(),
        };
        Stop { code, message: format!("{what} ({}){detail}", error.kind()), origin }
    }

    /// What stands at a range of the file, if it is part of one line of the template.
    fn written(&self, range: &Range<usize>) -> Option<&str> {
        let text = self.template.get(range.start.checked_sub(self.start)?..range.end.checked_sub(self.start)?)?;
        (!text.contains('\n') && text.len() < self.template.len()).then_some(text)
    }

    /// The range of an error, or the line, or the whole template.
    fn error_origin(&self, error: &minijinja::Error) -> Range<usize> {
        let range = error.range().and_then(|range| self.in_file(range));
        range.filter(|range| !range.is_empty()).or_else(|| self.error_line(error)).unwrap_or_else(|| self.whole())
    }

    fn error_line(&self, error: &minijinja::Error) -> Option<Range<usize>> {
        let mut start = 0;
        for (index, line) in self.rewritten.text.split_inclusive('\n').enumerate() {
            if Some(index + 1) == error.line() {
                let range = self.rewritten.origin(start..start + line.trim_end().len());
                let from = range.start.max(self.prelude.len());
                return self.of_template(from..range.end.max(from));
            }
            start += line.len();
        }
        None
    }
}
