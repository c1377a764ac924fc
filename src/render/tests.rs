use super::*;
use std::collections::BTreeMap;

#[test]
#[ignore]
fn dump() {
    let cases = std::fs::read_to_string(std::env::var("CASES").unwrap()).unwrap();
    for line in cases.lines() {
        let c: serde_json::Value = serde_json::from_str(line).unwrap();
        let defs = c["defs"].as_str().unwrap_or("").to_owned();
        let src = c["src"].as_str().unwrap();
        let text = format!("{defs}{src}");
        let mut definitions = vec![];
        let mut at = 0;
        for part in defs.split_inclusive(';') {
            definitions.push(Statement { start: at, end: at + part.len() - 1, language: Language::Sql });
            at += part.len();
        }
        let variables: BTreeMap<String, serde_json::Value> = c["variables"].as_object().map(|o| o.iter().map(|(k, v)| (k.clone(), v.clone())).collect()).unwrap_or_default();
        let blueprint: BTreeMap<String, String> = c["blueprint"].as_object().map(|o| o.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect()).unwrap_or_default();
        let d = c["dialect"].as_str().unwrap_or("");
        let dialect = Dialect::parse(d).unwrap();
        let q = values::quoted_identifier("x", dialect); let q = &q[..1];
        let n = |s: &str| if d == "snowflake" { format!("{q}{}{q}", s.to_uppercase()) } else { format!("{q}{}{q}", s.to_lowercase()) };
        let this = match c["catalog"].as_str() { Some(cat) => format!("{}.{}.{}", n(cat), n("db"), n("m")), None => format!("{}.{}", n("db"), n("m")) };
        let path: Arc<str> = "m.sql".into();
        let jm: Vec<(String, String)> = c["jinja"].as_array().map(|a| a.iter().map(|x| ("j.sql".to_owned(), x.as_str().unwrap().to_owned())).collect()).unwrap_or_default();
        let jm: Vec<(&str, &str)> = jm.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let environment = Environment {
            path: &path, dialect, variables: &variables, blueprint: &blueprint, gateway: c["gateway"].as_str(),
            default_catalog: c["catalog"].as_str(), this_model: Some(this), execution_time_only: false,
            user_macros: &BTreeMap::new(), jinja_macros: &jm,
        };
        let language = if c["is_jinja"].as_bool() == Some(true) { Language::Jinja } else { Language::Sql };
        let r = render(&text, Statement { start: at, end: text.len(), language }, &definitions, &environment);
        println!("OUT {}", serde_json::json!({"sql": r.sql, "diag": r.diagnostics.iter().map(|d| format!("{} {}:{} {}", d.code, d.location.line, d.location.col, d.message)).collect::<Vec<_>>(), "holes": r.holes.iter().map(|h| h.text.to_string()).collect::<Vec<_>>()}));
    }
}
