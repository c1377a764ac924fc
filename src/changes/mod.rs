//! The catalogue of change codes: what each is called, how much it matters, and its page.
//!
//! Families: `S` a query will fail, `R` rows, `C` columns, `P` physical (kind, keys, partitions), `M` metadata,
//! `E` equivalent rewrite, `U` unknown. Codes are stable: a code is never given another meaning. The page of a code
//! lies in `pages/CODE.md`, and `impact explain CODE` prints it.

pub mod diagnostics;

use crate::impact::FindingSeverity;

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// A letter for the family and three digits.
    pub code: &'static str,
    /// In kebab case.
    pub name: &'static str,
    pub severity: FindingSeverity,
    /// Markdown; its first line is `# CODE name`.
    pub page: &'static str,
}

macro_rules! rules {
    ($($code:literal $name:literal $severity:ident,)*) => {
        /// Every rule, in the order of `impact explain`.
        pub const RULES: &[Rule] = &[$(Rule {
            code: $code,
            name: $name,
            severity: FindingSeverity::$severity,
            page: include_str!(concat!("pages/", $code, ".md")),
        },)*];
    };
}

rules! {
    "S101" "column-removed-still-read" Failing,
    "S102" "column-ambiguous" Failing,
    "S103" "model-removed-still-read" Failing,
    "S104" "declared-column-missing" Failing,
    "S105" "set-operation-arity" Failing,
    "S106" "audit-cannot-run" Failing,
    "S107" "unit-test-cannot-run" Failing,
    "S108" "metric-cannot-be-computed" Failing,
    "S109" "types-do-not-fit" Failing,
    "S110" "two-columns-of-one-name" Failing,
    "S111" "project-does-not-load" Failing,
    "S112" "column-not-grouped" Failing,
    "S113" "position-out-of-range" Failing,
    "R101" "filter-changed" Breaking,
    "R102" "join-changed" Breaking,
    "R103" "grouping-changed" Breaking,
    "R104" "having-or-qualify-changed" Breaking,
    "R105" "distinct-changed" Breaking,
    "R106" "set-operation-changed" Breaking,
    "R107" "limit-changed" Breaking,
    "R108" "source-replaced" Breaking,
    "R109" "seed-rows-changed" Breaking,
    "R110" "row-generation-changed" Breaking,
    "R199" "query-changed" Breaking,
    "R201" "upstream-rows-changed" Breaking,
    "R202" "upstream-column-decides-rows" Breaking,
    "C101" "column-added" NonBreaking,
    "C102" "column-removed" Breaking,
    "C103" "column-renamed" Breaking,
    "C104" "expression-changed" Breaking,
    "C105" "type-changed" Breaking,
    "C106" "columns-reordered" Info,
    "C107" "window-changed" Breaking,
    "C108" "aggregate-changed" Breaking,
    "C109" "seed-column-changed" Breaking,
    "C201" "upstream-column-changed" Breaking,
    "P101" "kind-changed" Unknown,
    "P102" "time-column-changed" Breaking,
    "P103" "unique-key-changed" Breaking,
    "P104" "partitioning-or-clustering-changed" Info,
    "P105" "physical-properties-changed" Info,
    "P106" "scd2-columns-changed" Breaking,
    "P107" "lookback-or-batching-changed" Info,
    "P108" "pre-or-post-statement-changed" Unknown,
    "P109" "declared-types-changed" Breaking,
    "P110" "forward-only-columns-dropped" Breaking,
    "P111" "forward-only-columns-added" NonBreaking,
    "P112" "start-moved-earlier" Breaking,
    "M101" "metadata-changed" Info,
    "M102" "audit-changed" Info,
    "M103" "model-added" NonBreaking,
    "M104" "model-removed" Breaking,
    "M105" "text-only" Info,
    "M106" "unit-test-outdated" Info,
    "E101" "equivalent-rewrite" Info,
    "E102" "equivalent-under-a-premise" Info,
    "U201" "macro-changed" Unknown,
    "U202" "python-model-changed" Unknown,
    "U203" "hole-changed" Unknown,
    "U204" "variables-or-config-changed" Info,
    "U205" "unresolved-star" Info,
    "U206" "volatile-function" Info,
    "U207" "unreadable-before-or-after" Unknown,
    "U208" "external-columns-unknown" Info,
    "U209" "code-may-read-removed-column" Unknown,
    "U210" "order-left-open" Info,
}

/// The rule with this code, in any case.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_registered_under_its_code_and_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/changes/pages");
        let mut pages: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of pages")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().replace(".md", ""))
            .collect();
        pages.sort();
        let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
        codes.sort_unstable();
        assert_eq!(pages, codes);
        for rule in RULES {
            let heading = format!("# {} {}\n", rule.code, rule.name);
            assert!(rule.page.starts_with(&heading), "the page of {} must begin with {heading:?}", rule.code);
            for section in ["## Why it matters", "## Example", "## What SQLMesh says", "## What to do"] {
                assert!(rule.page.contains(section), "the page of {} lacks {section:?}", rule.code);
            }
        }
    }
}
