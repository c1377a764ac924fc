//! A parser dialect that answers as another one does, except where a family's [`Syntax`] says otherwise.
//!
//! In: a base dialect of the parser and the family's overrides. Out: a value the parser can be given.
//! It reports the type id of its base, because the parser compares that in about a hundred places. It must never
//! leave a question of the trait to the trait's own default: the lint below makes a new question of a later
//! parser version a compile error under clippy, and the tests compare every answer with the base's.

use std::any::TypeId;
use std::cell::Cell;
use std::iter::Peekable;
use std::str::Chars;

use sqlparser::ast::{ColumnOption, Expr, GranteesType, Ident, ObjectNamePart, Statement};
use sqlparser::dialect::{Dialect, Precedence, SparkSqlDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError};

use super::tokens::is_word;
use super::{Binding, Syntax, hooks};
use crate::dialect::LexicalRules;

/// How tightly operators without a place of their own bind: more than comparisons, less than `+`.
const OTHER_OPERATOR: u8 = 25;

/// A base dialect with a family's overrides.
#[derive(Debug)]
pub struct Wrapper {
    base: Box<dyn Dialect>,
    syntax: Syntax,
    capabilities: Capabilities,
    identifier_quotes: &'static [(char, char)],
    /// Reports another type while the text is lexed.
    lexing: Cell<bool>,
    /// How many more expressions may begin before the text counts as hostile.
    remaining: Cell<usize>,
}

/// Everything of the trait that a plain yes or no answers becomes a field of [`Capabilities`]; the rest is written out.
macro_rules! delegate {
    (yes_or_no { $($name:ident,)* } $($rest:item)*) => {
        /// The dialect's yes-or-no answers, one field for each question of the parser, named as there.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub struct Capabilities { $(pub $name: bool,)* }

        impl Capabilities {
            /// The base's own answers.
            pub fn of(base: &dyn Dialect) -> Self {
                Capabilities { $($name: base.$name(),)* }
            }

            /// How many questions there are.
            pub const COUNT: usize = [$(stringify!($name)),*].len();
        }

        #[deny(clippy::missing_trait_methods)]
        impl Dialect for Wrapper {
            $(fn $name(&self) -> bool { self.capabilities.$name })*
            $($rest)*
        }
    };
}

