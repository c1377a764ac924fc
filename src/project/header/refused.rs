//! What SQLMesh refuses in a header as a whole: properties that a kind lacks, or that don't go together.
//!
//! In: a header and a kind as written, before defaults. Out: diagnostics. Values that a macro writes are passed over.
//! The rules are those of `sqlmesh/core/model/kind.py`, `meta.py` and `definition.py`; each has a project in
//! `tests/oracle/refusals.json`.

use super::{Header, ModelKind, Property};
use crate::diagnostic::Location;
use crate::intervals;
use crate::project::codes;
use crate::project::context::Output;

/// A kind and a property of it that has to be there.
const REQUIRED: [(&str, &str); 8] = [
    ("INCREMENTAL_BY_TIME_RANGE", "time_column"),
    ("INCREMENTAL_BY_UNIQUE_KEY", "unique_key"),
    ("SCD_TYPE_2", "unique_key"),
    ("SCD_TYPE_2_BY_TIME", "unique_key"),
    ("SCD_TYPE_2_BY_COLUMN", "unique_key"),
    ("SCD_TYPE_2_BY_COLUMN", "columns"),
    ("SEED", "path"),
    ("CUSTOM", "materialization"),
];
/// A property and the only values that it may have.
const CHOICES: [(&str, &[&str]); 3] = [
    ("interval_unit", &UNITS),
    ("on_destructive_change", &["error", "warn", "allow", "ignore"]),
    ("on_additive_change", &["error", "warn", "allow", "ignore"]),
];

/// Units of intervals, longest first.
const UNITS: [&str; 7] = ["year", "month", "day", "hour", "half_hour", "quarter_hour", "five_minute"];

/// Reports what SQLMesh refuses. `is_default`: does the configuration give this property to all models?
pub(crate) fn check_together(
    header: &Header,
    kind: &ModelKind,
    is_default: &dyn Fn(&str) -> bool,
    output: &mut Output,
) {
    let is_written = |name: &str| header.get(name).is_some() || is_default(name);
    let of_kind = |name: &str| kind.properties.iter().find(|property| property.name == name);
    let is_computed = header.properties.iter().chain(&kind.properties).any(|property| property.name.starts_with('@'));
    // A default kind brings its properties along.
    let place_of_kind = header.get("kind").map(|kind| kind.location.clone());
    let mut refuse = |place: &Location, message: String| output.refuse(codes::PROPERTY_INVALID, place.clone(), message);
    if let Some(place) = place_of_kind.as_ref().filter(|_| !is_computed) {
        for (_, name) in REQUIRED.iter().filter(|(of, name)| *of == kind.name && of_kind(name).is_none()) {
            refuse(place, format!("SQLMesh asks for `{name}` in a model of the kind {}", kind.name));
        }
        let overwrites =
            of_kind("insert_overwrite").is_some_and(|property| property.value.eq_ignore_ascii_case("true"));
        let is_partitioned = match kind.name.as_str() {
            "INCREMENTAL_BY_PARTITION" => true,
            "INCREMENTAL_UNMANAGED" => overwrites,
            _ => false,
        };
        if is_partitioned && !is_written("partitioned_by") {
            refuse(place, format!("SQLMesh asks for `partitioned_by` beside the kind {}", kind.name));
        }
    }
    for name in ["partitioned_by", "clustered_by"] {
        // What is materialized may be a table to the engine.
        let is_plain_view = kind.name == "VIEW" && of_kind("materialized").is_none() && place_of_kind.is_some();
        if let Some(property) = header.get(name).filter(|_| is_plain_view) {
            refuse(&property.location, format!("SQLMesh refuses `{name}`: a view has none"));
        }
    }
    if let Some(property) = header.get("audits").filter(|_| kind.name == "EMBEDDED") {
        refuse(&property.location, "SQLMesh refuses `audits`: an embedded model has none".to_owned());
    }
    if let (Some(_), Some(property)) = (header.get("grain"), header.get("grains")) {
        refuse(&property.location, "SQLMesh refuses `grains` beside `grain`".to_owned());
    }
    if let (Some(property), false) = (header.get("end"), is_written("start")) {
        refuse(&property.location, "SQLMesh refuses `end` without `start`".to_owned());
    }
    for property in header.properties.iter().chain(&kind.properties) {
        if let Some(message) = refused_value(property) {
            refuse(&property.location, message);
        }
    }
    if let Some(property) = header.get("physical_version").filter(|_| !is_computed && place_of_kind.is_some()) {
        let name = kind.name.as_str();
        let by_default = matches!(name, "INCREMENTAL_UNMANAGED" | "INCREMENTAL_BY_PARTITION");
        let by_default = by_default || name.starts_with("SCD_TYPE_2");
        let is_written_so = |found: &Property| !found.value.eq_ignore_ascii_case("false");
        if !of_kind("forward_only").map_or(by_default, is_written_so) {
            refuse(&property.location, "SQLMesh refuses `physical_version`: the model isn't forward-only".to_owned());
        }
    }
    if let Some((property, message)) = refused_schedule(header, is_default) {
        refuse(&property.location, message);
    }
}

