//! The programs that are measured, and how they are run.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::root;

/// The programs, built.
pub struct Programs {
    sqlward: PathBuf,
    /// The cache of sqlward.
    cache: TempDir,
    cornucopia: PathBuf,
}

impl Programs {
    /// Builds sqlward with its release profile. The peer was built together with this program.
    pub fn build() -> Programs {
        let root = root();
        run(Command::new(cargo()).current_dir(&root).args(["build", "--release", "--quiet"]).args([
            "--package",
            "sqlward-codegen",
            "--bin",
            "sqlward",
            "--target-dir",
            "target",
        ]));
        run(Command::new(cargo())
            .args(["build", "--release", "--quiet", "--bin", "cornucopia", "--manifest-path"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")));
        let here = std::env::current_exe().expect("this program has a path");
        Programs {
            sqlward: root.join("target/release/sqlward"),
            cache: new_cache(),
            cornucopia: here.with_file_name("cornucopia"),
        }
    }

    /// The versions of the programs, in one line.
    pub fn versions(&self) -> String {
        let version = |program: &Path| {
            let output = Command::new(program).arg("--version").output().expect("it was built");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let server = sqlward_server::Binaries::find().expect("there is a PostgreSQL").version();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (own, peer) = (version(&self.sqlward), version(&self.cornucopia));
        format!("{own}, {peer}, PostgreSQL {}.{}, {processors} processors", server / 10_000, server % 10_000)
    }

    /// `sqlward WORD` in the project below a folder.
    pub fn sqlward(&self, folder: &Path, word: &str) -> Command {
        let mut command = Command::new(&self.sqlward);
        command.arg(word).current_dir(folder.join("sqlward")).env("XDG_CACHE_HOME", self.cache.path());
        command.env_remove("SQLWARD_DATABASE_URL").env_remove("SQLWARD_NO_CACHE");
        command
    }

    /// Removes all snapshots from the cache of sqlward. The empty cluster stays.
    pub fn forget(&self) {
        remove_snapshots(self.cache.path());
    }

    /// `cornucopia live` in the project below a folder.
    pub fn cornucopia(&self, folder: &Path, url: &str) -> Command {
        let mut command = Command::new(&self.cornucopia);
        command.args(["live", url, "--queries-path", "queries", "--destination", "crate"]);
        command.current_dir(folder.join("cornucopia")).stdin(Stdio::null());
        command
    }
}

/// A folder for the cache of sqlward. Under root the server runs as another user, who must be able to enter it.
pub fn new_cache() -> TempDir {
    let cache = tempfile::tempdir().expect("there is a temporary folder");
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o755)).expect("it is our folder");
    cache
}

fn remove_snapshots(folder: &Path) {
    for entry in fs::read_dir(folder).expect("it can be read").flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snapshot-") {
            fs::remove_dir_all(entry.path()).expect("it can be removed");
        } else if !name.starts_with("postgres-") {
            remove_snapshots(&entry.path());
        }
    }
}

/// Moves a crate aside until the end, instead of removing it. After hundreds of files were removed, ext4 takes long to create
/// as many, because it does not reuse their inodes at once, and this must not be measured.
pub fn put_aside(folder: &Path) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let aside = aside();
    fs::create_dir_all(&aside).expect("target can be written to");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    if folder.exists() {
        let name = format!("{}-{number}", std::process::id());
        fs::rename(folder, aside.join(name)).expect("it can be moved");
    }
}

/// Removes what this run, or an earlier one that was interrupted, has put aside. To be called after all measurements.
pub fn remove_what_is_aside() {
    let _ = fs::remove_dir_all(aside());
}

fn aside() -> PathBuf {
    root().join("target/speed/aside")
}

/// The Cargo that runs this program.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs a command and measures its time.
pub fn run(command: &mut Command) -> Duration {
    let begin = Instant::now();
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().expect("it can be run");
    let time = begin.elapsed();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {words}");
    time
}