delegate! {
yes_or_no {
    supports_string_literal_backslash_escape,
    ignores_wildcard_escapes,
    supports_unicode_string_literal,
    supports_filter_during_aggregation,
    supports_window_clause_named_window_reference,
    supports_within_after_array_aggregation,
    supports_partition_by_after_order_by,
    supports_array_join_syntax,
    supports_alter_user_as_alter_role,
    supports_group_by_expr,
    supports_group_by_with_modifier,
    supports_left_associative_joins_without_parens,
    supports_outer_join_operator,
    supports_cross_join_constraint,
    supports_connect_by,
    supports_execute_immediate,
    supports_match_recognize,
    supports_in_empty_list,
    supports_in_unparenthesized_expr,
    supports_start_transaction_modifier,
    supports_end_transaction_modifier,
    supports_named_fn_args_with_eq_operator,
    supports_named_fn_args_with_colon_operator,
    supports_named_fn_args_with_assignment_operator,
    supports_named_fn_args_with_rarrow_operator,
    supports_named_fn_args_with_expr_name,
    supports_numeric_prefix,
    supports_numeric_literal_underscores,
    supports_window_function_null_treatment_arg,
    supports_dictionary_syntax,
    support_map_literal_syntax,
    supports_lambda_functions,
    supports_parenthesized_set_variables,
    supports_comma_separated_set_assignments,
    supports_update_order_by,
    supports_select_wildcard_except,
    convert_type_before_value,
    supports_triple_quoted_string,
    supports_trailing_commas,
    supports_limit_comma,
    supports_string_literal_concatenation,
    supports_string_literal_concatenation_with_newline,
    supports_projection_trailing_commas,
    supports_from_trailing_commas,
    supports_column_definition_trailing_commas,
    supports_object_name_double_dot_notation,
    supports_struct_literal,
    supports_empty_projections,
    supports_select_expr_star,
    supports_from_first_select,
    supports_from_first_insert,
    supports_pipe_operator,
    supports_user_host_grantee,
    supports_match_against,
    supports_select_wildcard_exclude,
    supports_select_exclude,
    supports_create_table_multi_schema_info_sources,
    supports_select_modifiers,
    describe_requires_table_keyword,
    allow_extract_custom,
    allow_extract_single_quotes,
    supports_extract_comma_syntax,
    supports_subquery_as_function_arg,
    supports_create_view_comment_syntax,
    supports_array_typedef_without_element_type,
    supports_parens_around_table_factor,
    supports_values_as_table_factor,
    supports_dollar_placeholder,
    supports_dollar_as_money_prefix,
    supports_create_index_with_clause,
    require_interval_qualifier,
    supports_explain_with_utility_options,
    supports_asc_desc_in_column_definition,
    supports_factorial_operator,
    supports_bitwise_shift_operators,
    supports_nested_comments,
    supports_multiline_comment_hints,
    supports_eq_alias_assignment,
    supports_try_convert,
    supports_bang_not_operator,
    supports_listen_notify,
    supports_exclude_constraint,
    supports_load_data,
    supports_load_extension,
    supports_top_before_distinct,
    supports_boolean_literals,
    supports_show_like_before_in,
    supports_comment_on,
    supports_create_table_select,
    supports_leading_comma_before_table_options,
    supports_partiql,
    supports_unpivot_expr,
    supports_constraint_keyword_without_name,
    supports_key_column_option,
    supports_table_sample_before_alias,
    supports_insert_set,
    supports_insert_table_function,
    supports_insert_table_query,
    supports_insert_format,
    supports_insert_table_alias,
    supports_set_stmt_without_operator,
    supports_table_versioning,
    supports_string_escape_constant,
    supports_table_hints,
    requires_single_line_comment_whitespace,
    supports_array_typedef_with_brackets,
    supports_geometric_types,
    supports_order_by_all,
    supports_order_by_using_operator,
    supports_set_names,
    supports_space_separated_column_options,
    supports_alter_column_type_using,
    supports_comma_separated_drop_column_list,
    supports_notnull_operator,
    supports_data_type_signed_suffix,
    supports_interval_options,
    supports_create_table_like_parenthesized,
    supports_semantic_view_table_factor,
    supports_quote_delimited_string,
    supports_comment_optimizer_hint,
    supports_double_ampersand_operator,
    supports_binary_kw_as_cast,
    supports_select_wildcard_replace,
    supports_select_wildcard_ilike,
    supports_select_wildcard_rename,
    supports_select_wildcard_with_alias,
    supports_optimize_table,
    supports_install,
    supports_detach,
    supports_prewhere,
    supports_with_fill,
    supports_limit_by,
    supports_interpolate,
    supports_settings,
    supports_select_format,
    supports_comma_separated_trim,
    supports_cte_without_as,
    supports_select_item_multi_column_alias,
    supports_xml_expressions,
    supports_aliased_function_args,
    supports_create_table_using,
    supports_long_type_as_bigint,
    supports_map_literal_with_angle_brackets,
}

fn dialect(&self) -> TypeId {
    match self.syntax.lexed_as {
        Some(lexed_as) if self.lexing.get() => lexed_as(),
        _ => self.base.dialect(),
    }
}

fn is_delimited_identifier_start(&self, ch: char) -> bool {
    self.identifier_quotes.iter().any(|(open, _)| *open == ch)
}

fn is_nested_delimited_identifier_start(&self, ch: char) -> bool {
    // The parser's Redshift takes `a[i]` for `a AS i`.
    self.is_delimited_identifier_start(ch) && self.base.is_nested_delimited_identifier_start(ch)
}

fn peek_nested_delimited_identifier_quotes(&self, chars: Peekable<Chars<'_>>) -> Option<(char, Option<char>)> {
    self.base.peek_nested_delimited_identifier_quotes(chars)
}

fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
    self.base.identifier_quote_style(identifier)
}

fn is_identifier_start(&self, ch: char) -> bool {
    self.base.is_identifier_start(ch) || ch == '_' || (!ch.is_ascii() && ch.is_alphabetic())
}

fn is_identifier_part(&self, ch: char) -> bool {
    self.base.is_identifier_part(ch) || (!ch.is_ascii() && ch.is_alphanumeric())
}

fn is_custom_operator_part(&self, ch: char) -> bool {
    self.base.is_custom_operator_part(ch)
}

fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
    let Some(remaining) = self.remaining.get().checked_sub(1) else {
        return Some(Err(ParserError::RecursionLimitExceeded));
    };
    self.remaining.set(remaining);
    hooks::marked_prefix(parser, self.syntax.binding)
        .or_else(|| hooks::sign(parser, self.syntax.binding))
        .or_else(|| (self.syntax.prefix)(parser))
        .or_else(|| self.base.parse_prefix(parser))
}

fn parse_infix(&self, parser: &mut Parser, expr: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
    let found = self.base.parse_infix(parser, expr, precedence);
    // The parser's Databricks and Hive lack the `DIV` of its Spark.
    if found.is_none() && matches!(self.syntax.binding, Binding::Spark | Binding::Hive) {
        return SparkSqlDialect.parse_infix(parser, expr, precedence);
    }
    found
}

fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
    self.base.get_next_precedence(parser)
}

fn get_next_precedence_default(&self, parser: &Parser) -> Result<u8, ParserError> {
    let binding = self.syntax.binding;
    let token = &parser.peek_token_ref().token;
    if let Some(precedence) = binding.of_token(token) {
        return Ok(precedence);
    }
    if matches!(token, Token::CustomBinaryOperator(operator) if operator == "&&") {
        return Ok(OTHER_OPERATOR);
    }
    let found = self.base.get_next_precedence_default(parser)?;
    // What words stand for is asked of the base, which answers with its own numbers.
    let is_class = |class: &Precedence| matches!(token, Token::Word(_)) && found == self.base.prec_value(*class);
    let class = [Precedence::Like, Precedence::Between, Precedence::Is].into_iter().find(is_class);
    Ok(class.and_then(|class| binding.of_class(class)).unwrap_or(found))
}

fn parse_statement(&self, parser: &mut Parser) -> Option<Result<Statement, ParserError>> {
    self.base.parse_statement(parser)
}

fn parse_column_option(
    &self,
    parser: &mut Parser,
) -> Result<Option<Result<Option<ColumnOption>, ParserError>>, ParserError> {
    self.base.parse_column_option(parser)
}

fn prec_value(&self, prec: Precedence) -> u8 {
    self.syntax.binding.of_class(prec).unwrap_or_else(|| self.base.prec_value(prec))
}

fn prec_unknown(&self) -> u8 {
    self.base.prec_unknown()
}

fn is_reserved_for_identifier(&self, kw: Keyword) -> bool {
    self.base.is_reserved_for_identifier(kw) && !self.syntax.names.contains(&kw)
}

fn get_reserved_keywords_for_select_item_operator(&self) -> &[Keyword] {
    self.base.get_reserved_keywords_for_select_item_operator()
}

fn get_reserved_grantees_types(&self) -> &[GranteesType] {
    self.base.get_reserved_grantees_types()
}

fn is_column_alias(&self, kw: &Keyword, parser: &mut Parser) -> bool {
    self.syntax.names.contains(kw) || self.base.is_column_alias(kw, parser)
}

