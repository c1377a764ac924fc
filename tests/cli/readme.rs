//! What the README shows is what the program prints.

use super::impact_in;

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```console\n$ impact demo\n").expect("the block of the demo");
    let (shown, _) = rest.split_once("```\n").expect("the end of the block");
    let folder = tempfile::TempDir::new().unwrap();
    let printed = impact_in(folder.path(), &["demo", "--format", "terminal"]).out;
    assert_eq!(shown, printed, "copy the output of `impact demo --format terminal` into README.md");
}

#[test]
fn the_readme_names_every_flag() {
    let readme = include_str!("../../README.md");
    let help = impact_in(std::path::Path::new("."), &["diff", "--help"]).out;
    let words = help.split(|c: char| !c.is_alphanumeric() && c != '-');
    let flags: std::collections::BTreeSet<&str> = words
        .filter(|word| word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic)))
        .collect();
    assert!(flags.contains("--fail-on"), "{flags:?}");
    for flag in flags.iter().filter(|flag| **flag != "--help") {
        assert!(
            readme.contains(&format!("`{flag}")) || readme.contains(&format!(" {flag}")),
            "{flag} isn't in README.md"
        );
    }
}

#[test]
fn the_workflow_finds_its_comment_and_pastes_nothing_into_a_script() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("# .github/workflows/impact.yml\n").expect("the workflow");
    let (workflow, _) = rest.split_once("```").expect("the end of the workflow");
    assert!(workflow.contains(&format!("startswith(\"{}\")", impact::report::markdown::MARKER)));
    let pasted = |line: &&str| {
        line.contains("${{")
            && !line.trim_start().split_once(": ").is_some_and(|(key, value)| {
                key.chars().all(|c| c.is_alphanumeric() || "-_".contains(c)) && value.contains("${{") && key != "run"
            })
    };
    assert_eq!(workflow.lines().filter(pasted).collect::<Vec<_>>(), Vec::<&str>::new());
}
