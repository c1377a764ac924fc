//! Relations that only SQL Server has.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::relations::{alias_at, name_end};
use crate::sql::dialect::tokens::{TokenList, keyword, mark, marked_call, prefix_mark, quoted};

/// The arguments between the brackets that open at `open`.
fn arguments(list: &TokenList, open: usize) -> Vec<Range<usize>> {
    let close = list.close(open);
    let mut arguments = Vec::new();
    let mut start = open + 1;
    while start < close {
        let end = list.find(start, |list, at| list.is(at, &Token::Comma)).min(close);
        arguments.push(start..end);
        start = end + 1;
    }
    arguments
}

/// `CONTAINSTABLE(t, (a, b), 'x')`, `CHANGETABLE(CHANGES t, 1)`: the table is a relation, and the names that follow are
/// columns of it, not of the query.
pub fn functions_of_tables(list: &mut TokenList) {
    const FUNCTIONS: &[&str] =
        &["CONTAINSTABLE", "FREETEXTTABLE", "SEMANTICKEYPHRASETABLE", "SEMANTICSIMILARITYTABLE", "CHANGETABLE"];
    for i in list.places(1, FUNCTIONS) {
        if !list.is(i + 1, &Token::LParen) || list.close(i + 1) >= list.len() || !list.is_among_relations(i) {
            continue;
        }
        let is_changes = list.is_word(i, "CHANGETABLE");
        let table = i + 2 + usize::from(is_changes);
        let arguments = arguments(list, i + 1);
        let is_table = arguments.first().is_some_and(|first| is_name(list, table..first.end));
        if !is_table || is_changes && !list.is_any(i + 2, &["CHANGES", "VERSION"]) {
            continue;
        }
        if is_changes {
            let kind = list.token(i + 2).to_string().to_lowercase();
            list.replace(i + 2..i + 3, vec![mark(&kind), Token::Comma]);
        }
        list.insert(table, vec![prefix_mark("table")]);
        // `d..t`: between the points stands the default schema.
        let points = arguments.first().map_or(table..table, |first| table + 1..first.end);
        for at in points {
            if list.is(at - 1, &Token::Period) && list.is(at, &Token::Period) {
                list.insert(at, vec![quoted("")]);
            }
        }
        let has_names = !is_changes || list.is_word(i + 2, "VERSION");
        for (number, argument) in arguments.into_iter().enumerate().skip(1) {
            let is_word = list.is_word(argument.start, "FORCESEEK") && argument.len() == 1;
            if number == 1 && has_names || is_word {
                let names = marked_call("names", vec![list.text(argument.clone())]);
                list.replace(argument, names);
            }
        }
    }
}

/// A name of several parts, some of which may be missing.
fn is_name(list: &TokenList, range: Range<usize>) -> bool {
    let is_part = |list: &TokenList, at: usize| matches!(list.token(at), Token::Word(_) | Token::Period);
    let apart = |list: &TokenList, at: usize| list.is(at - 1, &Token::Period) || list.is(at, &Token::Period);
    let (start, end) = (range.start, range.end);
    start < end && !list.is(end - 1, &Token::Period) && list.all(range, is_part) && list.all(start + 1..end, apart)
}

/// `VECTOR_SEARCH(TABLE = t AS s, COLUMN = v, SIMILAR_TO = q, …) AS r`: two relations, the table's rows under `s` and what is
/// found of each under `r`. The whole table is an argument too, as which rows are found depends on all of them.
pub fn vector_searches(list: &mut TokenList) {
    for i in list.places(1, &["VECTOR_SEARCH"]) {
        let close = list.close(i + 1);
        if !list.is(i + 1, &Token::LParen) || close >= list.len() || !list.is_among_relations(i) {
            continue;
        }
        let Some(alias) = alias_at(list, close + 1) else { continue };
        let Some((table, function)) = vector_search(list, i + 1) else { continue };
        let apply = [vec![keyword("CROSS"), keyword("APPLY")], function].concat();
        if list.is_word(i - 1, "APPLY") && list.is_word(i.wrapping_sub(2), "CROSS") {
            list.replace(i - 1..i, vec![keyword("JOIN")]);
            list.replace(i..close + 1, [table, apply].concat());
        } else if list.is_word(i - 1, "JOIN") {
            list.replace(i..close + 1, [vec![Token::LParen], table, apply].concat());
            list.insert(alias.end, vec![Token::RParen]);
        } else if list.is_word(i - 1, "FROM") || list.is(i - 1, &Token::Comma) {
            list.replace(i..close + 1, [table, apply].concat());
        }
    }
}

