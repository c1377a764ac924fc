//! Types in casts.

use sqlparser::tokenizer::Token;

use crate::sql::dialect::tokens::{TokenList, keyword, marked_call, name};

/// The type of each cast: from behind `AS` to the closing bracket. None lies within another.
fn cast_types(list: &TokenList) -> Vec<std::ops::Range<usize>> {
    let casts = list.places(0, &["CAST", "TRY_CAST", "SAFE_CAST"]).into_iter();
    let casts = casts.filter(|&i| list.is(i + 1, &Token::LParen));
    let mut types: Vec<_> = casts.filter_map(|i| cast_type(list, i)).collect();
    types.extend((1..list.len()).filter_map(|i| colon_type(list, i)));
    types.sort_by_key(|range| range.start);
    let mut end = 0;
    types.retain(|range| {
        let apart = range.start >= end;
        end = end.max(range.end);
        apart
    });
    types
}

/// `x::T(…)`
fn colon_type(list: &TokenList, i: usize) -> Option<std::ops::Range<usize>> {
    let close = list.close(i + 1);
    let is_type = list.is(i - 1, &Token::DoubleColon) && matches!(list.token(i), Token::Word(_));
    (is_type && list.is(i + 1, &Token::LParen) && close < list.len()).then_some(i..close + 1)
}

fn cast_type(list: &TokenList, cast: usize) -> Option<std::ops::Range<usize>> {
    let start = list.find(cast + 2, |list, at| list.is_word(at, "AS"));
    let end = list.close(cast + 1);
    (list.is_word(start, "AS") && end < list.len()).then_some(start + 1..end)
}

/// `MAP(K, V)` and `ARRAY(T)` as types are written with angle brackets.
pub fn nested_types(list: &mut TokenList) {
    if list.places(0, &["MAP", "ARRAY"]).is_empty() {
        return;
    }
    for range in cast_types(list) {
        for i in range {
            let close = list.close(i + 1);
            if list.is_any(i, &["MAP", "ARRAY"]) && list.is(i + 1, &Token::LParen) && close < list.len() {
                list.replace(i + 1..i + 2, vec![Token::Lt]);
                list.replace(close..close + 1, vec![Token::Gt]);
            }
        }
    }
}

/// `ROW(a INT, b TEXT)` as a type is written `STRUCT<a INT, b TEXT>`.
pub fn row_types(list: &mut TokenList) {
    for range in cast_types(list) {
        for i in range {
            let close = list.close(i + 1);
            if list.is_word(i, "ROW") && list.is(i + 1, &Token::LParen) && close < list.len() {
                list.replace(i..i + 2, vec![keyword("STRUCT"), Token::Lt]);
                list.replace(close..close + 1, vec![Token::Gt]);
            }
        }
    }
}

/// `ROW(a INT, b TEXT)` as a type is `STRUCT(a INT, b TEXT)`.
pub fn rows_as_structs(list: &mut TokenList) {
    for range in cast_types(list) {
        for i in range {
            if list.is_word(i, "ROW") && list.is(i + 1, &Token::LParen) {
                list.replace(i..i + 1, vec![keyword("STRUCT")]);
            }
        }
    }
}

/// `x::TEXT COLLATE "C"`: a cast to a marked type, as the parser has the word only behind plain operands.
pub fn collated_casts(list: &mut TokenList) {
    for i in list.places(3, &["COLLATE"]) {
        let mut start = i - 1;
        if list.is(start, &Token::RParen) {
            start = list.open(start).saturating_sub(1);
        }
        while list.is(start.wrapping_sub(1), &Token::Period) {
            start = start.saturating_sub(2);
        }
        let is_cast =
            matches!(list.token(start), Token::Word(_)) && list.is(start.wrapping_sub(1), &Token::DoubleColon);
        let mut end = i + 2;
        while list.is(end, &Token::Period) {
            end += 2;
        }
        if is_cast && matches!(list.token(i + 1), Token::Word(_)) {
            let name: String = (i + 1..end).map(|at| list.token(at).to_string()).collect();
            let collation = marked_call("collate", vec![Token::SingleQuotedString(name)]);
            list.replace(i..end, [vec![Token::DoubleColon], collation].concat());
        }
    }
}

