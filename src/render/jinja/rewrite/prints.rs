//! `{% print x %}`, which minijinja lacks, as `{{ x }}`.

use super::{Edit, Source};

impl Source<'_> {
    /// The tags that print one value.
    pub(super) fn prints(&self) -> Vec<Edit> {
        (0..self.tokens.len()).filter_map(|at| self.print(at)).flatten().collect()
    }

    fn print(&self, at: usize) -> Option<[Edit; 2]> {
        let token = self.token(at).filter(|_| self.is_name(at) && self.word(at) == "print")?;
        let before = self.text.get(..token.start)?.trim_end();
        let (open, dash) = match before.strip_suffix('-') {
            Some(rest) => (rest, "-"),
            None => (before, ""),
        };
        let start = open.strip_suffix("{%")?.len();
        let end = self.tokens.partition_point(|other| other.tag <= token.tag);
        let is_dash = self.is(Some(end - 1), &["-"]);
        let last = end - 1 - usize::from(is_dash);
        let mut inner = at + 1;
        while inner <= last {
            if self.word(inner) == "," {
                return None;
            }
            inner = self.token(inner)?.partner.filter(|close| *close > inner).unwrap_or(inner) + 1;
        }
        let behind = self.token(last).filter(|_| last > at)?.end;
        let closing = self.text.get(behind..)?.find("%}")? + 2;
        let close = if is_dash { " -}}" } else { " }}" };
        Some([(start..token.end, format!("{{{{{dash} ")), (behind..behind + closing, close.to_owned())])
    }
}

#[cfg(test)]
mod tests {
    use super::super::rewrite;

    #[test]
    fn one_value_is_printed() {
        for (given, expected) in [
            ("a {% print x %} b", "a {{  x }} b"),
            ("{%- print f(x, y)|upper -%}", "{{-  f(x, y)|upper -}}"),
            ("{% print x, y %}", "{% print x, y %}"),
            ("{% print %}", "{% print %}"),
            ("{% set print = 1 %}{{ print }}", "{% set print = 1 %}{{ print }}"),
            ("{{ print }}", "{{ print }}"),
        ] {
            assert_eq!(rewrite(given).text, expected);
        }
    }
}
