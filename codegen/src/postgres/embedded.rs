//! A server of our own: made in a private folder, reachable through a socket in it, and gone when we are.
//!
//! A shell owns it (`supervisor.sh`), not we: it notices when this process ends, however that happens.

use std::fs;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest, Sha256};
use sqlward_connect::Target;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::binaries::Binaries;
use super::connection::Connection;
use super::place::{self, Account};
use crate::error::{Error, Result};

const SUPERVISOR: &str = include_str!("supervisor.sh");

/// The same cluster on every machine.
const INITDB: &str = "--username=postgres --auth=trust --encoding=UTF8 --locale=C \
    --no-sync --no-instructions --wal-segsize=1";

/// Nothing has to survive a crash, nobody connects from elsewhere, and starting counts more than running.
const SERVER: [&str; 26] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=40",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    "jit=off",
    "shared_buffers=32MB",
    "huge_pages=off",
    // A schema is one transaction with a lock on everything that it makes.
    "max_locks_per_transaction=512",
    "max_worker_processes=0",
    "max_logical_replication_workers=0",
    // Files in the cluster's own folder, which go with it, instead of segments in /dev/shm.
    "shared_memory_type=mmap",
    "dynamic_shared_memory_type=mmap",
    "restart_after_crash=off",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=fatal",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
];

/// A running server of our own.
pub(super) struct Embedded {
    home: PathBuf,
    port: u16,
    supervisor: Child,
    /// Ends with the server; what the server and the supervisor wrote.
    output: Option<JoinHandle<String>>,
}

impl Embedded {
    /// Starts one and waits until it accepts connections.
    pub(super) fn start(binaries: &Binaries) -> Result<Embedded> {
        Plan { binaries, account: Account::for_server(), port: 5432, settings: &[] }.carry_out()
    }

    /// How to connect to its only database.
    pub(super) fn target(&self) -> Target {
        let mut config = Config::new();
        config
            .host_path(&self.home)
            .port(self.port)
            .user("postgres")
            .dbname("template1")
            .ssl_mode(SslMode::Disable);
        Target::from(config)
    }

    fn wait_until_ready(&mut self, binaries: &Binaries) -> Result<()> {
        /// Far beyond what a busy machine needs for `initdb`.
        const LIMIT: Duration = Duration::from_secs(120);
        let begin = Instant::now();
        let failed =
            || Error::new(format!("cannot start the PostgreSQL server in {}", binaries.folder.display()));
        loop {
            if self.is_ready() {
                return Ok(());
            }
            if self.output.as_ref().is_none_or(JoinHandle::is_finished) {
                let output = self.output.take().and_then(|output| output.join().ok()).unwrap_or_default();
                return Err(failed().because(output.trim()).help(
                    "set SQLWARD_POSTGRES_BIN to the bin folder of another version, or SQLWARD_DATABASE_URL to a server",
                ));
            }
            if begin.elapsed() > LIMIT {
                return Err(failed().because(format!("it is not ready after {} s", LIMIT.as_secs())));
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The postmaster's file says it, in its eighth line.
    fn is_ready(&self) -> bool {
        fs::read_to_string(self.home.join("data/postmaster.pid"))
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|status| status.trim_end() == "ready"))
    }
}

impl Drop for Embedded {
    /// Has the server stopped and its files removed, and waits for it.
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// What a server is made of.
pub(super) struct Plan<'a> {
    pub(super) binaries: &'a Binaries,
    pub(super) account: Account,
    /// Names the socket.
    pub(super) port: u16,
    /// `name=value`, beyond those that every server gets.
    pub(super) settings: &'a [&'a str],
}

