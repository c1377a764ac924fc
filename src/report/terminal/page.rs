//! Styled text laid out in columns.
//!
//! In: [`Line`]s, made of pieces with a [`Role`] each. Out: the text of a [`Page`], wrapped at its width, with ANSI
//! styles only if asked for. Every piece is made safe when it is added to a line: there is no other way in.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::escape::{name, visible};

/// What a piece of text is, which decides its style. No meaning is in the style alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Plain,
    Strong,
    /// Failing, breaking.
    Bad,
    /// Unknown, unsafe.
    Caution,
    /// Equivalent, safe.
    Good,
    /// Paths and what is secondary.
    Dim,
    Removed,
    RemovedPart,
    Added,
    AddedPart,
}

impl Role {
    fn style(self) -> Style {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
        let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
        match self {
            Role::Plain => Style::new(),
            Role::Strong => Style::new().bold(),
            Role::Bad => red.bold(),
            Role::Caution => Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold(),
            Role::Good => green.bold(),
            Role::Dim => Style::new().dimmed(),
            Role::Removed => red,
            Role::RemovedPart => red.bold().underline(),
            Role::Added => green,
            Role::AddedPart => green.bold().underline(),
        }
    }
}

/// One logical line.
#[derive(Debug, Clone, Default)]
pub struct Line {
    pieces: Vec<(Role, String)>,
}

impl Line {
    pub fn new() -> Self {
        Line::default()
    }

    /// Adds text, whatever is in it.
    pub fn with(mut self, role: Role, text: &str) -> Self {
        self.pieces.push((role, visible(text)));
        self
    }

    pub fn plain(self, text: &str) -> Self {
        self.with(Role::Plain, text)
    }

    pub fn dim(self, text: &str) -> Self {
        self.with(Role::Dim, text)
    }

    /// Fills up with spaces to `width` columns.
    pub fn pad(self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.with(Role::Plain, &" ".repeat(missing))
    }

    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text.width()).sum()
    }

    /// Adds a name or a path, shortened if no sane project would have it.
    pub fn name(self, role: Role, text: &str) -> Self {
        self.with(role, &name(text))
    }

    /// The line cut after every space: pieces that belong to one word stay together.
    fn words(&self) -> Vec<Vec<(Role, &str)>> {
        let mut words: Vec<Vec<(Role, &str)>> = vec![Vec::new()];
        for (role, text) in &self.pieces {
            for part in text.split_inclusive(' ') {
                // An arrow stays at the end of the line that it leaves.
                if part == ARROW && words.len() > 1 {
                    words.pop();
                }
                if let Some(word) = words.last_mut() {
                    word.push((*role, part));
                }
                if part.ends_with(' ') {
                    words.push(Vec::new());
                }
            }
        }
        words
    }
}

/// Between the places of a path.
const ARROW: &str = "→ ";

/// The narrowest width that text is laid out for.
const MIN_WIDTH: usize = 40;

/// The width where none is known.
const DEFAULT_WIDTH: usize = 100;

/// The text so far.
#[derive(Debug)]
pub struct Page {
    text: String,
    width: usize,
    color: bool,
}

impl Page {
    /// A page of `width` columns; 0 is an unknown width.
    pub fn new(width: usize, color: bool) -> Self {
        let width = if width == 0 { DEFAULT_WIDTH } else { width.max(MIN_WIDTH) };
        Page { text: String::new(), width, color }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// The title of a section.
    pub fn heading(&mut self, role: Role, title: &str) {
        self.gap();
        self.line(0, 0, &Line::new().with(role, title));
    }

    /// A line that starts after `indent` columns and goes on after `indent + hang` where it has to be wrapped.
    pub fn line(&mut self, indent: usize, hang: usize, line: &Line) {
        let next = (indent + hang).min(self.width / 2);
        let mut row = Row::new(indent.min(self.width / 2));
        for word in line.words() {
            let width: usize = word.iter().map(|(_, text)| text.trim_end().width()).sum();
            if row.column + width > self.width && !row.is_empty() {
                self.finish(row);
                row = Row::new(next);
            }
            for (role, text) in word {
                row = self.put(row, next, role, text);
            }
        }
        self.finish(row);
    }

    /// Adds a piece of a word, and breaks it where it is wider than a whole line.
    fn put(&mut self, mut row: Row, next: usize, role: Role, text: &str) -> Row {
        for c in text.chars() {
            let width = c.width().unwrap_or(0);
            if c != ' ' && row.column + width > self.width && !row.is_empty() {
                self.finish(row);
                row = Row::new(next);
            }
            row.push(role, c, width);
        }
        row
    }

    fn finish(&mut self, mut row: Row) {
        row.trim_end();
        if !row.is_empty() {
            self.text.push_str(&" ".repeat(row.indent));
        }
        for (role, text) in row.pieces {
            if self.color && role != Role::Plain {
                let style = role.style();
                self.text += &format!("{style}{text}{style:#}");
            } else {
                self.text.push_str(&text);
            }
        }
        self.text.push('\n');
    }
}

/// One line of the terminal.
struct Row {
    indent: usize,
    column: usize,
    pieces: Vec<(Role, String)>,
}

impl Row {
    fn new(indent: usize) -> Self {
        Row { indent, column: indent, pieces: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn push(&mut self, role: Role, c: char, width: usize) {
        self.column += width;
        match self.pieces.last_mut() {
            Some((last, text)) if *last == role => text.push(c),
            _ => self.pieces.push((role, c.to_string())),
        }
    }

    fn trim_end(&mut self) {
        while let Some((_, text)) = self.pieces.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
            if !text.is_empty() {
                break;
            }
            self.pieces.pop();
        }
    }
}
