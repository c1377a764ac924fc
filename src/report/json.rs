//! The JSON of `impact diff`, and its schema.
//!
//! The structs of [`crate::impact`] as they are: the contract is there, not here.

use serde_json::Value;

use super::escape;
use crate::impact::Analysis;

/// The analysis as JSON: two spaces of indentation, a line break at the end.
pub fn render(analysis: &Analysis) -> String {
    // Plain structs with string keys: there is nothing in them that serialization could refuse.
    let text = serde_json::to_string_pretty(analysis).expect("an analysis is plain data");
    escape::json(&text) + "\n"
}

/// The JSON Schema of [`render`]'s output.
pub fn schema() -> Value {
    schemars::schema_for!(Analysis).to_value()
}
