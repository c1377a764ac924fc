//! Headers as impact reads them against what SQLMesh made of them (`tests/oracle/headers.py`).
//!
//! Compared is every property that SQLMesh has and that isn't as by default. Values are brought into one form by what the
//! property holds: texts without quotes, expressions as trees or tokens, mappings and calls by name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use impact::dialect::Dialect;
use impact::lex::{Token, TokenKind, identifier_text, lex_code, string_value};
use impact::project::{Body, Property};
use impact::sql;
use impact::state::{AnalysedModel, State};
use serde_json::{Map, Value};

use crate::render::read;

/// What SQLMesh says properties are that aren't given (`tests/oracle/features.py`).
pub struct Defaults {
    header: Map<String, Value>,
    kinds: Map<String, Value>,
}

pub static DEFAULTS: LazyLock<Defaults> = LazyLock::new(|| {
    let recorded: Value = read("recorded/features.json");
    let group = |name: &str| recorded["features"][name].as_object().expect("a mapping").clone();
    Defaults { header: group("header"), kinds: group("kinds") }
});

/// What the values of a property are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    /// A word whose case doesn't count.
    Word,
    Truth,
    /// Names, in any order.
    Names,
    /// Expressions, in order.
    Expressions,
    /// One expression, perhaps in brackets.
    Whole,
    Mapping,
    Calls,
}

fn holds(name: &str) -> Holds {
    match name {
        "tags" | "ignored_rules" | "depends_on" => Holds::Names,
        "partitioned_by" | "clustered_by" | "grains" | "references" | "unique_key" | "columns" | "valid_from_name"
        | "valid_to_name" | "updated_at_name" | "time_column" => Holds::Expressions,
        "physical_properties"
        | "virtual_properties"
        | "session_properties"
        | "materialization_properties"
        | "grants"
        | "column_descriptions"
        | "csv_settings" => Holds::Mapping,
        "audits" | "signals" => Holds::Calls,
        "when_matched" | "merge_filter" | "time_data_type" => Holds::Whole,
        "allow_partials"
        | "enabled"
        | "optimize_query"
        | "formatting"
        | "forward_only"
        | "disable_restatement"
        | "insert_overwrite"
        | "materialized"
        | "invalidate_hard_deletes"
        | "updated_at_as_valid_from"
        | "execution_time_as_valid_from"
        | "partition_by_time_column" => Holds::Truth,
        "interval_unit"
        | "gateway"
        | "on_destructive_change"
        | "on_additive_change"
        | "grants_target_layer"
        | "virtual_environment_mode" => Holds::Word,
        _ => Holds::Text,
    }
}

/// What impact doesn't read from headers: the loader's own.
const NOT_OF_THE_HEADER: [&str; 3] = ["project", "physical_schema_override", "virtual_environment_mode"];

/// How many properties were compared, and how many impact knows that it doesn't know.
#[derive(Default)]
pub struct Properties {
    pub equal: usize,
    pub unknown: usize,
}

/// What differs, one line a property; adds up what was compared.
pub fn differences(
    state: &State,
    model: &AnalysedModel,
    expected: &Map<String, Value>,
    compared: &mut Properties,
) -> Vec<String> {
    let kind = expected["kind"].as_object().expect("a kind has a name and properties");
    let mut found = Vec::new();
    let name = &model.model.kind.name;
    let same_kind = |expected: &str| name == expected || name == "SCD_TYPE_2" && expected == "SCD_TYPE_2_BY_TIME";
    if !kind["name"].as_str().is_some_and(same_kind) {
        found.push(format!("kind: SQLMesh {}, impact {name}", kind["name"]));
    }
    let of_kind = DEFAULTS.kinds[name].as_object();
    let mut check =
        |place: &str, properties: &[Property], expected: &Map<String, Value>, defaults: &Map<String, Value>| {
            let of_kind = !place.is_empty();
            let own = properties.iter().find(|property| of_kind && property.name == "dialect");
            let dialect = own.and_then(|own| Dialect::parse(&own.value)).unwrap_or(model.model.dialect);
            let reader = Reader { dialect, of_kind, properties };
            let actual = reader.all();
            let names: BTreeSet<&str> = expected.keys().chain(actual.keys()).map(String::as_str).collect();
            for name in
                names.into_iter().filter(|name| !matches!(*name, "name" | "kind") && !NOT_OF_THE_HEADER.contains(name))
            {
                if place.is_empty() && matches!(name, "columns" | "depends_on") {
                    continue;
                }
                if is_of_code(properties, name) {
                    compared.unknown += 1;
                    continue;
                }
                compared.equal += 1;
                let default = defaults.get(name).unwrap_or(&Value::Null);
                let wanted = expected.get(name).unwrap_or(default);
                let given = actual.get(name);
                if !reader.same(name, given, wanted) {
                    let given = given.map(|given| given.as_str());
                    found.push(format!("{place}{name}: SQLMesh {wanted}, impact {given:?}"));
                }
            }
        };
    check("", &model.model.header.properties, expected, &DEFAULTS.header);
    check("kind ", &model.model.kind.properties, kind, of_kind.unwrap_or(&Map::new()));
    found.extend(columns_difference(model, expected.get("columns")));
    found.extend(dependencies_difference(model, expected.get("depends_on")));
    found.extend(loader_difference(state, model, expected));
    found
}

