//! As much of JSON Schema as the program's own schemas use, and stricter: what a schema doesn't name may not be there.

use serde_json::Value;

/// What in `value` the schema doesn't allow.
pub fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let holds = match keyword.as_str() {
            "description" | "title" | "$schema" | "$defs" | "format" => true,
            "type" => has_type(rule, value),
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "anyOf" | "oneOf" => one_of(root, rule, value),
            "$ref" => {
                check(root, definition(root, rule), value, at, found);
                true
            }
            "required" => rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{index}"), found);
                }
                true
            }
            "properties" | "additionalProperties" => {
                members(root, schema, value, at, found);
                true
            }
            other => panic!("the checker doesn't know `{other}`"),
        };
        if !holds {
            found.push(format!("{at}: {keyword} {rule} doesn't hold for {value}"));
        }
    }
}

fn members(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        match schema["properties"].get(name).or(schema.get("additionalProperties")) {
            Some(rule) => check(root, rule, member, &at, found),
            None => found.push(format!("{at}: not in the schema")),
        }
    }
}

fn definition<'s>(root: &'s Value, reference: &Value) -> &'s Value {
    let pointer = reference.as_str().unwrap().strip_prefix('#').expect("a reference into the schema");
    root.pointer(pointer).expect("a definition")
}

fn one_of(root: &Value, rules: &Value, value: &Value) -> bool {
    let allows = |rule: &&Value| {
        let mut found = Vec::new();
        check(root, rule, value, "", &mut found);
        found.is_empty()
    };
    rules.as_array().unwrap().iter().filter(allows).count() == 1
}

fn has_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}` is no type"),
    };
    match rule {
        Value::String(name) => is(name),
        several => several.as_array().unwrap().iter().any(|name| is(name.as_str().unwrap())),
    }
}
