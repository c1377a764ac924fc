//! How tightly operators bind where the parser's dialect has it otherwise than the engine.
//!
//! In: a family's [`Binding`] and what the parser asks of an operator. Out: a number on the scale of the parser's default
//! dialect, or nothing where its own answer is right. Two operators side by side without brackets would else become a tree
//! that means something else, which an edit that writes the brackets would make equal to what it isn't.

use sqlparser::dialect::Precedence;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

/// `XOR` between conditions: less than `AND`, more than `OR`.
const LOGICAL_XOR: u8 = 7;
/// All comparisons, `LIKE` and `IN` among them.
const COMPARISON: u8 = 20;
/// `LIKE`, `IN` and `BETWEEN` where they bind more tightly than `=`; `<` where it does.
const INNER_COMPARISON: u8 = 22;
/// Operators without a place of their own.
const OTHER: u8 = 25;
/// The same on the scale of the parser's Postgres.
const OTHER_IN_POSTGRES: u8 = 70;
/// Between bitwise operators and `+`.
const BELOW_SUM: u8 = 28;
const SUM: u8 = 30;
/// `a ^ b` where it is a power or, in MySQL and Hive, binds like one.
const POWER: u8 = 45;
/// `a || b` where it binds more tightly than any arithmetic.
const CONCATENATION: u8 = 48;
/// A sign: more than a power, less than `::`.
const SIGN: u8 = 49;
/// A sign on the scale of the parser's Postgres: more than `^`, less than `AT TIME ZONE`.
const POSTGRES_SIGN: u8 = 105;

/// Whose rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Those of the parser's dialect.
    AsParsed,
    /// Postgres, whose dialect in the parser has a scale of its own.
    Postgres,
    /// Those of Postgres on the default scale: DuckDB, Redshift.
    LikePostgres,
    MySql,
    TSql,
    Sqlite,
    Spark,
    Hive,
    BigQuery,
    /// `a || b + c` is `a || (b + c)`: Trino, ClickHouse, Teradata.
    SumsFirst,
}

impl Binding {
    /// An operator that is a sign, or a word of one.
    pub(super) fn of_token(self, token: &Token) -> Option<u8> {
        match self {
            Binding::AsParsed => None,
            Binding::Postgres => is_match(token).then_some(OTHER_IN_POSTGRES),
            Binding::LikePostgres => like_postgres(token),
            Binding::MySql => match token {
                Token::Caret => Some(POWER),
                Token::ShiftLeft | Token::ShiftRight => Some(BELOW_SUM),
                Token::Word(word) if word.keyword == Keyword::XOR => Some(LOGICAL_XOR),
                _ => None,
            },
            Binding::TSql => matches!(token, Token::Ampersand | Token::Pipe | Token::Caret).then_some(SUM),
            Binding::Sqlite => sqlite(token),
            Binding::Spark => match token {
                Token::StringConcat => Some(SUM),
                Token::ShiftLeft | Token::ShiftRight => Some(BELOW_SUM),
                _ => None,
            },
            Binding::Hive => match token {
                Token::Caret => Some(POWER),
                Token::StringConcat => Some(BELOW_SUM),
                _ => None,
            },
            Binding::BigQuery => matches!(token, Token::ShiftLeft | Token::ShiftRight).then_some(BELOW_SUM),
            Binding::SumsFirst => matches!(token, Token::StringConcat).then_some(BELOW_SUM),
        }
    }

    /// A class of operators, as the parser names them.
    pub(super) fn of_class(self, class: Precedence) -> Option<u8> {
        use Precedence::{Between, Is, Like, PgOther};
        match (self, class) {
            (Binding::LikePostgres, PgOther) => Some(OTHER),
            (Binding::LikePostgres | Binding::MySql, Like | Between) => Some(INNER_COMPARISON),
            (Binding::MySql, Is) => Some(COMPARISON),
            (Binding::Sqlite, Like | Between | Is) => Some(COMPARISON),
            _ => None,
        }
    }

    /// A sign before a value, where other operators bind more tightly than `*`.
    pub(super) fn of_sign(self) -> Option<u8> {
        match self {
            Binding::Postgres => Some(POSTGRES_SIGN),
            Binding::LikePostgres | Binding::MySql | Binding::Sqlite | Binding::Hive => Some(SIGN),
            _ => None,
        }
    }

    /// `~a`, where it isn't a sign but one of the other operators.
    pub(super) fn of_complement(self) -> Option<u8> {
        match self {
            Binding::Postgres => Some(OTHER_IN_POSTGRES),
            Binding::LikePostgres => Some(OTHER),
            _ => None,
        }
    }
}

fn like_postgres(token: &Token) -> Option<u8> {
    match token {
        Token::Caret => Some(POWER),
        Token::StringConcat
        | Token::Ampersand
        | Token::Pipe
        | Token::Sharp
        | Token::ShiftLeft
        | Token::ShiftRight
        | Token::Arrow
        | Token::LongArrow
        | Token::AtArrow
        | Token::ArrowAt
        | Token::Overlap
        | Token::CaretAt
        | Token::DoubleEq
        | Token::CustomBinaryOperator(_) => Some(OTHER),
        _ => is_match(token).then_some(OTHER),
    }
}

/// Matching a pattern by an operator.
fn is_match(token: &Token) -> bool {
    matches!(
        token,
        Token::Tilde
            | Token::TildeAsterisk
            | Token::ExclamationMarkTilde
            | Token::ExclamationMarkTildeAsterisk
            | Token::DoubleTilde
            | Token::DoubleTildeAsterisk
            | Token::ExclamationMarkDoubleTilde
            | Token::ExclamationMarkDoubleTildeAsterisk
    )
}

fn sqlite(token: &Token) -> Option<u8> {
    match token {
        Token::StringConcat | Token::Arrow | Token::LongArrow => Some(CONCATENATION),
        Token::Ampersand | Token::Pipe | Token::ShiftLeft | Token::ShiftRight => Some(OTHER),
        Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => Some(INNER_COMPARISON),
        _ => None,
    }
}
