//! Every case of `testdata/cases` analysed and compared with what its file says; every rule over every case.

mod book;
mod check;
mod pages;
mod rules;

use book::Case;
use impact::impact::Analysis;
use impact::pipeline::{Side, analyze};
use impact::project::load::LoadOptions;
use impact::source::MemoryTree;

use book::Files;

fn analysed(before: &Files, after: &Files) -> Analysis {
    let tree = |name: &str, files: &Files| {
        MemoryTree::new(name, files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    };
    let (before, after) = (tree("before", before), tree("after", after));
    let side = |tree| Side { tree, roots: vec![String::new()] };
    analyze(&side(&before), &side(&after), &LoadOptions::default())
}

#[test]
fn every_case_comes_out_as_its_file_says() {
    let cases = Case::all();
    let mut wrong = Vec::new();
    for case in &cases {
        let analysis = analysed(&case.before, &case.after);
        let differences = check::differences(&case.expected, &analysis);
        if !differences.is_empty() {
            let listed = differences.join("\n  ");
            wrong.push(format!("{}: {}\n  {listed}\nimpact says:\n{}", case.name, case.title, check::shown(&analysis)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn sqlmesh_s_plan_is_predicted_as_the_files_say() {
    let mut wrong = Vec::new();
    for case in Case::all() {
        let mispredictions = check::mispredictions(&case.expected, &analysed(&case.before, &case.after));
        wrong.extend(mispredictions.into_iter().map(|text| format!("{}: {text}", case.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_cases() {
    assert!(Case::all().len() >= 60);
}
