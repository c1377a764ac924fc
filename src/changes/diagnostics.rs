//! The pages of the codes that say what could not be read: one section of `diagnostics.md` each.

const PAGES: &str = include_str!("diagnostics.md");

/// A kind of diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiagnosticPage {
    pub code: &'static str,
    /// In kebab case.
    pub name: &'static str,
    /// Markdown; its first line is `# CODE name`.
    pub page: &'static str,
}

/// All pages, by code.
pub fn pages() -> impl Iterator<Item = DiagnosticPage> {
    let starts = PAGES.match_indices("# U").map(|(at, _)| at);
    let ends = PAGES.match_indices("\n# U").map(|(at, _)| at).chain([PAGES.len()]);
    starts.zip(ends).filter_map(|(start, end)| {
        let page = PAGES.get(start..end)?;
        let (code, name) = page.lines().next()?.strip_prefix("# ")?.split_once(' ')?;
        Some(DiagnosticPage { code, name, page })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of the constants in a file: every `"U…"` after an equals sign.
    fn codes(source: &'static str) -> Vec<&'static str> {
        let values = source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(" = \"U"));
        values.filter_map(|(_, code)| code.strip_suffix("\";")).collect()
    }

    #[test]
    fn every_code_has_one_page_in_order() {
        let sources = [include_str!("../project/codes.rs"), include_str!("../render/codes.rs")];
        let declared: Vec<String> = sources
            .into_iter()
            .chain([include_str!("../state/mod.rs"), include_str!("../worker/codes.rs")])
            .flat_map(codes)
            .map(|code| format!("U{code}"))
            .collect();
        let described: Vec<&str> = pages().map(|page| page.code).collect();
        assert_eq!(described, declared);
    }

    #[test]
    fn a_page_says_something() {
        for page in pages() {
            assert!(page.page.lines().count() > 2, "{} has a heading only", page.code);
        }
    }
}
