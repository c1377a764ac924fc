//! Parses one Python file, and refuses those that are nested too deeply to be walked safely.

use std::collections::BTreeMap;
use std::sync::Arc;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Decorator, Expr, Stmt, StmtFunctionDef};
use ruff_python_parser::lexer;
use ruff_text_size::{Ranged, TextRange};

use crate::diagnostic::{Diagnostic, Location};
use crate::project::codes;
use crate::project::lines::Lines;

/// How deeply a tree may be nested. Trees are walked and dropped by recursion, also on threads with small stacks.
const MAX_DEPTH: usize = 300;

/// A Python file's syntax tree.
pub struct Module {
    pub path: Arc<str>,
    pub text: Arc<str>,
    pub body: Vec<Stmt>,
    /// What each imported name stands for: `t` → `typing`, `model` → `sqlmesh.model`. Relative imports start with dots.
    pub imports: BTreeMap<String, String>,
    lines: Lines,
}

/// Parses a file.
pub fn parse(path: &Arc<str>, text: &Arc<str>) -> Result<Module, Diagnostic> {
    let source = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - source.len();
    let fail = |start: usize, message: String| {
        let location = Location::of_range(path, text, start + offset, start + offset);
        Diagnostic::error(codes::PYTHON_UNREADABLE, location, message)
    };
    if too_deep(source) {
        let message = "this Python code is nested too deeply to be read";
        return Err(Diagnostic::error(codes::PYTHON_UNREADABLE, Location::file(path.clone()), message));
    }
    let parsed = ruff_python_parser::parse_module(source).map_err(|error| {
        let start = error.location.start().to_usize();
        fail(start, format!("this is not valid Python: {}", error.error))
    })?;
    let body: Vec<Stmt> = parsed.into_syntax().body.into_iter().collect();
    let imports = imports(&body);
    // Offsets in the tree are relative to `source`; the kept text is what they refer to.
    Ok(Module { path: path.clone(), text: source.into(), body, imports, lines: Lines::of(source) })
}

impl Module {
    /// Where a node of the tree stands.
    pub fn location(&self, range: TextRange) -> Location {
        self.lines.location(&self.path, &self.text, range.start().to_usize(), range.end().to_usize())
    }

    /// The line at which a node begins.
    pub fn line(&self, node: &impl Ranged) -> u32 {
        self.lines.line(node.start().to_usize())
    }

    /// The text of a node.
    pub fn source(&self, range: TextRange) -> &str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    /// `x` and `x.y.z`, with what `x` was imported from in place of `x`.
    pub fn dotted(&self, expr: &Expr) -> Option<String> {
        let mut parts = Vec::new();
        let mut expr = expr;
        loop {
            match expr {
                Expr::Attribute(attribute) => {
                    parts.push(attribute.attr.as_str());
                    expr = &attribute.value;
                }
                Expr::Name(name) => {
                    let root = name.id.as_str();
                    parts.push(self.imports.get(root).map_or(root, String::as_str));
                    break;
                }
                _ => return None,
            }
        }
        parts.reverse();
        Some(parts.join("."))
    }

    /// The function's decorator that is SQLMesh's `model` or `macro`.
    pub fn sqlmesh_decorator<'m>(&self, function: &'m StmtFunctionDef, name: &str) -> Option<&'m Decorator> {
        function.decorator_list.iter().find(|decorator| {
            let called = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            self.dotted(called).is_some_and(|dotted| {
                dotted == name || (dotted.starts_with("sqlmesh") && dotted.rsplit('.').next() == Some(name))
            })
        })
    }

    /// The functions at the top level, also inside `if` and `try`.
    pub fn functions(&self) -> Vec<&StmtFunctionDef> {
        let mut found = Vec::new();
        let mut blocks: Vec<&[Stmt]> = vec![&self.body];
        while let Some(block) = blocks.pop() {
            for stmt in block {
                match stmt {
                    Stmt::FunctionDef(function) => found.push(function),
                    Stmt::If(branch) => {
                        blocks.push(&branch.body);
                        blocks.extend(branch.elif_else_clauses.iter().map(|clause| &*clause.body));
                    }
                    Stmt::Try(attempt) => blocks.extend([&*attempt.body, &*attempt.orelse, &*attempt.finalbody]),
                    Stmt::With(with) => blocks.push(&with.body),
                    _ => {}
                }
            }
        }
        found.sort_by_key(|function| function.start());
        found
    }
}

