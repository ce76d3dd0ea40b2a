use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::project::{Project, ProjectOptions, load};

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(path, content).expect("it can be written");
    }
    folder
}

const CONFIG: (&str, &[u8]) = ("sqlward.toml", b"schema = 'schema.sql'\nqueries = 'queries'\n");
const SCHEMA: (&str, &[u8]) = ("schema.sql", b"create table t ();");

fn options(folder: &Path) -> ProjectOptions {
    ProjectOptions { config: folder.join("sqlward.toml"), ..ProjectOptions::default() }
}

fn loaded(options: &ProjectOptions) -> (Project, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::default();
    let project = load(&mut diagnostics, options).expect("it can be read");
    (project, diagnostics.into_sorted())
}

/// The message and the help of the error.
fn refused(options: &ProjectOptions) -> String {
    let error = load(&mut Diagnostics::default(), options).expect_err("it cannot be read");
    format!("{error}; {}", error.help_text().expect("every error has help"))
}

fn modules(project: &Project) -> Vec<String> {
    project.queries.iter().map(|query| query.module.join("::")).collect()
}

fn paths(project: &Project) -> Vec<String> {
    project.sources.iter().map(|(_, file)| file.path.to_string_lossy().into_owned()).collect()
}

#[test]
fn folders_are_read_in_order_and_become_modules() {
    let folder = folder(&[
        CONFIG,
        SCHEMA,
        ("queries/b.sql", b"b"),
        ("queries/a/z.sql", b"z"),
        ("queries/a/y/x.sql", b"x"),
        ("queries/a.sql", b"a"),
        ("queries/.hidden.sql", b""),
        ("queries/.git/c.sql", b""),
        ("queries/README.md", b""),
        ("queries/types/own.sql", b""),
    ]);
    let (project, diagnostics) = loaded(&options(folder.path()));
    assert_eq!(modules(&project), ["a::y::x", "a::z", "a", "b"]);
    assert_eq!(paths(&project)[..4], ["sqlward.toml", "schema.sql", "queries/a/y/x.sql", "queries/a/z.sql"]);
    assert_eq!(project.sources.file(project.queries[3].file).text, "b");
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
    assert!(diagnostics[0].message.contains("already has a module `types`"));
}

#[test]
fn options_replace_what_is_configured() {
    let folder = folder(&[
        ("project/sqlward.toml", b"schema = 'missing'\nqueries = 'missing'\n"),
        ("elsewhere/schema/1.sql", b""),
        ("elsewhere/schema/2.sql", b""),
        ("elsewhere/one.sql", b""),
        ("elsewhere/two.sql", b""),
    ]);
    let options = ProjectOptions {
        schema: Some(folder.path().join("elsewhere/schema")),
        queries: Some(folder.path().join("project/../elsewhere/one.sql")),
        ..options(&folder.path().join("project"))
    };
    let (project, diagnostics) = loaded(&options);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(modules(&project), ["one"]);
    let expected =
        ["sqlward.toml", "../elsewhere/schema/1.sql", "../elsewhere/schema/2.sql", "../elsewhere/one.sql"];
    assert_eq!(paths(&project), expected);
    assert!(project.root.join(expected[3]).is_file());
}

#[test]
fn names_that_are_no_modules_are_told() {
    let folder = folder(&[
        CONFIG,
        SCHEMA,
        ("queries/1a.sql", b""),
        ("queries/b-c/d.sql", b""),
        ("queries/é.sql", b""),
        ("queries/self.sql", b""),
        ("queries/mod.sql", b""),
        ("queries/type.sql", b""),
        ("queries/lib.sql", b""),
        ("queries/e/lib.sql", b""),
        ("queries/Same.sql", b""),
        ("queries/same.sql", b""),
    ]);
    let (project, diagnostics) = loaded(&options(folder.path()));
    assert_eq!(modules(&project), ["Same", "e::lib", "type"]);
    assert_eq!(diagnostics.len(), 7, "{diagnostics:#?}");
    let twice = diagnostics.iter().find(|found| !found.notes.is_empty()).expect("one names the other file");
    assert!(
        twice.message.contains("`same`") && twice.message.contains("queries/Same.sql"),
        "{}",
        twice.message
    );
}

#[test]
fn the_same_module_from_two_folders_is_told() {
    let folder = folder(&[
        ("sqlward.toml", b"schema = 's.sql'\nqueries = ['a', 'b']\n"),
        ("s.sql", b""),
        ("a/x.sql", b""),
        ("b/x.sql", b""),
    ]);
    let (project, diagnostics) = loaded(&options(folder.path()));
    assert_eq!(modules(&project), ["x"]);
    assert_eq!(project.sources.path(diagnostics[0].span), Path::new("b/x.sql"));
}

#[test]
fn bytes_that_are_no_text_are_told_where_they_stand() {
    let folder = folder(&[CONFIG, SCHEMA, ("queries/a.sql", b"-- \xc3\xa9\nselect '\xff\xfe';")]);
    let (project, diagnostics) = loaded(&options(folder.path()));
    assert_eq!(diagnostics.len(), 1);
    let at = project.sources.start(diagnostics[0].span);
    assert_eq!((diagnostics[0].rule, at.line, at.column), ("encoding", 2, 9));
    assert!(diagnostics[0].message.contains("0xFF"));
    assert_eq!(project.sources.file(project.queries[0].file).text, "-- é\nselect '\u{fffd}\u{fffd}';");
}

#[test]
fn what_is_missing_stops_the_run() {
    let folder = folder(&[CONFIG, SCHEMA]);
    assert!(refused(&options(folder.path())).contains("queries; check the path"));
    assert!(refused(&options(&folder.path().join("nowhere"))).contains("run `sqlward init`"));
    let options = ProjectOptions { schema: Some("nowhere.sql".into()), ..options(folder.path()) };
    assert!(refused(&options).contains("cannot read the schema nowhere.sql"));
}

#[test]
fn nothing_to_read_is_told() {
    let folder = folder(&[("sqlward.toml", b""), ("queries/.keep", b"")]);
    let (_, diagnostics) = loaded(&options(folder.path()));
    assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
    assert!(diagnostics.iter().all(|found| found.message.contains("no path is configured for")));
    let options = ProjectOptions { queries: Some(folder.path().join("queries")), ..options(folder.path()) };
    let (_, diagnostics) = loaded(&options);
    assert!(
        diagnostics.iter().any(|found| found.message.contains("there are no .sql files")),
        "{diagnostics:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[CONFIG, SCHEMA, ("queries/a/b.sql", b""), ("shared/c.sql", b"")]);
    let queries = folder.path().join("queries");
    symlink("..", queries.join("a/up")).expect("a link");
    symlink("../shared", queries.join("shared")).expect("a link");
    symlink("../shared/c.sql", queries.join("d.sql")).expect("a link");
    symlink("nowhere", queries.join("broken")).expect("a link");
    let (project, diagnostics) = loaded(&options(folder.path()));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(modules(&project), ["a::b", "d", "shared::c"]);
    symlink("nowhere", queries.join("e.sql")).expect("a link");
    assert!(refused(&options(folder.path())).contains("queries/e.sql"));
}
