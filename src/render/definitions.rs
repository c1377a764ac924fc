//! `@DEF(name, value)` and `@DEF(name, x -> body)`: variables and macros that a model's file defines.
//!
//! In: the model's statements. Out: their names and values in the expander. A value is expanded where it is defined, a
//! lambda's body where it is called.

use std::ops::Range;
use std::rc::Rc;

use crate::lex::identifier_text;
use crate::project::{Language, Statement};

use super::codes;
use super::expand::{Expander, Local, Scope, Step};
use super::fragment::{Fragment, Lexed};
use super::lambda::Lambda;
use super::syntax::{Macro, macro_at};

impl Expander<'_> {
    /// Evaluates the `@DEF`s among the statements.
    pub fn define_all(&mut self, definitions: &[Statement], whole: &Range<usize>) -> Step<()> {
        for statement in definitions {
            let is_itself = statement.start == whole.start && statement.end == whole.end;
            if statement.language == Language::Jinja || is_itself {
                continue;
            }
            let range = super::clamp(self.source, *statement);
            let text = self.source.get(range.clone()).unwrap_or("");
            if !text.contains('@') {
                continue;
            }
            let lexed = self.lex(Fragment::copied(text, range.start))?;
            if let Some((Macro::Call { open, close }, _)) = macro_at(&lexed, 0, lexed.len())
                && lexed.is_word(1, "def")
            {
                self.define(&lexed, open + 1..close)?;
            }
        }
        Ok(())
    }

    /// `@DEF(name, value)` and `@DEF(name, x -> body)`
    fn define(&mut self, lexed: &Rc<Lexed>, inside: Range<usize>) -> Step<()> {
        let origin = lexed.origin(&inside);
        let parts = lexed.split_items(inside);
        // SQLMesh doesn't look at what comes behind the value.
        let [name, value, ..] = parts.as_slice() else {
            self.refuse(codes::WRONG_ARGUMENTS, origin, "@DEF takes a name and a value");
            return Ok(());
        };
        let Some(token) = lexed.token(name.start).filter(|_| name.len() == 1) else {
            self.warn(codes::WRONG_ARGUMENTS, origin, "@DEF takes a name as its first argument");
            return Ok(());
        };
        let name = identifier_text(token, lexed.fragment.text()).0.to_lowercase();
        if let Some(lambda) = Lambda::parse(lexed, value.clone()) {
            self.lambdas.insert(name, lambda);
            return Ok(());
        }
        let scope = Scope { parameters: None, as_operands: false, is_statement: false };
        let value = self.expand(lexed, value.clone(), &scope)?;
        self.locals.push(Local { name, value, is_parameter: false });
        Ok(())
    }
}
