//! The configuration of a server that is to be started.

use crate::binaries::Binaries;
use crate::error::Result;
use crate::server::Server;
use crate::snapshot::Snapshot;

/// The configuration of a server. [`Server::builder`] describes the defaults.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    pub(crate) binaries: Option<Binaries>,
    pub(crate) tcp: bool,
    pub(crate) in_memory: bool,
    pub(crate) settings: Vec<String>,
    pub(crate) files: Vec<(String, String)>,
}

impl Builder {
    /// Uses these programs instead of those of [`Binaries::find`].
    pub fn binaries(mut self, binaries: Binaries) -> Builder {
        self.binaries = Some(binaries);
        self
    }

    /// Also listens on 127.0.0.1, on a free port: see [`Server::port`].
    pub fn tcp(mut self) -> Builder {
        self.tcp = true;
        self
    }

    /// Keeps its files in memory if `/dev/shm` exists and has a gigabyte of free space. Creating and removing databases
    /// then does not wait for a disk.
    pub fn in_memory(mut self) -> Builder {
        self.in_memory = true;
        self
    }

    /// Sets a setting of PostgreSQL. It overrides the defaults of this crate.
    pub fn setting(mut self, name: &str, value: &str) -> Builder {
        self.settings.push(format!("{name}={value}"));
        self
    }

    /// Writes a file into the server's data folder before it starts, and replaces an existing one, such as `pg_hba.conf`.
    /// Relative paths in settings are relative to that folder.
    pub fn file(mut self, name: &str, text: &str) -> Builder {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Enables encryption for connections over TCP, with a certificate and a key in PEM format.
    pub fn tls(self, certificate: &str, key: &str) -> Builder {
        let with_files = self.file("server.crt", certificate).file("server.key", key);
        with_files.setting("ssl", "on")
    }

    /// Starts the server and waits until it accepts connections.
    ///
    /// # Errors
    /// There is no PostgreSQL, no folder to run it in, or no user to run it; or it does not start, for the reason in its
    /// output.
    pub fn start(&self) -> Result<Server> {
        Server::make(self, self.programs()?)
    }

    /// Like [`start`](Builder::start), with the cluster of a snapshot.
    ///
    /// # Errors
    /// Those of [`start`](Builder::start), or the snapshot was removed or is damaged.
    pub fn start_from(&self, snapshot: &Snapshot) -> Result<Server> {
        Server::from_snapshot(self, self.programs()?, snapshot)
    }

    fn programs(&self) -> Result<Binaries> {
        self.binaries.clone().map_or_else(Binaries::find, Ok)
    }
}
