//! The cache: a run keeps the cluster with the schema in it, and the server's answers, for the next one. The results of a run
//! are the same with and without the cache.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::project::{CONFIG, Project, QUERY, Run, SCHEMA};

/// A project with its own cache, which already has the empty cluster.
struct Kept {
    project: Project,
}

impl Kept {
    fn new() -> Kept {
        let project = Project::new(QUERY);
        // The server's user must be able to enter these folders, and to write into some.
        for (path, mode) in [("", 0o755), ("cache", 0o755), ("log", 0o777), ("tmp", 0o777)] {
            fs::create_dir_all(project.path(path)).unwrap();
            fs::set_permissions(project.path(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        let kept = Kept { project };
        kept.schema(SCHEMA);
        let empty = EMPTY.get_or_init(|| {
            Run::of(kept.command().arg("--no-cache")).ok();
            let empty = tempfile::tempdir().unwrap();
            copy(&kept.project.path("cache"), empty.path());
            empty
        });
        copy(empty.path(), &kept.project.path("cache"));
        kept
    }

    /// Writes a schema that appends a line to a file whenever it is executed.
    fn schema(&self, text: &str) {
        let log = self.project.path("log/schema");
        let log = log.display();
        self.project.put("schema.sql", format!("{text}copy (select 'ran') to program 'cat >> {log}';\n"));
    }

    /// The number of times that a schema was executed.
    fn runs(&self) -> usize {
        fs::read_to_string(self.project.path("log/schema")).unwrap_or_default().lines().count()
    }

    fn command(&self) -> Command {
        let mut command = self.project.command(&["generate"]);
        command.env_remove("SQLWARD_NO_CACHE").env("XDG_CACHE_HOME", self.project.path("cache"));
        command
    }

    /// Generates, and checks that the result is the same as without a cache. Returns how often the schema was executed.
    #[track_caller]
    fn generate(&self) -> usize {
        let before = self.runs();
        let run = Run::of(&mut self.command());
        let (runs, files) = (self.runs() - before, self.project.files("catalog/src"));
        let from_nothing = Run::of(self.command().args(["--no-cache", "--output", "other"]));
        assert_eq!((run.status, &run.stderr), (from_nothing.status, &from_nothing.stderr));
        assert!(files == self.project.files("other/src"));
        self.assert_tidy();
        runs
    }

    /// The folders of the snapshots in the cache.
    fn snapshots(&self) -> Vec<PathBuf> {
        self.in_cache("snapshot-")
    }

    fn in_cache(&self, prefix: &str) -> Vec<PathBuf> {
        fn below(folder: &Path, prefix: &str, found: &mut Vec<PathBuf>) {
            for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
                if path.file_name().unwrap().to_string_lossy().starts_with(prefix) {
                    found.push(path);
                } else if path.is_dir() {
                    below(&path, prefix, found);
                }
            }
        }
        let mut found = Vec::new();
        below(&self.project.path("cache"), prefix, &mut found);
        found
    }

    #[track_caller]
    fn assert_tidy(&self) {
        let left = self.in_cache("partial-");
        assert!(left.is_empty(), "{left:?}");
        for snapshot in self.snapshots() {
            let mut names: Vec<_> =
                fs::read_dir(&snapshot).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            assert_eq!(names, ["cluster.tar", "note"], "{snapshot:?}");
        }
    }

    /// Changes a file of the only snapshot.
    fn damage(&self, name: &str, change: impl Fn(&mut Vec<u8>)) {
        let path = self.snapshots().pop().unwrap().join(name);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }
}

/// A cache with nothing but the empty cluster.
static EMPTY: OnceLock<TempDir> = OnceLock::new();

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap().success());
}

#[test]
fn a_schema_is_run_once() {
    let kept = Kept::new();
    assert_eq!(kept.generate(), 1);
    let files = kept.project.files("catalog");
    assert_eq!(kept.generate(), 0);
    assert!(kept.project.files("catalog") == files);
    fs::remove_dir_all(kept.project.path("catalog")).unwrap();
    assert_eq!(kept.generate(), 0);
    assert!(kept.project.files("catalog") == files);
    // One more query, one with another meaning, one that is rejected, and the first again.
    for queries in [
        &format!("{QUERY}--! all\nselect id, price from content;\n"),
        "--! get\nselect id, title as name from content where id = :id;\n",
        "--! get\nselect id, titel from content where id = :id;\n",
        "--! get\n--@ param id int\nselect id, title from content where price = :id;\n",
        QUERY,
    ] {
        kept.project.put("queries/content.sql", queries);
        assert_eq!(kept.generate(), 0, "{queries}");
    }
    assert_eq!(kept.snapshots().len(), 1);
}

