//! How a crate is written to disk, and compared with it.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use sqlward_codegen::emit::Files;
use sqlward_codegen::fresh::{FindingKind, Input, Inputs, check, compare, seal, write};

use FindingKind::*;

fn inputs(texts: &[(&str, &str)]) -> Inputs {
    let files = texts.iter().map(|(path, text)| Input::new(*path, text.as_bytes())).collect();
    Inputs { files, folders: vec!["../queries".to_owned()] }
}

fn some_inputs() -> Inputs {
    inputs(&[
        ("../sqlward.toml", "a = 1\n"),
        ("../queries/a.sql", "select 1;\n"),
        ("../queries/b.sql", "select 2;\n"),
    ])
}

fn files(texts: &[(&str, &str)], inputs: &Inputs) -> Files {
    let mut files: Files =
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    seal(&mut files, inputs);
    files
}

fn some_files() -> Files {
    files(
        &[
            ("Cargo.toml", "[package]\n"),
            ("src/lib.rs", "mod a;\n"),
            ("src/a.rs", "mod b;\n"),
            ("src/a/b.rs", "\n"),
        ],
        &some_inputs(),
    )
}

/// A generated crate in a temporary folder.
fn generated() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("catalog"), &some_files()).unwrap();
    root
}

/// Checks that these findings are reported: kind, and path relative to the folder above the crate.
#[track_caller]
fn assert_found(root: &Path, inputs: &Inputs, expected: &[(FindingKind, &str)]) {
    let found = check(&root.join("catalog"), inputs).unwrap();
    let short: Vec<_> = found
        .iter()
        .map(|finding| (finding.kind, finding.path.strip_prefix(root).unwrap().to_str().unwrap()))
        .collect();
    assert_eq!(short, expected);
    for finding in found {
        assert!(finding.help().contains("sqlward generate"), "{finding}");
    }
}

fn modified(path: &Path) -> SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

/// All files of a folder with their texts.
fn texts(dir: &Path) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            texts.extend(
                self::texts(&entry.path()).into_iter().map(|(path, text)| (format!("{name}/{path}"), text)),
            );
        } else {
            texts.push((name, fs::read_to_string(entry.path()).unwrap()));
        }
    }
    texts.sort();
    texts
}

#[test]
fn what_was_just_generated_is_fresh() {
    let root = generated();
    let dir = root.path().join("catalog");
    assert_found(root.path(), &some_inputs(), &[]);
    assert_eq!(compare(&dir, &some_files()).unwrap(), []);
    assert_eq!(texts(&dir), some_files().into_iter().collect::<Vec<_>>(), "nothing else is left there");
}

#[test]
fn edited_missing_and_orphaned_files_are_found() {
    let root = generated();
    let dir = root.path().join("catalog");
    fs::write(dir.join("src/lib.rs"), "mod a; \n").unwrap();
    fs::remove_file(dir.join("src/a/b.rs")).unwrap();
    fs::write(dir.join("src/own.rs"), "").unwrap();
    let expected =
        [(Missing, "catalog/src/a/b.rs"), (Edited, "catalog/src/lib.rs"), (Foreign, "catalog/src/own.rs")];
    assert_found(root.path(), &some_inputs(), &expected);
    let kinds: Vec<_> =
        compare(&dir, &some_files()).unwrap().into_iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Missing, Outdated, Foreign]);
}

#[test]
fn changed_added_and_removed_inputs_are_found() {
    let root = generated();
    let now = inputs(&[
        ("../sqlward.toml", "a = 2\n"),
        ("../queries/a.sql", "select 1;\n"),
        ("../queries/c.sql", ""),
    ]);
    let expected =
        [(InputAdded, "queries/c.sql"), (InputChanged, "sqlward.toml"), (InputRemoved, "queries/b.sql")];
    assert_found(root.path(), &now, &expected);
}

#[test]
fn line_ends_make_no_difference() {
    let root = generated();
    let dir = root.path().join("catalog");
    let crlf = |text: &str| text.replace('\n', "\r\n");
    for (path, text) in some_files() {
        fs::write(dir.join(path), crlf(&text)).unwrap();
    }
    let now = inputs(&[
        ("../sqlward.toml", "a = 1\r\n"),
        ("../queries/a.sql", "select 1;\r\n"),
        ("../queries/b.sql", "select 2;\r\n"),
    ]);
    assert_found(root.path(), &now, &[]);
    assert_eq!(compare(&dir, &some_files()).unwrap(), []);
    assert_eq!(write(&dir, &some_files()).unwrap().changed, [""; 0]);
}

#[test]
fn a_crate_that_was_never_generated_is_found() {
    let root = tempfile::tempdir().unwrap();
    assert_found(root.path(), &some_inputs(), &[(NeverGenerated, "catalog")]);
    fs::create_dir(root.path().join("catalog")).unwrap();
    assert_found(root.path(), &some_inputs(), &[(NeverGenerated, "catalog")]);
    assert_eq!(compare(&root.path().join("absent"), &some_files()).unwrap()[0].kind, NeverGenerated);
}

