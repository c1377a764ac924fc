//! Stub until the dialect stage lands.
use sqlparser::tokenizer::Location;
pub struct Offsets { lines: Vec<(usize, bool)>, text: String }
impl Offsets {
    pub fn new(text: &str) -> Self {
        let mut lines = vec![];
        let mut at = 0;
        for line in text.split('\n') { lines.push((at, line.is_ascii())); at += line.len() + 1; }
        Offsets { lines, text: text.to_owned() }
    }
    pub fn offset(&self, l: Location) -> usize {
        let Some(&(start, ascii)) = self.lines.get((l.line as usize).saturating_sub(1)) else { return self.text.len() };
        let col = (l.column as usize).saturating_sub(1);
        if ascii { (start + col).min(self.text.len()) } else {
            self.text[start..].char_indices().nth(col).map_or(self.text.len(), |(i, _)| start + i)
        }
    }
}
pub struct ParseFailure { pub message: String, pub start: usize, pub end: usize }
pub fn parse_query(sql: &str, _d: crate::dialect::Dialect) -> Result<sqlparser::ast::Query, ParseFailure> {
    let d = sqlparser::dialect::GenericDialect {};
    let fail = |e: sqlparser::parser::ParserError| ParseFailure { message: e.to_string(), start: 0, end: 0 };
    let mut p = sqlparser::parser::Parser::new(&d).with_recursion_limit(300).try_with_sql(sql).map_err(fail)?;
    p.parse_query().map(|q| *q).map_err(fail)
}