/// The table with its alias, and the call over it.
fn vector_search(list: &TokenList, open: usize) -> Option<(Vec<Token>, Vec<Token>)> {
    let mut arguments = arguments(list, open).into_iter();
    let first = arguments.next()?;
    let end = name_end(list, first.start + 2);
    if !list.is_word(first.start, "TABLE") || !list.is(first.start + 1, &Token::Eq) {
        return None;
    }
    let name = list.copy(first.start + 2..end);
    let alias = if list.is_word(end, "AS") { end + 1 } else { end.min(first.end - 1) };
    if alias + 1 != first.end || !matches!(list.token(alias), Token::Word(_)) {
        return None;
    }
    let alias = list.token(alias).clone();
    let table = [name.clone(), vec![keyword("AS"), alias.clone()]].concat();
    let mut inside = [vec![prefix_mark("table")], name].concat();
    for argument in arguments {
        let Token::Word(word) = list.token(argument.start) else { return None };
        if !list.is(argument.start + 1, &Token::Eq) || argument.len() < 3 {
            return None;
        }
        let value = list.copy(argument.start + 2..argument.end);
        let is_column = word.value.eq_ignore_ascii_case("COLUMN");
        let value = if is_column { [vec![alias.clone(), Token::Period], value].concat() } else { value };
        inside.push(Token::Comma);
        inside.extend(marked_call(&word.value.to_lowercase(), value));
    }
    Some((table, marked_call("vector_search", inside)))
}

/// `OPENDATASOURCE('p', 'x').d.s.t`: a relation outside of the project, kept as a text.
pub fn data_sources(list: &mut TokenList) {
    for i in list.places(1, &["OPENDATASOURCE"]) {
        let close = list.close(i + 1);
        let mut end = close.saturating_add(1);
        while list.is(end, &Token::Period) {
            let is_name = matches!(list.token(end + 1), Token::Word(_) | Token::SingleQuotedString(_));
            end += 1 + usize::from(is_name);
        }
        if list.is(i + 1, &Token::LParen) && end > close.saturating_add(1) && list.is_among_relations(i) {
            let call = marked_call("data_source", vec![list.text(i..end)]);
            list.replace(i..end, call);
        }
    }
}

/// `FROM ::fn_f()`: a function of the system. `FROM ..dbo.t` is `FROM dbo.t`: the parts before the points are the default ones.
pub fn leading_signs(list: &mut TokenList) {
    for i in 1..list.len() {
        let starts = list.is_any(i - 1, &["FROM", "JOIN", "APPLY"]) || list.is(i - 1, &Token::Comma);
        let may_start = matches!(list.token(i), Token::DoubleColon | Token::Period);
        if !may_start || !starts || !list.is_among_relations(i) {
            continue;
        }
        if let (Token::DoubleColon, Token::Word(word)) = (list.token(i), list.token(i + 1)) {
            let name = quoted(&format!("::{}", word.value.to_lowercase()));
            list.replace(i..i + 2, vec![name]);
            continue;
        }
        let mut end = i;
        while list.is(end, &Token::Period) {
            end += 1;
        }
        if end > i && matches!(list.token(end), Token::Word(_)) {
            list.replace(i..end, Vec::new());
        }
    }
}

/// `t TABLESAMPLE (5 PERCENT) WITH (NOLOCK)`: the parser wants the hints first.
pub fn hints_behind_samples(list: &mut TokenList) {
    for i in list.places(1, &["TABLESAMPLE"]) {
        let open = i + 1 + usize::from(list.is_word(i + 1, "SYSTEM"));
        let mut end = list.close(open).saturating_add(1);
        if list.is_word(end, "REPEATABLE") && list.is(end + 1, &Token::LParen) {
            end = list.close(end + 1).saturating_add(1);
        }
        let with = usize::from(list.is_word(end, "WITH"));
        let hints = end.saturating_add(with);
        let hints_end = list.close(hints).saturating_add(1);
        if list.is(open, &Token::LParen) && list.is(hints, &Token::LParen) && hints_end <= list.len() {
            let with = if with == 1 { list.copy(end..end + 1) } else { vec![keyword("WITH")] };
            let swapped = [with, list.copy(hints..hints_end), list.copy(i..end)].concat();
            list.replace(i..hints_end, swapped);
        }
    }
}