#[test]
fn the_server_is_not_started_where_nothing_is_to_be_asked() {
    let kept = Kept::new();
    kept.generate();
    let cluster = kept.snapshots().pop().unwrap().join("cluster.tar");
    fs::remove_file(&cluster).unwrap();
    let before = kept.runs();
    // Changes of comments and scopes need no new answers of the server.
    for queries in [QUERY, QUERY] {
        kept.project.put("queries/content.sql", queries);
        Run::of(&mut kept.command()).ok();
    }
    assert_eq!((kept.runs(), cluster.exists()), (before, false));
    kept.project.put("queries/content.sql", "--! other\nselect title from content;\n");
    Run::of(&mut kept.command()).ok();
    assert_eq!(kept.runs(), before + 1, "the check can fail");
}

#[test]
fn another_schema_is_another_cluster() {
    let kept = Kept::new();
    kept.generate();
    let more = SCHEMA.replace("price int", "price int not null");
    kept.schema(&more);
    assert_eq!(kept.generate(), 1);
    // The same text, divided into other files.
    kept.project.put("sqlward.toml", CONFIG.replace("'schema.sql'", "['schema.sql', 'more.sql']"));
    kept.project.put("more.sql", "create table more (id int);");
    assert_eq!(kept.generate(), 1);
    let text = kept.project.text("schema.sql");
    kept.project.put("schema.sql", text + "create table more (id int);");
    kept.project.put("more.sql", "");
    assert_eq!(kept.generate(), 1);
    assert_eq!(kept.generate(), 0);
}

#[test]
fn a_schema_that_fails_is_not_kept() {
    let kept = Kept::new();
    kept.schema(&format!("{SCHEMA}select 1 / 0;\n"));
    for _ in 0..2 {
        Run::of(&mut kept.command()).refused(&["division by zero"]);
    }
    // A schema that changes a setting for the next start is not kept either.
    kept.project.put("schema.sql", "alter system set search_path = 'elsewhere'");
    kept.project.put("queries/content.sql", "--! one\nselect 1 as one;\n");
    Run::of(&mut kept.command()).ok();
    assert_eq!(kept.snapshots().len(), 0);
}

#[test]
fn verdicts_are_not_kept() {
    let kept = Kept::new();
    kept.generate();
    let strict = "[scopes.user]\nparam = 'user_id'\ncolumn = 'id'\n";
    kept.project.put("sqlward.toml", format!("{CONFIG}{strict}"));
    kept.project.put("queries/content.sql", format!("--@ scope user\n\n{QUERY}"));
    let before = kept.runs();
    for _ in 0..2 {
        Run::of(&mut kept.command()).refused(&["error[tenant-scope]"]);
    }
    assert_eq!(kept.runs(), before);
}

#[test]
fn what_is_damaged_is_made_anew() {
    let kept = Kept::new();
    kept.generate();
    type Change = fn(&mut Vec<u8>);
    let changes: [(&str, Change); 10] = [
        ("note", Vec::clear),
        ("note", |bytes| bytes.truncate(bytes.len() - 1)),
        ("note", |bytes| bytes.push(0)),
        ("note", |bytes| *bytes.last_mut().unwrap() ^= 1),
        ("note", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }),
        // The length of the key, and the key.
        ("note", |bytes| bytes[0] ^= 0x40),
        ("note", |bytes| bytes[20] ^= 1),
        ("cluster.tar", Vec::clear),
        // Truncated between two files, and within one.
        ("cluster.tar", |bytes| bytes.truncate(bytes.len() / 512 / 2 * 512)),
        ("cluster.tar", |bytes| bytes.truncate(bytes.len() / 3)),
    ];
    for (number, (name, change)) in changes.into_iter().enumerate() {
        kept.damage(name, change);
        // A statement without a cached answer, so that the cluster is needed.
        let more = format!("{QUERY}--! all\nselect {number} as n from content;\n");
        kept.project.put("queries/content.sql", more);
        assert_eq!(kept.generate(), 1, "{number}");
        assert_eq!(kept.snapshots().len(), 1, "{number}");
    }
    for name in ["note", "cluster.tar"] {
        fs::remove_file(kept.snapshots().pop().unwrap().join(name)).unwrap();
        kept.project.put("queries/content.sql", format!("{QUERY}--! last\nselect '{name}' as n;\n"));
        assert_eq!(kept.generate(), 1, "{name}");
        assert_eq!(kept.snapshots().len(), 1, "{name}");
    }
    assert_eq!(kept.generate(), 0);
}

#[test]
fn extensions_that_have_changed_are_noticed() {
    let kept = Kept::new();
    let clusters = kept.in_cache("postgres-");
    let share = kept.project.path("share");
    kept.project.put("share/extension/some.control", "");
    fs::write(clusters[0].join("share_path"), share.to_str().unwrap()).unwrap();
    assert_eq!(kept.generate(), 1);
    assert_eq!(kept.generate(), 0);
    kept.project.put("share/extension/some.control", "comment = 'new'");
    assert_eq!(kept.generate(), 1);
    kept.project.put("share/extension/some--1.0.sql", "");
    assert_eq!(kept.generate(), 1);
    assert_eq!(kept.generate(), 0);
}