/// Does only running code tell what the property is? Of those that SQLMesh renders when it runs the model, it tells nothing yet.
fn is_of_code(properties: &[Property], name: &str) -> bool {
    let is_late = matches!(holds(name), Holds::Calls | Holds::Mapping) || name == "merge_filter";
    let is_given = properties.iter().any(|property| property.name == name);
    // A macro may make whole properties.
    let makes = |property: &Property| property.name.starts_with('@') && property.behind != 0;
    !is_given && properties.iter().any(makes)
        || properties
            .iter()
            .any(|property| property.name == name && property.behind != 0 && !(is_late && property.value.contains('@')))
}

fn columns_difference(model: &AnalysedModel, expected: Option<&Value>) -> Option<String> {
    let model = &model.model;
    let columns = expected.and_then(Value::as_object);
    // The columns of a seed that declares none are those of its file.
    if columns.is_none() && matches!(model.body, Body::Seed(_)) {
        return None;
    }
    // `STRUCT<a INT>` is `STRUCT(a INT)`.
    let one_bracket = |text: std::sync::Arc<str>| text.replace('<', "(").replace('>', ")");
    let typed =
        |name: &str, data_type: &str| format!("{name} {}", one_bracket(sql::canonical_type(data_type, model.dialect)));
    let expected: Vec<String> =
        columns.into_iter().flatten().map(|(name, kind)| typed(name, kind.as_str().unwrap_or_default())).collect();
    let actual: Vec<String> =
        model.columns.iter().flatten().map(|column| typed(&column.name, &column.data_type)).collect();
    (actual != expected).then(|| format!("columns: SQLMesh {expected:?}, impact {actual:?}"))
}

fn dependencies_difference(model: &AnalysedModel, expected: Option<&Value>) -> Option<String> {
    let expected: BTreeSet<String> = expected.map(list).unwrap_or_default().into_iter().collect();
    let actual: BTreeSet<String> = model.model.depends_on.iter().map(|found| found.model.to_string()).collect();
    // SQLMesh adds there what it finds in a query that it has rendered.
    let read: BTreeSet<String> = model.parents.iter().map(ToString::to_string).collect();
    let is_same = actual == expected || actual.is_subset(&expected) && expected.is_subset(&read);
    (!is_same).then(|| format!("depends_on: SQLMesh {expected:?}, impact {actual:?}"))
}

/// What the project says for all of its models.
fn loader_difference(state: &State, model: &AnalysedModel, expected: &Map<String, Value>) -> Option<String> {
    let config = &state.project.config;
    let text = |name: &str| expected.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_first = state.project.owner(&model.model.name).is_none();
    let wrong = is_first && text("project") != config.project;
    wrong.then(|| format!("project: SQLMesh {:?}, impact {:?}", text("project"), config.project))
}

/// The properties of a header or of a kind.
struct Reader<'p> {
    dialect: Dialect,
    of_kind: bool,
    properties: &'p [Property],
}

