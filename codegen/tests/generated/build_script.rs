//! The generated `build.rs`, compiled and run as Cargo does it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sqlward_codegen::emit::emit;
use sqlward_codegen::fresh::{Input, Inputs, write};

use crate::model::{catalog, settings};

/// The compiled `build.rs`, which is the same for every crate.
fn compiled() -> &'static Path {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (source, program) = (dir.join("build_script.rs"), dir.join("build_script"));
        let files = emit(&catalog(), &settings(), &Inputs::default());
        fs::write(&source, &files["build.rs"]).unwrap();
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(rustc);
        command.args(["--edition=2024", "-D", "warnings", "-o"]).arg(&program).arg(&source);
        assert!(command.status().unwrap().success());
        program
    })
}

struct Project(tempfile::TempDir);

impl Project {
    /// A project whose crate was just generated.
    fn new() -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        project.put("sqlward.toml", "queries = \"queries\"\n");
        project.put("schema.sql", "create table t ();\r\ncreate table u ();\r\n");
        project.put("queries/a.sql", "--! a\nselect 1;\n");
        project.put("queries/sub/b.sql", "--! b\nselect 1;\n");
        let paths = ["sqlward.toml", "schema.sql", "queries/a.sql", "queries/sub/b.sql"];
        let read = |path: &&str| Input::new(format!("../{path}"), &fs::read(project.path(path)).unwrap());
        let inputs =
            Inputs { files: paths.iter().map(read).collect(), folders: vec!["../queries".to_owned()] };
        write(&project.path("catalog"), &emit(&catalog(), &settings(), &inputs)).unwrap();
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// Runs the build script. Returns its output.
    fn run(&self) -> String {
        let output = Command::new(compiled())
            .current_dir(self.path("catalog"))
            .env("CARGO_PKG_NAME", "a-catalog")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn assert_stale(&self, why: &str) {
        let said = self.run();
        let errors: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("cargo::error=")).collect();
        let why = format!("a-catalog is stale: {why}");
        assert_eq!(errors, [&*why, "run `sqlward generate` and build again"]);
    }

    #[track_caller]
    fn assert_fresh(&self) {
        let said = self.run();
        assert!(!said.contains("cargo::error"), "{said}");
    }
}

#[test]
fn a_fresh_crate_builds_and_every_input_is_watched() {
    let project = Project::new();
    let said = project.run();
    let mut watched: Vec<&str> = said
        .lines()
        .map(|line| line.strip_prefix("cargo::rerun-if-changed=").expect("nothing else is said"))
        .collect();
    watched.sort_unstable();
    let expected =
        ["../queries", "../queries/a.sql", "../queries/sub/b.sql", "../schema.sql", "../sqlward.toml"];
    assert_eq!(watched, [&expected[..], &["build.rs", "sqlward.lock"]].concat());
}

#[test]
fn line_ends_and_files_that_are_not_queries_make_no_difference() {
    let project = Project::new();
    project.put("schema.sql", "create table t ();\ncreate table u ();\n");
    project.put("queries/a.sql", "--! a\r\nselect 1;\r\n");
    project.put("queries/notes.txt", "");
    project.put("queries/.hidden.sql", "");
    project.assert_fresh();
}

#[test]
fn a_changed_a_new_and_a_lost_input_stop_the_build() {
    let project = Project::new();
    project.put("queries/a.sql", "--! a\nselect 2;\n");
    project.assert_stale("../queries/a.sql has changed");
    let project = Project::new();
    project.put("queries/sub/c.sql", "");
    project.assert_stale("../queries/sub/c.sql is new");
    let project = Project::new();
    fs::remove_file(project.path("schema.sql")).unwrap();
    project.assert_stale("../schema.sql is gone");
    let project = Project::new();
    fs::remove_dir_all(project.path("queries")).unwrap();
    project.assert_stale("../queries/a.sql is gone");
}

#[test]
fn a_packaged_crate_builds() {
    let project = Project::new();
    for name in ["sqlward.toml", "schema.sql"] {
        fs::remove_file(project.path(name)).unwrap();
    }
    fs::remove_dir_all(project.path("queries")).unwrap();
    assert_eq!(project.run(), "cargo::rerun-if-changed=build.rs\ncargo::rerun-if-changed=sqlward.lock\n");
}

#[test]
fn a_lost_lock_stops_the_build() {
    let project = Project::new();
    fs::remove_file(project.path("catalog/sqlward.lock")).unwrap();
    project.assert_stale("sqlward.lock is missing or damaged");
}