fn imports(body: &[Stmt]) -> BTreeMap<String, String> {
    let mut imports = BTreeMap::new();
    for stmt in body {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    match &alias.asname {
                        Some(local) => imports.insert(local.to_string(), name.to_owned()),
                        // `import a.b` binds `a`.
                        None => {
                            let root = name.split('.').next().unwrap_or(name);
                            imports.insert(root.to_owned(), root.to_owned())
                        }
                    };
                }
            }
            Stmt::ImportFrom(import) => {
                let dots = ".".repeat(import.level as usize);
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                for alias in &import.names {
                    let local = alias.asname.as_ref().unwrap_or(&alias.name);
                    let separator = if module.is_empty() { "" } else { "." };
                    imports.insert(local.to_string(), format!("{dots}{module}{separator}{}", alias.name));
                }
            }
            _ => {}
        }
    }
    imports
}

/// Could the tree become too deep? Estimated from above: brackets, blocks, and the operators that nest an expression
/// further (a chain `a + b + c` is as deep as it is long).
fn too_deep(source: &str) -> bool {
    let mut lexer = lexer::lex(source, ruff_python_parser::Mode::Module);
    let mut blocks = 0usize;
    // Operators since the last separator, one counter for each open bracket.
    let mut counts = vec![0usize];
    let mut total = 0usize;
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return false,
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Newline if counts.len() == 1 => reset(&mut counts, &mut total),
            TokenKind::Comma | TokenKind::Semi => reset(&mut counts, &mut total),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                add(&mut counts, &mut total);
                counts.push(0);
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if counts.len() > 1 => {
                total -= counts.pop().unwrap_or(0);
            }
            kind if nests(kind) => add(&mut counts, &mut total),
            _ => {}
        }
        if blocks + total + counts.len() > MAX_DEPTH {
            return true;
        }
    }
}

fn add(counts: &mut [usize], total: &mut usize) {
    if let Some(last) = counts.last_mut() {
        *last += 1;
        *total += 1;
    }
}

fn reset(counts: &mut [usize], total: &mut usize) {
    if let Some(last) = counts.last_mut() {
        *total -= *last;
        *last = 0;
    }
}

fn nests(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Plus | Minus
            | Star
            | Slash
            | DoubleSlash
            | Percent
            | At
            | DoubleStar
            | Vbar
            | Amper
            | CircumFlex
            | LeftShift
            | RightShift
            | Tilde
            | Dot
            | Not
            | Await
            | Lambda
            | If
            | Else
            | And
            | Or
            | Yield
            | FStringStart
            | TStringStart
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> Result<Module, Diagnostic> {
        parse(&"a.py".into(), &text.into())
    }

    #[test]
    fn deep_code_is_refused_before_it_is_parsed() {
        for text in [
            format!("x = {}1{}", "(".repeat(5000), ")".repeat(5000)),
            format!("x = {}1", "1 + ".repeat(5000)),
            format!("x = a{}", ".b".repeat(5000)),
            format!("x = {}1", "not ".repeat(5000)),
            format!("x = a{}", "()".repeat(5000)),
        ] {
            let error = module(&text).err().expect("too deep");
            assert_eq!(error.code, codes::PYTHON_UNREADABLE);
        }
        let allowed = format!("x = {}1", "1 + ".repeat(250));
        assert!(module(&allowed).is_ok());
        let wide = format!("x = [{}]", "a.b + 1, ".repeat(5000));
        assert!(module(&wide).is_ok());
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        let error = module("x = 1\ndef f(:\n").err().expect("an error");
        assert_eq!(error.location.line, 2);
    }

    #[test]
    fn decorators_are_found_through_imports() {
        let module = module(
            "import sqlmesh as s\nfrom sqlmesh import macro as m\n@m()\ndef f(): ...\n@s.model('x')\ndef g(): ...\n",
        )
        .expect("valid Python");
        let functions = module.functions();
        assert!(module.sqlmesh_decorator(functions[0], "macro").is_some());
        assert!(module.sqlmesh_decorator(functions[0], "model").is_none());
        assert!(module.sqlmesh_decorator(functions[1], "model").is_some());
    }
}