/// `RANGE<DATE>` as a type is written with round brackets.
pub fn range_types(list: &mut TokenList) {
    for range in cast_types(list) {
        for i in range {
            let is_range = list.is_word(i, "RANGE") && list.is(i + 1, &Token::Lt);
            if is_range && matches!(list.token(i + 2), Token::Word(_)) && list.is(i + 3, &Token::Gt) {
                let Token::Word(word) = list.token(i) else { continue };
                let of = list.copy(i + 2..i + 3);
                list.replace(i..i + 4, [vec![name(&word.value), Token::LParen], of, vec![Token::RParen]].concat());
            }
        }
    }
}

/// What follows a type (`COLLATE x`, `CHARACTER SET y`, `RENAME FIELDS`) is kept as the cast's format.
pub fn type_suffixes(list: &mut TokenList) {
    for range in cast_types(list) {
        let end = range.end;
        let is_suffix = |list: &TokenList, at: usize| {
            at > range.start
                && (list.is_word(at, "COLLATE")
                    || list.are_words(at, &["CHARACTER", "SET"])
                    || list.are_words(at, &["RENAME", "FIELDS"])
                    || list.are_words(at, &["ADD", "FIELDS"]))
        };
        let suffix = list.find(range.start, is_suffix);
        if suffix < end {
            let text = list.text(suffix..end);
            list.replace(suffix..end, vec![keyword("FORMAT"), text]);
        }
    }
}

/// `CAST(x AS STRING FORMAT ('YYYY'))` without the brackets.
pub fn bracketed_formats(list: &mut TokenList) {
    for range in cast_types(list) {
        for i in range {
            if list.is_word(i, "FORMAT") && list.is(i + 1, &Token::LParen) && list.is(i + 3, &Token::RParen) {
                let format = list.copy(i + 2..i + 3);
                list.replace(i + 1..i + 4, format);
            }
        }
    }
}

/// Types whose arguments are more than words and numbers (`JSON(a String, SKIP b)`): kept as one string.
pub fn described_types(list: &mut TokenList) {
    for range in cast_types(list) {
        let i = range.start;
        let is_zoned = list.is_word(i, "DATETIME") && matches!(list.token(i + 2), Token::SingleQuotedString(_));
        if (is_zoned || list.is_any(i, &["JSON", "OBJECT", "ARRAY", "MAP", "VECTOR"]))
            && list.is(i + 1, &Token::LParen)
            && list.close(i + 1) < range.end
        {
            let close = list.close(i + 1);
            let Token::Word(word) = list.token(i) else { continue };
            let replacement = vec![name(&word.value), Token::LParen, list.text(i + 2..close), Token::RParen];
            list.replace(i..close + 1, replacement);
        }
    }
}

/// `BINARY VARYING` and `NCHAR VARYING`: one name.
pub fn varying_types(list: &mut TokenList) {
    for i in list.places(1, &["VARYING"]) {
        let is_type = list.is_any(i - 1, &["BINARY", "NCHAR"]) && list.is_word(i.wrapping_sub(2), "AS");
        if is_type && matches!(list.token(i + 1), Token::RParen | Token::LParen) {
            let text = format!("{} VARYING", list.token(i - 1).to_string().to_uppercase());
            list.replace(i - 1..i + 1, vec![name(&text)]);
        }
    }
}

/// `TIMESTAMP(6) WITH LOCAL TIME ZONE`: a type of its own.
pub fn local_time_zones(list: &mut TokenList) {
    for i in list.places(2, &["LOCAL"]).into_iter().map(|local| local - 1) {
        if !list.are_words(i, &["WITH", "LOCAL", "TIME", "ZONE"]) {
            continue;
        }
        let open = list.open(i - 1);
        let start = if open < i - 1 { open.wrapping_sub(1) } else { i - 1 };
        if list.is_word(start, "TIMESTAMP") {
            list.replace(start..start + 1, vec![name("TIMESTAMP_LTZ")]);
            list.replace(i..i + 4, Vec::new());
        }
    }
}