/// A cron that SQLMesh doesn't take, alone or beside the unit of intervals.
fn refused_schedule<'h>(header: &'h Header, is_default: &dyn Fn(&str) -> bool) -> Option<(&'h Property, String)> {
    let written = |name: &str| header.get(name).map(|found| found.value.trim_matches(['\'', '"']).to_lowercase());
    let allows_partials =
        is_default("allow_partials") || written("allow_partials").is_some_and(|value| value != "false");
    let (unit, is_default_unit) = (written("interval_unit"), is_default("interval_unit"));
    let is_looked_at = !allows_partials || unit.is_none() && !is_default_unit;
    if let Some(property) = header.get("cron").filter(|_| is_looked_at)
        && written("cron").as_deref().is_some_and(intervals::is_too_often)
    {
        return Some((property, "SQLMesh refuses a `cron` that runs more often than every five minutes".to_owned()));
    }
    if allows_partials || header.get("cron").is_none() && is_default("cron") {
        return None;
    }
    let cron = written("cron").unwrap_or_else(|| "@daily".to_owned());
    let length = |unit: &str| UNITS.iter().position(|known| *known == unit);
    let (longest, unit) = (intervals::unit(&cron)?, unit?);
    let message = || format!("SQLMesh refuses a `cron` that runs more often than the unit of intervals, a {unit}");
    (length(&unit)? < length(longest)?).then(|| Some((header.get("interval_unit")?, message())))?
}

/// A key that stands in a list twice, each a single name.
fn repeated(value: &str) -> Option<&str> {
    let inner = value.trim().strip_prefix(['(', '[']).and_then(|rest| rest.strip_suffix([')', ']']))?;
    let is_name = |text: &&str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut names: Vec<&str> = inner.split(',').map(str::trim).collect();
    if !names.iter().all(is_name) {
        return None;
    }
    names.sort_unstable();
    names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(first)).copied())
}

/// A value that SQLMesh doesn't take for this property.
fn refused_value(property: &Property) -> Option<String> {
    let text = property.value.trim_matches(['\'', '"']);
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let name = property.name.as_str();
    if let Some((_, choices)) = CHOICES.iter().find(|(of, _)| *of == name && is_plain) {
        let is_choice = choices.iter().any(|choice| choice.eq_ignore_ascii_case(text));
        return (!is_choice).then(|| format!("SQLMesh refuses this: `{name}` is one of {}", choices.join(", ")));
    }
    match name {
        "partitioned_by" | "clustered_by" => {
            let key = repeated(&property.value)?;
            Some(format!("SQLMesh refuses the key `{key}` twice"))
        }
        "physical_properties" | "virtual_properties" | "session_properties" => {
            let is_literal = property.value.starts_with(|c: char| c.is_ascii_digit() || c == '\'');
            is_literal.then(|| format!("SQLMesh refuses this: `{name}` are pairs in brackets, as in (a = 1)"))
        }
        // croniter reads five fields and more, or a name behind an `@`.
        "cron" if is_plain => {
            Some("SQLMesh refuses this: `cron` has five fields, or is a name like '@daily'".to_owned())
        }
        _ => None,
    }
}