fn is_select_item_alias(&self, explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool {
    if !explicit && self.begins_clause(kw, parser) {
        return false;
    }
    explicit || self.syntax.names.contains(kw) || self.base.is_select_item_alias(explicit, kw, parser)
}

fn is_table_factor(&self, kw: &Keyword, parser: &mut Parser) -> bool {
    self.base.is_table_factor(kw, parser)
}

fn is_table_alias(&self, kw: &Keyword, parser: &mut Parser) -> bool {
    !self.begins_clause(kw, parser) && self.base.is_table_alias(kw, parser)
}

fn is_table_factor_alias(&self, explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool {
    if !explicit && self.begins_clause(kw, parser) {
        return false;
    }
    explicit || self.base.is_table_factor_alias(explicit, kw, parser)
}

fn is_identifier_generating_function_name(&self, ident: &Ident, name_parts: &[ObjectNamePart]) -> bool {
    self.base.is_identifier_generating_function_name(ident, name_parts)
}
}

impl Wrapper {
    /// The same, reading what SQLMesh reads in every dialect.
    pub fn as_sqlmesh_reads(mut self) -> Self {
        in_every_dialect(&mut self.capabilities);
        self
    }

    /// The dialect of `syntax`, lexed by `rules`.
    pub fn new(syntax: Syntax, rules: LexicalRules) -> Self {
        let base = (syntax.base)();
        let mut capabilities = Capabilities::of(base.as_ref());
        capabilities.supports_string_literal_backslash_escape = rules.backslash_escapes;
        capabilities.supports_nested_comments = rules.nested_comments;
        capabilities.supports_triple_quoted_string = rules.triple_quotes;
        (syntax.capabilities)(&mut capabilities);
        Wrapper {
            base,
            syntax,
            capabilities,
            identifier_quotes: rules.identifier_quotes,
            lexing: Cell::new(false),
            remaining: Cell::new(usize::MAX),
        }
    }

    /// Lexes a text.
    pub fn tokenize(&self, sql: &str) -> Result<Vec<TokenWithSpan>, TokenizerError> {
        self.lexing.set(true);
        let tokens = Tokenizer::new(self, sql).tokenize_with_location();
        self.lexing.set(false);
        tokens
    }

    /// Sets how many expressions may begin from here on: backtracking over hostile input begins the same ones
    /// again and again.
    pub fn limit_expressions(&self, count: usize) {
        self.remaining.set(count);
    }

    /// Does the word that the parser just read begin a clause at the end of a query, where it could be an alias?
    fn begins_clause(&self, word: &Keyword, parser: &Parser) -> bool {
        let next = |n: usize| &parser.peek_nth_token_ref(n).token;
        match word {
            Keyword::SETTINGS => {
                self.capabilities.supports_settings && matches!((next(0), next(1)), (Token::Word(_), Token::Eq))
            }
            Keyword::FORMAT => {
                let ends = matches!(next(1), Token::EOF | Token::RParen | Token::SemiColon);
                self.capabilities.supports_select_format && matches!(next(0), Token::Word(_)) && ends
            }
            Keyword::FOR => is_word(next(0), "XML") || is_word(next(0), "JSON"),
            _ => false,
        }
    }

    /// Did the parser use up what [`Wrapper::limit_expressions`] allowed?
    pub fn is_exhausted(&self) -> bool {
        self.remaining.get() == 0
    }
}

/// What SQLMesh's parser reads whatever the dialect, so that models rely on it.
fn in_every_dialect(can: &mut Capabilities) {
    // In DuckDB only table functions have options as `name = value`: elsewhere that is a comparison.
    can.supports_named_fn_args_with_eq_operator = false;
    can.supports_projection_trailing_commas = true;
    can.supports_filter_during_aggregation = true;
    can.supports_group_by_expr = true;
    can.supports_order_by_all = true;
    can.supports_window_function_null_treatment_arg = true;
    can.supports_named_fn_args_with_rarrow_operator = true;
    can.supports_left_associative_joins_without_parens = true;
    can.supports_in_empty_list = true;
    can.supports_select_wildcard_except = true;
    can.supports_select_wildcard_exclude = true;
    can.supports_select_wildcard_replace = true;
    can.supports_select_wildcard_rename = true;
    can.supports_in_unparenthesized_expr = true;
    can.allow_extract_custom = true;
    can.allow_extract_single_quotes = true;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Family;
    use crate::sql::dialect::syntax;

    /// The parser's trait at the pinned version: yes-or-no questions without arguments and, written out, the others.
    #[test]
    fn every_question_of_the_trait_is_delegated() {
        let manifest = include_str!("../../../Cargo.toml");
        assert!(manifest.contains("version = \"=0.63.0\""), "count the trait's methods again");
        let written_out = include_str!("wrapper.rs").split("\nimpl Wrapper {").next().unwrap_or("");
        let methods = written_out.lines().filter(|line| line.trim_start().starts_with("fn ")).count();
        assert_eq!((Capabilities::COUNT, methods), (143, 25));
    }

    #[test]
    fn without_overrides_the_base_answers() {
        let base = sqlparser::dialect::SnowflakeDialect;
        let plain = Wrapper::new(
            Syntax::of(|| Box::new(sqlparser::dialect::SnowflakeDialect)),
            crate::dialect::Dialect::new(Family::Snowflake).lexical(),
        );
        assert_eq!(Capabilities::of(&plain), Capabilities::of(&base));
        let dialect: &dyn Dialect = &plain;
        assert!(dialect.is::<sqlparser::dialect::SnowflakeDialect>());
        assert_eq!(dialect.identifier_quote_style("a"), base.identifier_quote_style("a"));
    }

    #[test]
    fn overrides_answer_first() {
        let wrapper = Wrapper::new(syntax(Family::TSql), crate::dialect::Dialect::new(Family::TSql).lexical());
        assert!(wrapper.supports_settings());
        assert!(!sqlparser::dialect::MsSqlDialect {}.supports_settings());
    }
}
