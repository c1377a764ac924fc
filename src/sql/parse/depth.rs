//! Keeping trees shallow enough for the stack.
//!
//! The parser bounds how deep a text nests, but a long chain (`1 + 1 + 1 …`) nests its tree to the left without any
//! recursion while parsing; dropping, cloning, comparing or printing the tree then recurses once for each link. Chains
//! are therefore counted before parsing, and trees are handled on threads with stacks of [`STACK_SIZE`].

use std::panic::resume_unwind;

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::{Offsets, ParseFailure, is_blank};

/// The stack of a thread that parses and handles trees.
pub const STACK_SIZE: usize = 64 << 20;

/// How many tokens may stand between two commas, counted over all open parentheses: no tree is deeper.
const CHAIN_LIMIT: usize = 250_000;

/// Runs `work` on a thread with a stack of [`STACK_SIZE`]. What drops a tree must happen in `work` too.
///
/// # Panics
/// With `work`'s own panic, or if the system grants no thread.
pub fn on_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, work)
            .expect("only the system's limits, never the input, can refuse a thread");
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Fails at the token where a chain becomes too long.
pub(super) fn check_chains(tokens: &[TokenWithSpan], offsets: &Offsets) -> Result<(), ParseFailure> {
    let mut open = Vec::new();
    let mut links = 0usize;
    let mut total = 0usize;
    for token in tokens.iter().filter(|token| !is_blank(&token.token)) {
        match token.token {
            Token::LParen => open.push(std::mem::take(&mut links)),
            Token::RParen => {
                total -= links;
                links = open.pop().unwrap_or(0);
            }
            Token::Comma => {
                total -= links;
                links = 0;
            }
            _ => {
                links += 1;
                total += 1;
            }
        }
        if total > CHAIN_LIMIT {
            let at = offsets.range(token.span).unwrap_or(0..0);
            let message = "too many operators in one expression".to_owned();
            return Err(ParseFailure {
                message,
                start: at.start,
                end: at.end,
            });
        }
    }
    Ok(())
}