impl Plan<'_> {
    pub(super) fn carry_out(&self) -> Result<Embedded> {
        let initdb = match self.binaries.version {
            // What PostgreSQL 18 computes by default, nobody needs here.
            180_000.. => format!("{INITDB} --no-data-checksums"),
            _ => INITDB.to_owned(),
        };
        let template =
            place::cache(&self.account).map(|cache| cache.join(template_name(self.binaries, &initdb)));
        if let Some(kept) = template.as_deref().filter(|template| template.is_dir()) {
            match self.launch(&initdb, Some(kept)) {
                Ok(server) => return Ok(server),
                // Someone may have removed a part of what was kept: a tool that tidies caches up. Made anew, it
                // tells whether that was the reason.
                Err(_) => drop(fs::remove_dir_all(kept)),
            }
        }
        self.launch(&initdb, template.as_deref())
    }

    fn launch(&self, initdb: &str, template: Option<&Path>) -> Result<Embedded> {
        let home = place::new_home(&self.account)?;
        let partial = template.filter(|template| !template.is_dir()).and_then(new_partial);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SUPERVISOR, "sqlward-supervisor"]).arg(&home);
        command.arg(template.unwrap_or(Path::new(""))).arg(partial.as_deref().unwrap_or(Path::new("")));
        command.arg(&self.binaries.folder).arg(initdb);
        // PostgreSQL 18 would start processes that do its reading.
        let io_method = (self.binaries.version >= 180_000).then_some("io_method=sync");
        command.args(["-p", &self.port.to_string()]);
        for setting in SERVER.iter().chain(&io_method).chain(self.settings) {
            command.args(["-c", setting]);
        }
        // Ctrl-C goes to the terminal's foreground group, and the supervisor has to outlive that.
        command.process_group(0).current_dir("/");
        if self.account.other.is_some() {
            command.uid(self.account.uid).gid(self.account.gid);
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").env("TZ", "UTC");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut supervisor = command.spawn().map_err(|error| {
            let who =
                self.account.other.as_deref().map(|name| format!(" as the user {name}")).unwrap_or_default();
            Error::new(format!("cannot start a PostgreSQL server{who}"))
                .because(error)
                .help("run sqlward as another user, or set SQLWARD_DATABASE_URL")
        })?;
        let output = supervisor.stdout.take().map(|output| thread::spawn(move || read_tail(output)));
        let mut server = Embedded { home, port: self.port, supervisor, output };
        server.wait_until_ready(self.binaries)?;
        // The first session also shows that the copy of a kept cluster is whole.
        drop(Connection::open(&server.target())?);
        if let Some((partial, template)) = partial.zip(template) {
            // Another run may have been first; the supervisor removes what is not taken.
            let _ = fs::rename(partial, template);
        }
        Ok(server)
    }
}

/// Names what a kept cluster depends on.
fn template_name(binaries: &Binaries, initdb: &str) -> String {
    let folder = binaries.folder.canonicalize().unwrap_or_else(|_| binaries.folder.clone());
    let mut digest = Sha256::new();
    for part in [
        binaries.banner.as_bytes(),
        folder.as_os_str().as_encoded_bytes(),
        initdb.as_bytes(),
        SUPERVISOR.as_bytes(),
    ] {
        digest.update(part);
        digest.update([0]);
    }
    let digest = digest.finalize();
    let key = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("postgres-{}-{key}", binaries.version)
}

/// Where a new cluster is put before it is complete. What earlier runs left there, of which a power failure ended
/// the supervisor too, is removed.
fn new_partial(template: &Path) -> Option<PathBuf> {
    const PREFIX: &str = "partial-";
    /// Nobody copies for so long.
    const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);
    let cache = template.parent()?;
    for entry in fs::read_dir(cache).ok()?.flatten() {
        let age = || SystemTime::now().duration_since(entry.metadata().ok()?.modified().ok()?).ok();
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && age().is_some_and(|age| age > ABANDONED)
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Some(cache.join(place::random_name(PREFIX)))
}

/// Reads to the end, so that the writer never waits, and keeps the last of it.
fn read_tail(mut output: impl Read) -> String {
    const KEPT: usize = 16 * 1024;
    let mut tail = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match output.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => tail.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
        tail.drain(..tail.len().saturating_sub(KEPT));
    }
    String::from_utf8_lossy(&tail).into_owned()
}