#[test]
fn runs_at_once_do_not_collide() {
    let kept = Kept::new();
    let spawn = |number: usize| {
        let mut command = kept.command();
        let output = format!("catalog-{}", number);
        command.args(["--output", &output]).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    for round in 0..3 {
        kept.project
            .put("queries/content.sql", format!("{QUERY}--! all\nselect {round} as n from content;\n"));
        for run in (0..6).map(spawn).collect::<Vec<_>>() {
            let output = run.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let mut crates = (0..6).map(|number| kept.project.files(&format!("catalog-{number}/src")));
        let first = crates.next().unwrap();
        assert!(crates.all(|files| files == first));
        kept.assert_tidy();
    }
    assert_eq!(kept.generate(), 0);
}

#[test]
fn a_few_schemas_are_kept() {
    let kept = Kept::new();
    let schema = |number: usize| kept.schema(&format!("{SCHEMA}-- {number}\n"));
    let generate = || {
        let before = kept.runs();
        Run::of(&mut kept.command()).ok();
        kept.runs() - before
    };
    for number in 0..4 {
        schema(number);
        assert_eq!(generate(), 1);
    }
    assert_eq!(kept.snapshots().len(), 4);
    schema(0);
    assert_eq!(generate(), 0);
    schema(4);
    assert_eq!(generate(), 1);
    assert_eq!(kept.snapshots().len(), 4);
    schema(0);
    assert_eq!(generate(), 0, "it was used after the others");
    schema(1);
    assert_eq!(generate(), 1);
    kept.assert_tidy();
}

#[test]
fn nothing_is_kept_of_a_run_that_is_told_so() {
    let kept = Kept::new();
    kept.generate();
    let before = kept.snapshots();
    let note = fs::read(before[0].join("note")).unwrap();
    kept.project.put("queries/content.sql", "--! other\nselect title from content;\n");
    Run::of(kept.command().env("SQLWARD_NO_CACHE", "true")).ok();
    Run::of(kept.command().arg("--no-cache")).ok();
    assert_eq!(kept.snapshots(), before);
    assert_eq!(fs::read(before[0].join("note")).unwrap(), note);
    let runs = kept.runs();
    Run::of(kept.command().env("SQLWARD_NO_CACHE", "0")).ok();
    Run::of(kept.command().env("SQLWARD_NO_CACHE", "")).ok();
    assert_eq!(kept.runs(), runs);
    assert_ne!(fs::read(before[0].join("note")).unwrap(), note);
}

#[test]
fn whenever_a_run_is_killed_the_next_one_is_right() {
    let kept = Kept::new();
    let begin = Instant::now();
    Run::of(&mut kept.command()).ok();
    let usual = begin.elapsed();
    for attempt in 0..8 {
        if attempt % 2 == 0 {
            kept.snapshots().iter().for_each(|snapshot| fs::remove_dir_all(snapshot).unwrap());
        }
        kept.project.put("queries/content.sql", format!("{QUERY}--! all\nselect {attempt} as n;\n"));
        let mut command = kept.command();
        command.env("TMPDIR", kept.project.path("tmp")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut run = command.spawn().unwrap();
        thread::sleep(usual.mul_f64(0.15 * f64::from(attempt)));
        run.kill().unwrap();
        run.wait().unwrap();
        let patience = Instant::now() + Duration::from_secs(20);
        while !kept.in_cache("partial-").is_empty() {
            assert!(Instant::now() < patience, "left behind: {:?}", kept.in_cache("partial-"));
            thread::sleep(Duration::from_millis(10));
        }
        kept.generate();
        assert_eq!(kept.generate(), 0, "attempt {attempt}");
    }
}

#[test]
fn without_a_way_to_keep_anything_a_run_is_as_good() {
    let kept = Kept::new();
    let tools = kept.project.path("tools");
    fs::create_dir(&tools).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for folder in std::env::split_paths(&path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name() != "tar" {
                let _ = std::os::unix::fs::symlink(entry.path(), tools.join(entry.file_name()));
            }
        }
    }
    for _ in 0..2 {
        Run::of(kept.command().env("PATH", &tools)).ok();
        assert_eq!(kept.snapshots().len(), 0);
        kept.assert_tidy();
    }
    kept.generate();
    // A snapshot that is found but cannot be unpacked.
    kept.project.put("queries/content.sql", "--! other\nselect title from content;\n");
    Run::of(kept.command().env("PATH", &tools)).ok();
    kept.generate();
}
