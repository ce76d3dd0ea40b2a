//! A project in a temporary folder, and runs of the command on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A minimal configuration.
pub const CONFIG: &str = "schema = 'schema.sql'\nqueries = 'queries'\noutput = 'catalog'\n";
/// A schema with one table.
pub const SCHEMA: &str =
    "create table content (\n  id uuid primary key,\n  title text not null,\n  price int\n);\n";
/// A query of that table.
pub const QUERY: &str = "--! get\nselect id, title from content where id = :id;\n";

/// A project in a temporary folder.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// A project with one table, and this text as `queries/content.sql`.
    pub fn new(queries: impl AsRef<[u8]>) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        project.put("sqlward.toml", CONFIG);
        project.put("schema.sql", SCHEMA);
        project.put("queries/content.sql", queries);
        project
    }

    /// A project whose crate is generated.
    pub fn generated() -> Project {
        let project = Project::new(QUERY);
        project.run(&["generate"]).ok();
        project
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file.
    pub fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// All files in a folder, with their content.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.path(folder), "", &mut found);
        found
    }

    /// The command in the project's folder, without a server's URL and without a cache.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sqlward"));
        command.args(arguments).current_dir(self.folder.path());
        for variable in ["SQLWARD_DATABASE_URL", "SQLWARD_POSTGRES_BIN"] {
            command.env_remove(variable);
        }
        command.env("SQLWARD_NO_CACHE", "1");
        command
    }

    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

/// The result of a run of the command.
#[derive(Debug)]
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs a command, and checks that it does not panic and that its output has no control characters.
    #[track_caller]
    pub fn of(command: &mut Command) -> Run {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        let run = Run { status: status.code().unwrap_or(-1), stdout, stderr };
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        for text in [&run.stdout, &run.stderr] {
            let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            assert!(!text.contains(control), "a control character in {text:?}");
        }
        run
    }

    /// Checks that the run was successful.
    #[track_caller]
    pub fn ok(self) -> Run {
        assert_eq!(self.status, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    /// Checks that the input was rejected with these words.
    #[track_caller]
    pub fn refused(self, words: &[&str]) -> Run {
        self.said(1, words)
    }

    /// Checks that the environment was found broken, with these words.
    #[track_caller]
    pub fn broken(self, words: &[&str]) -> Run {
        let run = self.said(2, words);
        assert!(run.stderr.contains("= help: "), "nothing says what to do:\n{}", run.stderr);
        assert_eq!(run.stdout, "");
        run
    }

    #[track_caller]
    fn said(self, status: i32, words: &[&str]) -> Run {
        assert_eq!(self.status, status, "{}{}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in\n{}", self.stderr);
        }
        self
    }
}