#[test]
fn a_lock_with_a_merge_conflict_is_found_and_repaired() {
    let root = generated();
    let dir = root.path().join("catalog");
    let lock = dir.join("sqlward.lock");
    let text = fs::read_to_string(&lock).unwrap();
    fs::write(&lock, format!("<<<<<<< ours\n{text}>>>>>>> theirs\n")).unwrap();
    assert_found(root.path(), &some_inputs(), &[(Damaged, "catalog/sqlward.lock")]);
    assert_eq!(write(&dir, &some_files()).unwrap().changed, ["sqlward.lock"]);
    assert_found(root.path(), &some_inputs(), &[]);
}

#[test]
fn unchanged_files_are_not_touched_and_old_ones_go() {
    let root = generated();
    let dir = root.path().join("catalog");
    let before = modified(&dir.join("src/lib.rs"));
    std::thread::sleep(std::time::Duration::from_millis(20));
    let next = files(
        &[("Cargo.toml", "[package]\n#\n"), ("src/lib.rs", "mod a;\n"), ("src/a.rs", "mod b;\n")],
        &some_inputs(),
    );
    let written = write(&dir, &next).unwrap();
    assert_eq!(written.changed, ["Cargo.toml", "sqlward.lock"]);
    assert_eq!(written.removed, ["src/a/b.rs"]);
    assert_eq!(written.unchanged, 2);
    assert_eq!(modified(&dir.join("src/lib.rs")), before);
    assert!(!dir.join("src/a").exists(), "a folder that is empty now goes too");
    assert_eq!(texts(&dir), next.into_iter().collect::<Vec<_>>());
}

#[test]
fn files_of_others_are_refused_and_kept() {
    let root = generated();
    let dir = root.path().join("catalog");
    fs::write(dir.join("src/own.rs"), "mine").unwrap();
    let before = texts(&dir);
    let next = files(&[("src/lib.rs", "\n"), ("src/own.rs", "generated")], &some_inputs());
    let error = write(&dir, &next).unwrap_err();
    assert!(error.to_string().contains("src/own.rs"), "{error}");
    assert!(error.help_text().is_some());
    assert_eq!(texts(&dir), before);

    // The same for a folder that was not generated, such as a `src` by mistake.
    let src = root.path().join("src");
    fs::create_dir(&src).unwrap();
    fs::write(src.join("main.rs"), "fn main() {}").unwrap();
    assert!(write(&src, &some_files()).is_err());
    assert_eq!(texts(&src), [("main.rs".to_owned(), "fn main() {}".to_owned())]);
}

#[test]
fn what_cargo_and_git_put_there_is_left_alone() {
    let root = generated();
    let dir = root.path().join("catalog");
    fs::create_dir(dir.join("target")).unwrap();
    for name in ["Cargo.lock", "target/x", ".gitignore"] {
        fs::write(dir.join(name), "theirs").unwrap();
    }
    assert_found(root.path(), &some_inputs(), &[]);
    let written = write(&dir, &files(&[("src/lib.rs", "\n")], &some_inputs())).unwrap();
    assert_eq!(written.removed, ["Cargo.toml", "src/a.rs", "src/a/b.rs"]);
    assert_eq!(fs::read_to_string(dir.join("target/x")).unwrap(), "theirs");
    assert!(dir.join("Cargo.lock").exists() && dir.join(".gitignore").exists());
}

#[test]
fn a_run_that_was_cut_off_is_found_and_repaired() {
    let root = generated();
    let dir = root.path().join("catalog");
    let next = files(&[("src/lib.rs", "mod new;\n"), ("src/new.rs", "// new\n")], &some_inputs());
    // As after a kill between two files: all are staged, and only one is in place.
    let stage = dir.join(".sqlward-stage/new");
    fs::create_dir_all(stage.join("src")).unwrap();
    for (path, text) in &next {
        fs::write(stage.join(path), text).unwrap();
    }
    fs::rename(stage.join("src/new.rs"), dir.join("src/new.rs")).unwrap();
    let expected = [(Interrupted, "catalog/.sqlward-stage"), (Orphaned, "catalog/src/new.rs")];
    assert_found(root.path(), &some_inputs(), &expected);
    write(&dir, &next).unwrap();
    assert_eq!(texts(&dir), next.into_iter().collect::<Vec<_>>());
    assert_found(root.path(), &some_inputs(), &[]);
}

#[test]
fn what_cannot_be_written_leaves_everything_as_it_was() {
    let root = generated();
    let dir = root.path().join("catalog");
    let before = texts(&dir);
    // A file name that is too long fails while the files are staged.
    let long = format!("src/{}.rs", "x".repeat(300));
    let next = files(&[("src/lib.rs", "new\n"), (&long, "\n")], &some_inputs());
    let error = write(&dir, &next).unwrap_err();
    assert!(error.to_string().starts_with("cannot write"), "{error}");
    assert_eq!(texts(&dir), before);
    let absent = root.path().join("absent");
    assert!(write(&absent, &next).is_err());
    assert!(!absent.exists());
    // There is a file in the place of the folder.
    fs::write(root.path().join("file"), "mine").unwrap();
    assert!(write(&root.path().join("file"), &next).is_err());
    assert_eq!(fs::read_to_string(root.path().join("file")).unwrap(), "mine");
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let root = generated();
    let dir = root.path().join("catalog");
    let other = fs::File::open(&dir).unwrap();
    other.lock().unwrap();
    let error = write(&dir, &some_files()).unwrap_err();
    assert!(error.to_string().contains("another run"), "{error}");
    drop(other);
    write(&dir, &some_files()).unwrap();
}
