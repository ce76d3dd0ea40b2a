//! In whatever way a process ends, no process or file of its server stays. And what the cache keeps.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use sqlward_server::{Binaries, Server};

use crate::connect;

/// The variable that says what [`child`] does once its server runs.
const THEN: &str = "SQLWARD_TEST_CHILD_THEN";

/// Not a test: another process with a server, for the tests below.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn child() {
    let Ok(then) = std::env::var(THEN) else { return };
    let server = Server::builder().start().unwrap();
    let mut client = connect(&server);
    client.batch_execute("create table t (id int)").unwrap();
    let file = fs::read_to_string(server.folder().join("data/postmaster.pid")).unwrap();
    println!("\npostmaster {}", file.lines().next().unwrap());
    match then.as_str() {
        "return" => {}
        "panic" => panic!("on purpose"),
        "exit" => std::process::exit(0),
        "abort" => std::process::abort(),
        _ => std::thread::sleep(Duration::from_secs(60)),
    }
}

/// A process with a server, and a folder for all of its files.
struct Run {
    process: Child,
    folder: TempDir,
}

impl Run {
    fn start(then: &str, change: impl FnOnce(&mut Command, &Path)) -> Run {
        // The server's user must be able to enter it.
        let folder = tempfile::TempDir::with_prefix("t").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "lifetime::child", "--ignored", "--nocapture"]);
        command.env(THEN, then).env("TMPDIR", folder.path());
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        change(&mut command, folder.path());
        Run { process: command.spawn().unwrap(), folder }
    }

    /// Waits until the server runs. Returns the postmaster's process id.
    fn postmaster(&mut self) -> String {
        let lines = BufReader::new(self.process.stdout.as_mut().unwrap()).lines();
        let line = lines
            .map_while(std::result::Result::ok)
            .find_map(|line| Some(line.strip_prefix("postmaster ")?.to_owned()));
        line.expect("the child starts a server")
    }

    /// Sends a signal to the whole process group, like a terminal.
    fn signal(&self, signal: Signal) {
        kill_process_group(Pid::from_child(&self.process), signal).unwrap();
    }

    /// Waits for the process, and then for a short time until everything else is gone.
    fn assert_nothing_left(&mut self, case: &str) {
        let begin = Instant::now();
        loop {
            let ended = self.process.try_wait().unwrap().is_some();
            let left = [self.files(), self.processes()].concat();
            if ended && left.is_empty() {
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "{case}: {left:?} are left");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("sqlward-")).collect()
    }

    /// The processes that run in the folder or have its name in their arguments.
    fn processes(&self) -> Vec<PathBuf> {
        let folder = self.folder.path();
        let name = folder.as_os_str().as_encoded_bytes();
        let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
        let here = |process: &PathBuf| {
            let arguments = fs::read(process.join("cmdline")).unwrap_or_default();
            arguments.windows(name.len()).any(|window| window == name)
                || fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder))
        };
        processes.flatten().map(|process| process.path()).filter(here).collect()
    }
}

/// Whether there is a segment of shared memory that a process has created.
fn has_shared_memory(creator: &str) -> bool {
    let segments = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    segments.lines().any(|line| line.split_whitespace().nth(4) == Some(creator))
}

#[test]
fn nothing_is_left_however_a_run_ends() {
    for then in ["return", "panic", "exit", "abort"] {
        let mut run = Run::start(then, |_, _| {});
        let postmaster = run.postmaster();
        run.assert_nothing_left(then);
        assert!(!has_shared_memory(&postmaster), "{then}");
    }
}

/// Whether this process, and so its children, ignore a signal, as HUP under `nohup`.
fn is_ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    mask >> (signal.as_raw() - 1) & 1 == 1
}

#[test]
fn nothing_is_left_after_signals() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::KILL] {
        if is_ignored(signal) {
            continue;
        }
        let mut run = Run::start("wait", |_, _| {});
        let postmaster = run.postmaster();
        assert_ne!(run.files(), [] as [PathBuf; 0], "the check can fail");
        if cfg!(target_os = "linux") {
            assert!(run.processes().len() > 2, "the check can fail");
            assert!(has_shared_memory(&postmaster), "the check can fail");
        }
        run.signal(signal);
        run.assert_nothing_left(&format!("{signal:?}"));
        assert!(!has_shared_memory(&postmaster), "{signal:?}");
    }
}

#[test]
fn nothing_is_left_whenever_it_is_killed() {
    drop(Server::builder().start().unwrap());
    for milliseconds in [0, 5, 10, 20, 30, 50, 80, 120] {
        let mut run = Run::start("wait", |_, _| {});
        std::thread::sleep(Duration::from_millis(milliseconds));
        run.signal(Signal::KILL);
        run.assert_nothing_left(&format!("after {milliseconds} ms"));
    }
}

