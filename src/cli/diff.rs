//! `impact diff`

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::impact::{Analysis, FindingSeverity, RowEffect, Verdict, rebuild_totals};
use crate::pipeline::{Side, analyze_running};
use crate::report::{self, json, markdown, terminal};
use crate::source::{Range, open};

use super::args::{Color, DiffArguments, FailOn, Format, ReportArguments};
use super::{Failure, output, printable, progress, settings};

/// Runs the command; says whether `--fail-on` was reached.
pub fn run(arguments: &DiffArguments, color: Color) -> Result<bool, Failure> {
    let options = settings::load_options(&arguments.project)?;
    let interpreter = settings::interpreter(&arguments.project)?;
    let plan = settings::plan_options(&arguments.plan)?;
    let selection = selection(&arguments.select)?;
    let repository = settings::repository(&arguments.project)?;
    // Two revisions are a range, as they are to `git diff`.
    let typed = (!arguments.range.is_empty()).then(|| arguments.range.join(".."));
    let range = Range::parse(typed.as_deref())?;
    let analysis = progress::while_working("analysing", || {
        let (before, after) = open(&repository, &range, arguments.staged)?;
        let (old, new) = settings::project_roots(&arguments.project, &repository, &*before, &*after)?;
        let (old, new) = (Side { tree: &*before, roots: old }, Side { tree: &*after, roots: new });
        Ok::<_, Failure>(analyze_running(&old, &new, &options, &plan, interpreter.as_ref()))
    })?;
    let shown = match &selection {
        Some(selection) => selected(analysis, selection),
        None => analysis,
    };
    let options = report::Options {
        selected: selection.is_some(),
        explained: arguments.plan.explain_sqlmesh.clone(),
        ..settings::report_options(&arguments.report, color)
    };
    print(&shown, &arguments.report, &options)?;
    Ok(reaches(&shown, arguments.fail_on))
}

/// Prints an analysis as asked.
pub fn print(analysis: &Analysis, arguments: &ReportArguments, options: &report::Options) -> Result<(), Failure> {
    let text = match settings::format(arguments) {
        Format::Terminal => terminal::render(analysis, options),
        Format::Markdown => markdown::render(analysis, options),
        Format::Json => json::render(analysis),
    };
    output::write(arguments.output.as_ref(), &text)
}

fn reaches(analysis: &Analysis, level: FailOn) -> bool {
    let any_model = |verdict: Verdict| analysis.models.iter().any(|model| model.verdict == verdict);
    let happened = [
        (
            FailOn::Failing,
            analysis.models.iter().any(|model| model.fails)
                || analysis.findings.iter().any(|finding| finding.severity == FindingSeverity::Failing),
        ),
        (FailOn::Breaking, any_model(Verdict::Breaking)),
        (
            FailOn::Unknown,
            any_model(Verdict::Unknown)
                || analysis
                    .models
                    .iter()
                    .any(|model| model.rows.effect == RowEffect::Unknown && !model.rows.because.is_empty())
                || analysis.findings.iter().any(|finding| finding.severity == FindingSeverity::Unknown),
        ),
        (FailOn::Any, !analysis.models.is_empty()),
    ];
    happened.into_iter().any(|(at, happened)| at <= level && happened)
}

fn selection(globs: &[String]) -> Result<Option<GlobSet>, Failure> {
    if globs.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = Glob::new(glob)
            .map_err(|error| Failure::new(format!("'{}' is no pattern: {}", printable(glob), error.kind())))?;
        set.add(glob);
    }
    set.build().map(Some).map_err(|error| Failure::new(error.to_string()))
}

/// Only the models that match, with the findings in them and those that explain them.
fn selected(mut analysis: Analysis, selection: &GlobSet) -> Analysis {
    analysis.models.retain(|model| selection.is_match(&model.name) || selection.is_match(&model.path));
    let explained: Vec<u32> = analysis
        .models
        .iter()
        .flat_map(|model| model.rows.because.iter().chain(model.columns.iter().flat_map(|column| &column.because)))
        .copied()
        .collect();
    let is_kept = |name: &str| analysis.models.iter().any(|model| model.name == name);
    let findings = std::mem::take(&mut analysis.findings);
    analysis.findings =
        findings.into_iter().filter(|finding| explained.contains(&finding.id) || is_kept(&finding.model)).collect();
    analysis.rebuild = rebuild_totals(&analysis.models, analysis.rebuild.now.take());
    analysis.verdict = analysis.models.iter().map(|model| model.verdict).max().unwrap_or(Verdict::Metadata);
    analysis
}