impl Reader<'_> {
    /// The properties by the name that SQLMesh has for them, those of the configuration put in as SQLMesh does it.
    fn all(&self) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for property in self.properties {
            let name = match property.name.as_str() {
                "grain" => "grains",
                "table_properties" => "physical_properties",
                "dialect" if !self.of_kind => continue,
                "pre_statements" | "post_statements" | "on_virtual_update" | "name" | "entrypoint" => continue,
                name => name,
            };
            // One grain, whatever is in it.
            let value =
                if property.name == "grain" { format!("({})", property.value) } else { property.value.to_string() };
            let joined = match found.get(name) {
                // The model's own, in the order written, behind the configured ones.
                Some(configured) if matches!(holds(name), Holds::Mapping | Holds::Calls) && name != "grants" => {
                    format!("{configured}\u{0}{value}")
                }
                _ => value,
            };
            found.insert(name.to_owned(), joined);
        }
        found
    }

    fn same(&self, name: &str, given: Option<&String>, wanted: &Value) -> bool {
        match holds(name) {
            Holds::Text => given.map(|given| self.text(given)) == texts(wanted),
            Holds::Word => {
                given.map(|given| self.text(given).to_lowercase()) == texts(wanted).map(|text| text.to_lowercase())
            }
            Holds::Truth => given.map(|given| is_true(&self.text(given))) == texts(wanted).map(|text| is_true(&text)),
            Holds::Names => {
                let names =
                    |text: &String| self.items(text).iter().map(|item| self.text(item)).collect::<BTreeSet<_>>();
                given.map(names).unwrap_or_default() == list(wanted).into_iter().collect()
            }
            Holds::Expressions => {
                let given = given.map(|given| self.items(given)).unwrap_or_default();
                let mut wanted = list(wanted);
                if name == "time_column" && given.len() < wanted.len() {
                    // The format isn't written, and SQLMesh has the default one.
                    wanted.truncate(given.len());
                }
                given.len() == wanted.len()
                    && given
                        .iter()
                        .zip(&wanted)
                        .all(|(given, wanted)| self.same_expression(given, wanted) || self.text(given) == *wanted)
            }
            Holds::Whole => {
                let bare = |text: &str| {
                    let inner = text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
                    inner.unwrap_or(text).to_owned()
                };
                given.map(|given| self.tokens(&bare(given))) == texts(wanted).map(|wanted| self.tokens(&bare(&wanted)))
            }
            Holds::Mapping => {
                let wanted = wanted.as_object().cloned().unwrap_or_default();
                let given = given.map(|given| self.mapping(given)).unwrap_or_default();
                given.len() == wanted.len()
                    && given.iter().all(|(key, value)| {
                        let key = match name {
                            "column_descriptions" => self.dialect.normalize(key, false),
                            _ => key.into(),
                        };
                        wanted.get(&*key).is_some_and(|wanted| match wanted {
                            // Missing values of columns are compared through what is read of the file.
                            Value::Object(_) => true,
                            Value::Array(_) => {
                                let items = self.items(value).iter().map(|item| self.text(item)).collect::<Vec<_>>();
                                items == list(wanted)
                            }
                            _ => {
                                let wanted = texts(wanted).unwrap_or_default();
                                self.same_expression(value, &wanted) || self.text(value) == wanted
                            }
                        })
                    })
            }
            Holds::Calls => {
                let given = given.map(|given| self.calls(given)).unwrap_or_default();
                let wanted = wanted.as_array().cloned().unwrap_or_default();
                given.len() == wanted.len()
                    && given.iter().zip(&wanted).all(|((called, arguments), wanted)| {
                        let named = wanted[1].as_object().expect("arguments by name");
                        wanted[0].as_str() == Some(called)
                            && arguments.len() == named.len()
                            && arguments.iter().all(|(key, value)| {
                                named.get(key).and_then(Value::as_str).is_some_and(|w| self.same_expression(value, w))
                            })
                    })
            }
        }
    }

    fn same_expression(&self, given: &str, wanted: &str) -> bool {
        let tree = |text: &str| sql::expression(text, self.dialect).ok();
        let given_tree = tree(given);
        given_tree.is_some() && given_tree == tree(wanted) || self.tokens(given) == self.tokens(wanted)
    }

    /// Tokens: names folded and without quotes, arrays in one spelling, `:=` as `=`.
    fn tokens(&self, text: &str) -> Vec<String> {
        let rules = self.dialect.lexical();
        let tokens = lex_code(text, rules);
        let mut found = Vec::new();
        let mut arrays = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1);
            let opens = |symbol: char| next.is_some_and(|next| next.is_symbol(symbol));
            match token.kind {
                TokenKind::Word if token.is_word(text, "array") && (opens('[') || opens('(')) => {}
                TokenKind::Symbol('(') => {
                    let is_array = at > 0 && tokens[at - 1].is_word(text, "array");
                    arrays.push(is_array);
                    found.push(if is_array { "[" } else { "(" }.to_owned());
                }
                TokenKind::Symbol(')') => found.push(if arrays.pop() == Some(true) { "]" } else { ")" }.to_owned()),
                TokenKind::Symbol(':') if opens('=') => {}
                TokenKind::Word | TokenKind::QuotedIdentifier => {
                    let (name, quoted) = identifier_text(token, text);
                    found.push(self.dialect.normalize(&name, quoted).to_string());
                }
                TokenKind::String => found.push(format!("'{}'", string_value(token, text, rules))),
                _ => found.push(token.text(text).to_owned()),
            }
        }
        found
    }

    /// One token without its quotes; anything else as it is written.
    fn text(&self, text: &str) -> String {
        let rules = self.dialect.lexical();
        match lex_code(text, rules).as_slice() {
            [only] if only.kind == TokenKind::String => string_value(only, text, rules),
            [only] if only.kind == TokenKind::QuotedIdentifier => identifier_text(only, text).0,
            [open, only, close] if open.is_symbol('(') && close.is_symbol(')') => self.text(only.text(text)),
            _ => text.trim().to_owned(),
        }
    }

    /// The items of a list in brackets, or the only one.
    fn items(&self, text: &str) -> Vec<String> {
        let tokens = lex_code(text, self.dialect.lexical());
        let inner = match tokens.as_slice() {
            [open, inner @ .., close] if is_pair(open, close) && is_closed(inner) => inner,
            all => all,
        };
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        let mut depth = 0usize;
        let mut begins = true;
        for token in inner {
            match token.kind {
                TokenKind::Symbol('(' | '[' | '{') => depth += 1,
                TokenKind::Symbol(')' | ']' | '}') => depth = depth.saturating_sub(1),
                TokenKind::Symbol(',') if depth == 0 => {
                    begins = true;
                    continue;
                }
                _ => {}
            }
            match pieces.last_mut() {
                Some(last) if !begins => last.1 = token.end,
                _ => pieces.push((token.start, token.end)),
            }
            begins = false;
        }
        pieces.into_iter().map(|(start, end)| text[start..end].to_owned()).collect()
    }

    /// Values by key. Of the configured ones those stay that the model doesn't give; `NULL` takes one away.
    fn mapping(&self, text: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let parts: Vec<&str> = text.split('\u{0}').collect();
        for (at, part) in parts.iter().enumerate() {
            for item in self.items(part) {
                let Some((key, value)) = self.pair(&item) else { continue };
                let is_none = at > 0 && found.contains_key(&key) && ["none", "null"].contains(&&*value.to_lowercase());
                if is_none {
                    found.remove(&key);
                } else {
                    found.insert(key, value);
                }
            }
        }
        found
    }

    /// `key = value`, the key without quotes.
    fn pair(&self, item: &str) -> Option<(String, String)> {
        let tokens = lex_code(item, self.dialect.lexical());
        let at = tokens.iter().position(|token| token.is_symbol('='))?;
        let sign = if at > 0 && tokens[at - 1].is_symbol(':') { at - 1 } else { at };
        let key = item[..tokens[sign].start].trim();
        Some((self.text(key), item[tokens.get(at)?.end..].trim().to_owned()))
    }

    /// Names and arguments of calls, in order.
    fn calls(&self, text: &str) -> Vec<(String, BTreeMap<String, String>)> {
        let items: Vec<String> = text.split('\u{0}').flat_map(|part| self.items(part)).collect();
        let call = |item: &String| {
            let tokens = lex_code(item, self.dialect.lexical());
            let open = tokens.iter().position(|token| token.is_symbol('('));
            let (name, arguments) = match open {
                Some(at) => (&item[..tokens[at].start], &item[tokens[at].start..]),
                None => (item.as_str(), ""),
            };
            let pairs = self.items(arguments);
            let pairs = pairs.iter().filter_map(|pair| self.pair(pair)).map(|(key, value)| (key.to_lowercase(), value));
            (self.text(name).to_lowercase(), pairs.collect())
        };
        items.iter().map(call).collect()
    }
}

fn is_pair(open: &Token, close: &Token) -> bool {
    open.is_symbol('(') && close.is_symbol(')') || open.is_symbol('[') && close.is_symbol(']')
}

fn is_closed(tokens: &[Token]) -> bool {
    let mut depth = 0i64;
    tokens.iter().all(|token| {
        match token.kind {
            TokenKind::Symbol('(' | '[') => depth += 1,
            TokenKind::Symbol(')' | ']') => depth -= 1,
            _ => {}
        }
        depth >= 0
    })
}

fn is_true(text: &str) -> bool {
    ["true", "t", "1", "yes", "on"].contains(&&*text.to_lowercase())
}

fn texts(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(texts).collect(),
        other => texts(other).into_iter().collect(),
    }
}