#[test]
fn nothing_is_left_when_killed_while_a_cluster_is_made() {
    for milliseconds in [50, 200, 400, 700] {
        let mut run = Run::start("wait", |command, folder| {
            command.env("XDG_CACHE_HOME", folder.join("cache"));
        });
        std::thread::sleep(Duration::from_millis(milliseconds));
        run.signal(Signal::KILL);
        run.assert_nothing_left(&format!("after {milliseconds} ms"));
        let kept = kept(&run.folder.path().join("cache"));
        assert!(kept.iter().all(|path| path.join("cluster.tar").exists()), "{kept:?}");
        assert!(kept.iter().all(|path| !path.to_string_lossy().contains("partial-")), "{kept:?}");
    }
}

#[test]
fn a_server_that_does_not_listen_yet_is_stopped_too() {
    let programs = tempfile::TempDir::with_prefix("t").unwrap();
    fs::set_permissions(programs.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let real = Binaries::find().unwrap();
    for (program, delay) in
        [("initdb", ""), ("postgres", "case $1 in -D) echo >$2.begun; sleep 0.5;; esac; ")]
    {
        let script = format!("#!/bin/sh\n{delay}exec {}/{program} \"$@\"\n", real.folder().display());
        fs::write(programs.path().join(program), script).unwrap();
        fs::set_permissions(programs.path().join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut run = Run::start("wait", |command, folder| {
        command.env("SQLWARD_POSTGRES_BIN", programs.path()).env("XDG_CACHE_HOME", folder.join("cache"));
    });
    let begin = Instant::now();
    while !run.files().iter().any(|home| home.join("data.begun").exists()) {
        assert!(begin.elapsed() < Duration::from_secs(60), "the server does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    run.signal(Signal::KILL);
    run.assert_nothing_left("before it listens");
}

#[test]
fn a_server_that_was_killed_leaves_nothing_either() {
    let mut run = Run::start("wait", |_, _| {});
    let postmaster = run.postmaster();
    let pid = Pid::from_raw(postmaster.parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, Signal::KILL).unwrap();
    run.signal(Signal::KILL);
    run.assert_nothing_left("killed itself");
    assert!(!has_shared_memory(&postmaster));
}

#[test]
fn runs_at_once_do_not_collide() {
    let cache = tempfile::tempdir().unwrap();
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let start = || {
        Run::start("return", |command, _| {
            command.env("XDG_CACHE_HOME", cache.path());
        })
    };
    for mut run in [start(), start(), start()] {
        run.postmaster();
        run.assert_nothing_left("one of three");
    }
    let kept = kept(cache.path());
    assert_eq!(kept.len(), 1, "{kept:?}");
    let archive = kept[0].join("cluster.tar");
    assert!(databases(&archive).eq(["1"]), "only one database is kept");

    // A damaged cluster is created anew.
    for length in [0, 512, 3_000_000] {
        fs::File::options().write(true).open(&archive).unwrap().set_len(length).unwrap();
        let mut run = start();
        run.postmaster();
        run.assert_nothing_left("after the damage");
        assert!(databases(&archive).eq(["1"]), "{length} bytes were left");
    }
}

/// The databases in the archive of a cluster.
fn databases(archive: &Path) -> impl Iterator<Item = String> {
    let listed = Command::new("tar").arg("-tf").arg(archive).output().unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    let found: Vec<_> = names
        .lines()
        .filter_map(|name| Some(name.strip_prefix("data/base/")?.strip_suffix('/')?.to_owned()))
        .filter(|name| !name.is_empty())
        .collect();
    found.into_iter()
}

/// The clusters in a cache, complete or not.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("postgres-") || name.starts_with("partial-") {
                vec![path]
            } else {
                kept(&path)
            }
        })
        .collect()
}

#[test]
fn an_unprivileged_user_has_a_server_too() {
    if !rustix::process::geteuid().is_root() {
        // As an ordinary user all other tests show this.
        return;
    }
    let mut run = Run::start("return", |command, folder| {
        let program = folder.join("tests");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        let environment: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
        *command = Command::new(program);
        command.args(arguments).envs(environment).env("HOME", folder).env_remove("XDG_CACHE_HOME");
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.current_dir("/").uid(65534).gid(65534);
    });
    run.postmaster();
    run.assert_nothing_left("as nobody");
    assert_eq!(kept(&run.folder.path().join(".cache")).len(), 1);
}
