//! A comment that never grows above what GitHub accepts.
//!
//! In: blocks of finished Markdown. Out: as many of them as fit, every opened part closed, and a note if some had to
//! be left out.

/// GitHub refuses comments above 65,536 characters. Counted in bytes, which are never fewer.
pub const MAX_BYTES: usize = 60_000;

/// Kept free for what closes the comment.
const RESERVE: usize = 400;

/// The comment so far.
#[derive(Debug, Default)]
pub struct Comment {
    text: String,
    full: bool,
    open: bool,
}

impl Comment {
    /// Adds a block, unless it or one before it had no room: nothing is printed after a gap.
    pub fn push(&mut self, block: &str) {
        self.full |= self.text.len() + block.len() > MAX_BYTES - RESERVE;
        if !self.full {
            self.text.push_str(block);
        }
    }

    /// Opens a part that the reader unfolds. `title` must be safe.
    pub fn open(&mut self, title: &str) {
        self.push(&format!("\n<details>\n<summary>{title}</summary>\n\n"));
        self.open = !self.full;
    }

    /// Closes it.
    pub fn close(&mut self) {
        if self.open {
            // The reserve is for this.
            self.text.push_str("\n</details>\n");
            self.open = false;
        }
    }

    /// The whole comment.
    pub fn finish(mut self) -> String {
        self.close();
        if self.full {
            self.text.push_str("\nThis comment would be too long for GitHub and was cut here. `impact diff --all` prints everything.\n");
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_comment_is_short_enough_closed_and_says_so() {
        let mut comment = Comment::default();
        comment.open("Paths");
        for _ in 0..100 {
            comment.push(&"x".repeat(1_000));
        }
        comment.close();
        let text = comment.finish();
        assert!(text.len() <= MAX_BYTES);
        assert!(text.contains("</details>"));
        assert!(text.ends_with("`impact diff --all` prints everything.\n"));
    }

    #[test]
    fn nothing_follows_a_block_that_had_no_room() {
        let mut comment = Comment::default();
        comment.push(&"x".repeat(MAX_BYTES));
        comment.push("small");
        assert!(!comment.finish().contains("small"));
    }
}
