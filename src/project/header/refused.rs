//! What SQLMesh refuses in a header as a whole: properties that a kind lacks, or that don't go together.
//!
//! In: a header and a kind as written, before defaults. Out: diagnostics. Values that a macro writes are passed over.
//! The rules are those of `sqlmesh/core/model/kind.py`, `meta.py` and `definition.py`; each has a project in
//! `tests/oracle/refusals.json`.

use super::{Header, ModelKind, Property};
use crate::diagnostic::Location;
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
    ("interval_unit", &["year", "month", "day", "hour", "half_hour", "quarter_hour", "five_minute"]),
    ("on_destructive_change", &["error", "warn", "allow", "ignore"]),
    ("on_additive_change", &["error", "warn", "allow", "ignore"]),
];

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
        // croniter reads five fields and more, or a name behind an `@`.
        "cron" if is_plain => {
            Some("SQLMesh refuses this: `cron` has five fields, or is a name like '@daily'".to_owned())
        }
        _ => None,
    }
}