/// `{oj a LEFT JOIN b ON …}`: brackets around a join.
pub fn escaped_joins(list: &mut TokenList) {
    for i in 0..list.len() {
        let close = list.close(i);
        if list.is(i, &Token::LBrace) && list.is_word(i + 1, "OJ") && close < list.len() {
            list.replace(i..i + 2, vec![Token::LParen]);
            list.replace(close..close + 1, vec![Token::RParen]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Family::TSql;
    use crate::sql::dialect::testing::{differ, parses, same};

    #[test]
    fn functions_of_tables() {
        let found = |call: &str| format!("SELECT k.rank FROM {call} AS k");
        differ(TSql, &found("CONTAINSTABLE(dbo.t, (a, b), 'x')"), &found("CONTAINSTABLE(dbo.u, (a, b), 'x')"));
        differ(TSql, &found("CONTAINSTABLE(t, (a, b), 'x')"), &found("CONTAINSTABLE(t, (a, c), 'x')"));
        differ(TSql, &found("FREETEXTTABLE(t, *, 'x', LANGUAGE 7, 5)"), &found("FREETEXTTABLE(t, *, 'x', 5)"));
        differ(TSql, &found("CHANGETABLE(CHANGES t, 1)"), &found("CHANGETABLE(CHANGES u, 1)"));
        differ(TSql, &found("CHANGETABLE(CHANGES t, 1)"), &found("CHANGETABLE(CHANGES t, 1, FORCESEEK)"));
        differ(TSql, &found("CHANGETABLE(VERSION t, (a), (1))"), &found("CHANGETABLE(VERSION t, (b), (1))"));
        differ(TSql, &found("CHANGETABLE(CHANGES d..t, 1)"), &found("CHANGETABLE(CHANGES d.t, 1)"));
        differ(TSql, &found("CHANGETABLE(VERSION t, (a), (1))"), &found("CHANGETABLE(VERSION t, (a), (2))"));
    }

    #[test]
    fn vector_searches() {
        let found = |table: &str, column: &str, rest: &str| {
            format!(
                "SELECT s.a, r.distance FROM VECTOR_SEARCH(TABLE = {table} AS s, COLUMN = {column}, SIMILAR_TO = @v{rest}) AS r"
            )
        };
        differ(TSql, &found("dbo.t", "v", ""), &found("dbo.u", "v", ""));
        differ(TSql, &found("t", "v", ""), &found("t", "w", ""));
        differ(TSql, &found("t", "v", ", TOP_N = 3"), &found("t", "v", ", TOP_N = 4"));
        differ(TSql, &found("t", "v", ", METRIC = 'dot'"), &found("t", "v", ", METRIC = 'cosine'"));
        let search = "VECTOR_SEARCH(TABLE = t AS s, COLUMN = v, SIMILAR_TO = q.v, METRIC = 'dot') AS r";
        parses(TSql, &[&format!("SELECT q.a, s.b FROM q CROSS APPLY {search} ORDER BY r.distance")]);
        parses(TSql, &[&format!("SELECT q.a, s.b FROM q JOIN {search} ON q.a = s.a WHERE r.distance < 1")]);
    }

    #[test]
    fn relations_outside() {
        let from = |rest: &str| format!("SELECT x.a FROM OPENDATASOURCE('p', 'q'){rest} AS x");
        differ(TSql, &from(".d.s.t"), &from(".d.s.u"));
        parses(TSql, &[&from("...t"), "SELECT a FROM ::fn_f(1) AS x, ::fn_g()"]);
        differ(TSql, "SELECT a FROM ::fn_f()", "SELECT a FROM fn_f()");
        same(TSql, "SELECT a FROM ..dbo.t", "SELECT a FROM dbo.t");
    }

    #[test]
    fn hints_behind_samples() {
        let sample = |rest: &str| format!("SELECT a FROM t AS x TABLESAMPLE (5 PERCENT) {rest}");
        differ(TSql, &sample("WITH (NOLOCK)"), &sample("WITH (TABLOCK)"));
        differ(TSql, &sample("REPEATABLE (1) (NOLOCK)"), &sample("REPEATABLE (2) (NOLOCK)"));
    }

    #[test]
    fn escaped_joins() {
        same(
            TSql,
            "SELECT a.x FROM {oj a LEFT OUTER JOIN b ON a.x = b.x}",
            "SELECT a.x FROM (a LEFT OUTER JOIN b ON a.x = b.x)",
        );
    }
}
