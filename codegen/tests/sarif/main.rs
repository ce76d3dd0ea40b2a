//! The output for code scanning is valid SARIF 2.1.0: it is checked against the official schema, `sarif-schema-2.1.0.json`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sqlward_codegen::diagnostics::Diagnostic;
use sqlward_codegen::report::{Format, write};
use sqlward_codegen::source::{FileId, Sources, Span};

/// Parses a document and checks it against the schema.
#[track_caller]
fn checked(text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = validator()
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    document
}

fn validator() -> jsonschema::Validator {
    // Two patterns for languages in the official file are no valid regular expressions, because of an extra bracket.
    let schema = include_str!("sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap()
}

fn sarif(sources: &Sources, diagnostics: &[Diagnostic]) -> Value {
    let mut out = Vec::new();
    write(&mut out, Format::Sarif, sources, diagnostics, false).unwrap();
    checked(&String::from_utf8(out).unwrap())
}

fn find(sources: &Sources, file: FileId, text: &str) -> Span {
    let start = sources.file(file).text.find(text).unwrap();
    Span { file, start, end: start + text.len() }
}

#[test]
fn the_schema_objects_to_what_is_not_sarif() {
    let mut document = sarif(&Sources::default(), &[]);
    document["runs"][0]["results"] = serde_json::json!([{ "ruleId": "x", "locations": [{ "line": 0 }] }]);
    assert!(!validator().is_valid(&document));
}

#[test]
fn findings_become_results_with_places_in_characters() {
    let mut sources = Sources::default();
    let file = sources.add("queries/größe 1.sql", "select 'é', titel\nfrom content;\n".to_owned());
    let first = Diagnostic::error("unknown-column", find(&sources, file, "titel"), "there is no \"titel\"")
        .query("content::bad")
        .note(find(&sources, file, "content"), "in this table")
        .help("did you mean `title`?");
    let end = Span { file, start: 32, end: 32 };
    let second = Diagnostic::warning("tenant-scope", end, "a warning");
    let again = Diagnostic::error("unknown-column", end, "again");
    let document = sarif(&sources, &[first, second, again]);

    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "sqlward");
    assert_eq!(driver["rules"][0], serde_json::json!({ "id": "unknown-column" }));
    assert_eq!(driver["rules"][1]["id"], "tenant-scope");
    assert!(driver["rules"][1]["help"]["markdown"].as_str().unwrap().starts_with("# tenant-scope"));
    assert_eq!(driver["rules"].as_array().unwrap().len(), 2);

    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[0]["message"]["text"], "there is no \"titel\"\nhelp: did you mean `title`?");
    let location = &results[0]["locations"][0];
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "content::bad");
    let place = &location["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "queries/gr%C3%B6%C3%9Fe%201.sql");
    let region = serde_json::json!({ "startLine": 1, "startColumn": 13, "endLine": 1, "endColumn": 18 });
    assert_eq!(place["region"], region);
    assert_eq!(results[0]["relatedLocations"][0]["message"]["text"], "in this table");
    assert_eq!((&results[1]["level"], &results[1]["ruleIndex"]), (&"warning".into(), &1.into()));
    assert_eq!(results[2]["ruleIndex"], 0);
}

#[test]
fn the_command_writes_one_document_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init"], 0);
    let document = checked(&run(folder.path(), &["check", "--message-format", "sarif"], 1));
    let result = &document["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "stale");

    let proven = checked(&run(folder.path(), &["prove", "--message-format", "sarif"], 0));
    assert_eq!(proven["runs"][0]["results"], serde_json::json!([]));
    std::fs::write(
        folder.path().join("queries/more.sql"),
        "--@ scope user\n--! all\nselect * from notes\nwhere :user_id is not null;\n",
    )
    .unwrap();
    let rejected = checked(&run(folder.path(), &["prove", "--message-format", "sarif"], 1));
    let rules: Vec<_> =
        rejected["runs"][0]["results"].as_array().unwrap().iter().map(|result| &result["ruleId"]).collect();
    assert_eq!(rules, ["soft-delete", "tenant-scope"]);
}

/// Runs the command, which must end with this status. Returns its standard output.
#[track_caller]
fn run(folder: &Path, arguments: &[&str], status: i32) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_sqlward"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("SQLWARD_DATABASE_URL")
        .env("SQLWARD_NO_CACHE", "1")
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert_eq!(run.status.code(), Some(status), "{text}{}", String::from_utf8_lossy(&run.stderr));
    text
}
