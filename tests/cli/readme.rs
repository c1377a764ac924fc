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
