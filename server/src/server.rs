//! A running server.
//!
//! It is a child of a shell script (`supervisor.sh`), not of this process. The script notices when this process ends, in
//! whatever way, and ends the server.

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

/// A private server, which ends when this is dropped or the process ends in any other way.
///
/// Its superuser is `postgres`, without a password, and its only database is `template1`.
pub struct Server {
    home: PathBuf,
    port: u16,
    binaries: Binaries,
    account: Account,
    supervisor: Child,
    /// The thread that reads the output of the supervisor and the server. It ends with the last process of the server, and
    /// returns the end of the output.
    output: Option<JoinHandle<String>>,
}

/// How to end a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A fast shutdown: transactions are rolled back, sessions are ended, and the data is written to disk.
    Fast,
    /// An immediate shutdown: sessions are ended with a warning, and the next start recovers from the log.
    Immediate,
    /// The postmaster is killed by SIGKILL. Its sessions end without a message to their clients.
    Kill,
}

impl Server {
    /// The configuration of a server of the newest version on this machine, which is reached only through a socket, and whose
    /// data need not survive a crash of the machine.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The URL by which clients connect to `template1` as `postgres` through the socket.
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

    /// The folder of its socket, which is the host for clients. Its data folder is `data` in it.
    pub fn folder(&self) -> &Path {
        &self.home
    }

    /// The port in the name of the socket, and of 127.0.0.1 if it listens there.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The programs that it runs.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// Ends the server and waits until no process of it is left. Its data stays for [`start`](Server::start). Does nothing if
    /// it is not running.
    ///
    /// # Errors
    /// It does not end within two minutes.
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
                "the PostgreSQL server did not stop",
                "check which of its processes are still running",
            ));
        }
        Ok(())
    }

    /// Starts the server again, with the same data, socket and port, and waits until it accepts connections. Does nothing if
    /// it is running.
    ///
    /// # Errors
    /// It does not start, for the reason in its output.
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

    /// Ends the server for good and removes its files, without waiting for this. Dropping waits.
    pub fn dismiss(&mut self) {
        drop(self.supervisor.stdin.take());
    }

    /// Like [`dismiss`](Server::dismiss), and makes a snapshot of its cluster, with a note, under this origin. If this fails,
    /// there is no snapshot, and a later run creates the cluster anew.
    pub fn save(&mut self, origin: &Origin, note: &[u8]) {
        let path = origin.new_folder();
        if self.is_self_contained() && self.put_note(origin.key(), note).is_ok() {
            let _ = self.command(&[b"save ", path.as_os_str().as_encoded_bytes()].concat());
        }
        self.dismiss();
    }

    /// Like [`dismiss`](Server::dismiss), and replaces the note of the snapshot that it was started from.
    pub fn replace_note(&mut self, snapshot: &Snapshot, note: &[u8]) {
        if self.put_note(snapshot.key(), note).is_ok() {
            let _ = self.command(&[b"note ", snapshot.folder().as_os_str().as_encoded_bytes()].concat());
        }
        self.dismiss();
    }

    /// Whether its cluster can be copied: nothing of it is outside of its folder, and no setting waits for the next start.
    fn is_self_contained(&self) -> bool {
        let data = self.home.join("data");
        let no_tablespace =
            fs::read_dir(data.join("pg_tblspc")).is_ok_and(|mut found| found.next().is_none());
        let settings = fs::read_to_string(data.join("postgresql.auto.conf"));
        no_tablespace && settings.is_ok_and(|text| text.lines().all(|line| line.starts_with('#')))
    }

    /// Writes the files of a snapshot into its home, beside the cluster.
    fn put_note(&self, key: &[u8], note: &[u8]) -> io::Result<()> {
        self.put("key")?.write_all(key)?;
        snapshot::write_note(&mut self.put("note")?, key, note)
    }

    /// Starts a server with the cluster of a snapshot.
    pub(crate) fn from_snapshot(plan: &Builder, binaries: Binaries, snapshot: &Snapshot) -> Result<Server> {
        Server::launch(plan, &binaries, &Account::for_server(), Start::From(snapshot))
    }

    /// Starts a server with a copy of a cached empty cluster, or with a new one, which is then cached.
    pub(crate) fn make(plan: &Builder, binaries: Binaries) -> Result<Server> {
        let account = Account::for_server();
        let kept = place::cache(&account).map(|cache| cache.join(cluster::name(&binaries)));
        if let Some(kept) = kept.as_deref().filter(|kept| kept.is_dir()) {
            match Server::launch(plan, &binaries, &account, Start::With(Some(kept))) {
                Ok(server) => return Ok(server),
                // The cached cluster may be damaged, for instance by a tool that cleans caches up. A new one shows whether
                // that was the reason.
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
        // Ctrl-C is sent to the terminal's foreground process group, and must not end the supervisor.
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
            // This also shows that the copy of a cached cluster is complete.
            greet(&server.home.join(format!(".s.PGSQL.{port}")))
                .map_err(|error| server.failed().because(error))?;
        }
        if let Some((partial, kept)) = partial.zip(kept) {
            // This fails if another run was first. Then the supervisor removes the folder.
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

    /// Creates a file in its home that only the server's user can read, and replaces an existing one.
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

    /// Waits until the eighth line of `postmaster.pid` says that the server is ready. `left` is the content of a file that an
    /// earlier server has left.
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

    /// The content of `postmaster.pid`; empty if there is none.
    fn status(&self) -> String {
        fs::read_to_string(self.home.join("data/postmaster.pid")).unwrap_or_default()
    }

    fn command(&mut self, line: &[u8]) -> Result<()> {
        let sent = match &mut self.supervisor.stdin {
            Some(input) => input.write_all(&[line, b"\n"].concat()),
            None => Err(io::Error::other("it was dismissed")),
        };
        sent.map_err(|error| {
            Error::new("the supervisor of the PostgreSQL server has exited", "check what has stopped it")
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
    /// Ends the server, removes its files, and waits for this.
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

/// The cluster that a server starts with.
#[derive(Clone, Copy)]
enum Start<'a> {
    /// An empty cluster. It is cached in this folder, if there is one.
    With(Option<&'a Path>),
    /// The cluster of a snapshot.
    From(&'a Snapshot),
}

/// Waits until `done` returns true. Returns whether this happened in time.
fn within_limit(mut done: impl FnMut() -> bool) -> bool {
    /// Much longer than a busy machine needs for `initdb`.
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

/// A free port of 127.0.0.1.
fn free_port() -> Result<u16> {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let error = |error| Error::new("no free port on 127.0.0.1", "check what is using them").because(error);
    Ok(address.map_err(error)?.port())
}

/// The end of the output in a FIFO. Reads until no process has it open for writing.
fn read_tail(fifo: &Path) -> String {
    File::open(fifo).map(tail).unwrap_or_else(|error| error.to_string())
}

/// The end of some output. All of it is read, so that the writer never blocks.
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
