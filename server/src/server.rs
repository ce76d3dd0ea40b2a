//! A running server.
//!
//! A shell owns it (`supervisor.sh`), not we: it notices when this process ends, however that happens.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt as _, fchown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::binaries::Binaries;
use crate::builder::Builder;
use crate::cluster::{self, SUPERVISOR};
use crate::error::{Error, Result};
use crate::greet::greet;
use crate::place::{self, Account};
use crate::snapshot::{self, Origin, Snapshot};

/// A server of our own, which ends when this is dropped or the process ends in any other way.
///
/// Its superuser is `postgres`, without a password, and its only database is `template1`.
pub struct Server {
    home: PathBuf,
    port: u16,
    binaries: Binaries,
    account: Account,
    supervisor: Child,
    /// Ends with the last process of the server; what they, or the supervisor before them, wrote.
    output: Option<JoinHandle<String>>,
}

/// How to end a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Its sessions are ended, their transactions rolled back, and what was committed is on disk.
    Fast,
    /// Its sessions are ended with a warning, and the next start recovers from the log.
    Immediate,
    /// The postmaster is killed by SIGKILL and its sessions die with it, without a word to their clients.
    Kill,
}

impl Server {
    /// A server with PostgreSQL's newest version on this machine, reached through a socket alone, with settings that
    /// count on nothing having to survive a crash of the machine.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// How any client connects to `template1` as `postgres`, through the socket.
    pub fn url(&self) -> String {
        let encoded = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        };
        let folder: String = self.home.as_os_str().as_encoded_bytes().iter().copied().map(encoded).collect();
        format!("postgresql://postgres@{folder}:{}/template1", self.port)
    }

    /// The folder of its socket, which clients take as their host; in it, `data` is the data folder.
    pub fn folder(&self) -> &Path {
        &self.home
    }

    /// Names the socket, and is the port of 127.0.0.1 if it listens there.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The programs that it runs.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// Ends the server and waits until no process of it is left; its data stay for [`start`](Server::start). Does
    /// nothing if it does not run.
    ///
    /// Fails when it does not end within two minutes.
    pub fn stop(&mut self, how: Stop) -> Result<()> {
        let Some(output) = self.output.take() else { return Ok(()) };
        let signal = match how {
            Stop::Fast => "INT",
            Stop::Immediate => "QUIT",
            Stop::Kill => "KILL",
        };
        self.command(signal.as_bytes())?;
        if !within_limit(|| output.is_finished()) {
            self.output = Some(output);
            return Err(Error::new(
                "the PostgreSQL server does not end",
                "see which of its processes are left",
            ));
        }
        Ok(())
    }

    /// Starts the server again, with the same data, socket and port, and waits until it accepts connections. Does
    /// nothing if it runs.
    ///
    /// Fails with the server's own words if it does not start.
    pub fn start(&mut self) -> Result<()> {
        if self.output.as_ref().is_some_and(|output| !output.is_finished()) {
            return Ok(());
        }
        let left = self.status();
        self.command(b"start")?;
        let fifo = self.home.join("output");
        self.output = Some(thread::spawn(move || read_tail(&fifo)));
        self.wait_until_ready(&left)
    }

    /// Begins to end the server for good and to remove its files, without waiting for it, as dropping does.
    pub fn dismiss(&mut self) {
        drop(self.supervisor.stdin.take());
    }

    /// Ends the server for good, as [`dismiss`](Server::dismiss) does, and has its cluster kept, with a note, under what
    /// it was made of. What cannot be kept is not: a later run makes it anew.
    pub fn save(&mut self, origin: &Origin, note: &[u8]) {
        let path = origin.new_folder();
        if self.is_self_contained() && self.put_note(origin.key(), note).is_ok() {
            let _ = self.command(&[b"save ", path.as_os_str().as_encoded_bytes()].concat());
        }
        self.dismiss();
    }

    /// Ends the server for good, as [`dismiss`](Server::dismiss) does, and replaces the note of the snapshot that it was
    /// started from.
    pub fn replace_note(&mut self, snapshot: &Snapshot, note: &[u8]) {
        if self.put_note(snapshot.key(), note).is_ok() {
            let _ = self.command(&[b"note ", snapshot.folder().as_os_str().as_encoded_bytes()].concat());
        }
        self.dismiss();
    }

    /// Whether its cluster would be the same elsewhere and later: nothing of it stands outside of its folder, and no
    /// setting waits for the next start.
    fn is_self_contained(&self) -> bool {
        let data = self.home.join("data");
        let no_tablespace =
            fs::read_dir(data.join("pg_tblspc")).is_ok_and(|mut found| found.next().is_none());
        let settings = fs::read_to_string(data.join("postgresql.auto.conf"));
        no_tablespace && settings.is_ok_and(|text| text.lines().all(|line| line.starts_with('#')))
    }

    /// Puts beside the cluster what becomes a part of its snapshot.
    fn put_note(&self, key: &[u8], note: &[u8]) -> io::Result<()> {
        self.put("key")?.write_all(key)?;
        snapshot::write_note(&mut self.put("note")?, key, note)
    }

    /// Starts a server with the cluster of a snapshot.
    pub(crate) fn from_snapshot(plan: &Builder, binaries: Binaries, snapshot: &Snapshot) -> Result<Server> {
        Server::launch(plan, &binaries, &Account::for_server(), Start::From(snapshot))
    }

    /// Starts a server with a copy of a kept cluster, or with a new one, which it keeps.
    pub(crate) fn make(plan: &Builder, binaries: Binaries) -> Result<Server> {
        let account = Account::for_server();
        let kept = place::cache(&account).map(|cache| cache.join(cluster::name(&binaries)));
        if let Some(kept) = kept.as_deref().filter(|kept| kept.is_dir()) {
            match Server::launch(plan, &binaries, &account, Start::With(Some(kept))) {
                Ok(server) => return Ok(server),
                // Someone may have removed a part of what was kept: a tool that tidies caches up. Made anew, it
                // tells whether that was the reason.
                Err(_) => drop(fs::remove_dir_all(kept)),
            }
        }
        Server::launch(plan, &binaries, &account, Start::With(kept.as_deref()))
    }

    fn launch(plan: &Builder, binaries: &Binaries, account: &Account, start: Start<'_>) -> Result<Server> {
        let home = place::new_home(account, plan.in_memory)?;
        let port = if plan.tcp { free_port()? } else { 5432 };
        let (template, kept) = match start {
            Start::With(Some(kept)) if kept.is_dir() => (Some(cluster::archive(kept)), None),
            Start::With(kept) => (None, kept),
            Start::From(snapshot) => (Some(cluster::archive(snapshot.folder())), None),
        };
        let partial = kept.and_then(cluster::new_partial);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SUPERVISOR, "sqlward-supervisor"]).arg(&home);
        command.args([&template, &partial].map(|path| path.as_deref().unwrap_or(Path::new(""))));
        command.arg(&binaries.folder).arg(cluster::initdb(binaries)).args(["-p", &port.to_string()]);
        let listen = plan.tcp.then_some("listen_addresses=127.0.0.1");
        let own = plan.settings.iter().map(String::as_str);
        for setting in cluster::settings(binaries).chain(listen).chain(own) {
            command.args(["-c", setting]);
        }
        // Ctrl-C goes to the terminal's foreground group, and the supervisor has to outlive that.
        command.process_group(0).current_dir("/");
        if account.other.is_some() {
            command.uid(account.uid).gid(account.gid);
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").env("TZ", "UTC");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let supervisor = command.spawn().map_err(|error| {
            let who = account.other.as_deref().map(|name| format!(" as the user {name}")).unwrap_or_default();
            Error::new(format!("cannot start a PostgreSQL server{who}"), "run this as another user")
                .because(error)
        })?;
        let (binaries, account) = (binaries.clone(), account.clone());
        let mut server = Server { home, port, binaries, account, supervisor, output: None };
        server.wait_until_made()?;
        if let Start::From(snapshot) = start
            && fs::read(server.home.join("key")).ok().as_deref() != Some(snapshot.key())
        {
            return Err(server.failed().because("what was kept of it is not whole"));
        }
        for (name, text) in &plan.files {
            let written =
                server.put(&format!("data/{name}")).and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| server.failed().because(error))?;
        }
        server.start()?;
        if let Start::With(_) = start {
            // It also shows that the copy of a kept cluster is whole.
            greet(&server.home.join(format!(".s.PGSQL.{port}")))
                .map_err(|error| server.failed().because(error))?;
        }
        if let Some((partial, kept)) = partial.zip(kept) {
            // Another run may have been first; the supervisor removes what is not taken.
            let _ = fs::rename(partial, kept);
        }
        Ok(server)
    }

    fn wait_until_made(&mut self) -> Result<()> {
        let output = self.supervisor.stdout.take().expect("a pipe was asked for");
        let output = thread::spawn(move || tail(output));
        if !within_limit(|| output.is_finished()) {
            return Err(self.failed().because("its files are not made in time"));
        }
        let words = output.join().unwrap_or_default();
        if words.ends_with("made\n") { Ok(()) } else { Err(self.failed().because(words.trim())) }
    }

    /// A new file in its home that is the server's alone, instead of what is there.
    fn put(&self, name: &str) -> io::Result<File> {
        let path = self.home.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        if self.account.other.is_some() {
            fchown(&file, Some(self.account.uid), Some(self.account.gid))?;
        }
        Ok(file)
    }

    /// The postmaster's file says it, in its eighth line, unless it still is the one that an earlier server left.
    fn wait_until_ready(&mut self, left: &str) -> Result<()> {
        let is_ready =
            |text: String| text != left && text.lines().nth(7).is_some_and(|line| line.trim_end() == "ready");
        let mut ended = false;
        let decided = within_limit(|| {
            ended = self.output.as_ref().is_none_or(JoinHandle::is_finished);
            ended || is_ready(self.status())
        });
        if ended {
            let output = self.output.take().and_then(|output| output.join().ok()).unwrap_or_default();
            return Err(self.failed().because(output.trim()));
        }
        if decided { Ok(()) } else { Err(self.failed().because("it is not ready in time")) }
    }

    /// The postmaster's file; empty where there is none.
    fn status(&self) -> String {
        fs::read_to_string(self.home.join("data/postmaster.pid")).unwrap_or_default()
    }

    fn command(&mut self, line: &[u8]) -> Result<()> {
        let sent = match &mut self.supervisor.stdin {
            Some(input) => input.write_all(&[line, b"\n"].concat()),
            None => Err(io::Error::other("it was dismissed")),
        };
        sent.map_err(|error| {
            Error::new("the supervisor of the PostgreSQL server is gone", "see what has ended it")
                .because(error)
        })
    }

    fn failed(&self) -> Error {
        Error::new(
            format!("cannot start the PostgreSQL server in {}", self.binaries.folder.display()),
            "set SQLWARD_POSTGRES_BIN to the bin folder of another version",
        )
    }
}

