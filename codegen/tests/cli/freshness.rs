//! Whether the generated crate is current, by the command and by the crate's own `build.rs`.

use std::path::Path;

use crate::cargo::cargo;
use crate::project::{Project, QUERY};

/// Checks that `check` finds this, by digests and by generating again.
#[track_caller]
fn finds(project: &Project, words: &[&str]) {
    for arguments in [&["check"][..], &["check", "--full"]] {
        let run = project.run(arguments).refused(words);
        assert!(run.stderr.contains("sqlward generate"), "{}", run.stderr);
    }
}

#[test]
fn what_was_changed_by_hand_is_found_by_name() {
    let project = Project::generated();
    project.run(&["check"]).ok();
    project.run(&["check", "--full"]).ok();
    let text = project.text("catalog/src/content.rs");

    project.put("catalog/src/content.rs", format!("{text}// edited\n"));
    finds(&project, &["catalog/src/content.rs"]);
    project.run(&["generate"]).ok();
    assert_eq!(project.text("catalog/src/content.rs"), text);

    std::fs::remove_file(project.path("catalog/src/content.rs")).unwrap();
    finds(&project, &["catalog/src/content.rs is generated, and is missing"]);
    project.run(&["generate"]).ok();

    project.put("catalog/src/left_over.rs", &text);
    finds(&project, &["catalog/src/left_over.rs is no longer generated"]);
    // Its first line says that it was generated, so it is removed.
    project.run(&["generate"]).ok();
    assert!(!project.path("catalog/src/left_over.rs").exists());

    std::fs::remove_file(project.path("catalog/sqlward.lock")).unwrap();
    project.run(&["check"]).refused(&["has never been generated"]);
    project.run(&["check", "--full"]).refused(&["sqlward.lock is generated, and is missing"]);
    project.run(&["generate"]).ok();
    project.run(&["check"]).ok();
}

#[test]
fn inputs_that_have_changed_are_found_by_name() {
    let project = Project::generated();
    project.put("queries/content.sql", QUERY.replace("get", "other"));
    project.run(&["check"]).refused(&["queries/content.sql has changed since"]);
    project
        .run(&["check", "--full"])
        .refused(&["catalog/src/content.rs differs from what would be generated"]);
    project.run(&["generate"]).ok();

    project.put("queries/more.sql", QUERY);
    project.run(&["check"]).refused(&["queries/more.sql has been added"]);
    project.run(&["check", "--full"]).refused(&["catalog/src/more.rs", "missing"]);
    project.run(&["generate"]).ok();

    std::fs::remove_file(project.path("queries/more.sql")).unwrap();
    project.run(&["check"]).refused(&["queries/more.sql has been removed"]);
    project.run(&["check", "--full"]).refused(&["catalog/src/more.rs is no longer generated"]);
    project.run(&["generate"]).ok();
    assert!(!project.path("catalog/src/more.rs").exists());

    // The schema and the configuration are inputs too.
    project.put("schema.sql", format!("{}-- more\n", project.text("schema.sql")));
    project.put("sqlward.toml", format!("{}[crate]\nname = 'another'\n", project.text("sqlward.toml")));
    project.run(&["check"]).refused(&["schema.sql has changed", "sqlward.toml has changed"]);
    project.run(&["generate"]).ok();
    project.run(&["check", "--full"]).ok();
    assert!(project.text("catalog/Cargo.toml").contains("name = \"another\""));
}

#[test]
fn a_program_that_is_begun_runs() {
    let project = Project::new(QUERY);
    project.run(&["init", "--app", "app"]).ok();
    let output = cargo(&project.path("app")).args(["run", "--quiet"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        said,
        "Ann still has to get: Tea\nBob sees: None\n",
        "{}",
        String::from_utf8(output.stderr).unwrap()
    );
    // Existing files are not overwritten.
    project.put("app/sqlward.toml", "");
    project.run(&["init", "--app", "app"]).broken(&["app/sqlward.toml already exists"]);
}

#[test]
fn a_stale_crate_does_not_build_and_says_why() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap();
    let project = Project::new(QUERY);
    project.put(
        "sqlward.toml",
        format!(
            "{}[crate]\nname = 'stale-catalog'\nsqlward = {{ path = '{}' }}\n",
            project.text("sqlward.toml"),
            root.display()
        ),
    );
    project.put("Cargo.toml", "[workspace]\nmembers = ['catalog']\nresolver = '3'\n");
    project.run(&["generate"]).ok();
    let build = || {
        let output = cargo(&project.path("")).args(["check", "--quiet"]).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (built, said) = build();
    assert!(built, "{said}");
    project.put("queries/content.sql", QUERY.replace("get", "other"));
    let (built, said) = build();
    assert!(!built);
    assert!(said.contains("stale-catalog is stale: ../queries/content.sql has changed"), "{said}");
    assert!(said.contains("run `sqlward generate` and build again"), "{said}");
    project.put("queries/content.sql", QUERY);
    project.put("queries/more.sql", QUERY);
    let (built, said) = build();
    assert!(!built && said.contains("../queries/more.sql is new"), "{said}");
    project.run(&["generate"]).ok();
    let (built, said) = build();
    assert!(built, "{said}");
}