impl Drop for Server {
    /// Has the server stopped and its files removed, and waits for it.
    fn drop(&mut self) {
        self.dismiss();
        let _ = self.supervisor.wait();
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url())
            .field("binaries", &self.binaries)
            .finish_non_exhaustive()
    }
}

/// What a server starts with.
#[derive(Clone, Copy)]
enum Start<'a> {
    /// An empty cluster, which is to be found, or kept, there.
    With(Option<&'a Path>),
    /// The cluster of a snapshot.
    From(&'a Snapshot),
}

/// Waits until something is so; whether it came to that in time.
fn within_limit(mut done: impl FnMut() -> bool) -> bool {
    /// Far beyond what a busy machine needs for `initdb`.
    const LIMIT: Duration = Duration::from_secs(120);
    let begin = Instant::now();
    while !done() {
        if begin.elapsed() > LIMIT {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

/// A port of 127.0.0.1 at which nobody listens.
fn free_port() -> Result<u16> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let error =
        |error| Error::new("there is no free port on 127.0.0.1", "see what has taken them").because(error);
    Ok(address.map_err(error)?.port())
}

/// The end of what is written into a FIFO, once nobody writes there any more.
fn read_tail(fifo: &Path) -> String {
    File::open(fifo).map(tail).unwrap_or_else(|error| error.to_string())
}

/// Reads to the end, so that the writer never waits, and keeps the last of it.
fn tail(mut output: impl Read) -> String {
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
