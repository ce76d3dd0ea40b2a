//! What a server is made of.

use crate::binaries::Binaries;
use crate::error::Result;
use crate::server::Server;
use crate::snapshot::Snapshot;

/// A server that is to be started. It takes what [`Server::builder`] says as it is, unless told otherwise here.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    pub(crate) binaries: Option<Binaries>,
    pub(crate) tcp: bool,
    pub(crate) in_memory: bool,
    pub(crate) settings: Vec<String>,
    pub(crate) files: Vec<(String, String)>,
}

impl Builder {
    /// Runs these programs instead of [`Binaries::find`]'s.
    pub fn binaries(mut self, binaries: Binaries) -> Builder {
        self.binaries = Some(binaries);
        self
    }

    /// Listens on 127.0.0.1 too, at a port that nobody else has: see [`Server::port`].
    pub fn tcp(mut self) -> Builder {
        self.tcp = true;
        self
    }

    /// Keeps its files in memory, where this machine has a folder for that (`/dev/shm`) with room for a gigabyte. To
    /// make and remove databases there takes no time of a disk.
    pub fn in_memory(mut self) -> Builder {
        self.in_memory = true;
        self
    }

    /// Sets one of PostgreSQL's settings, over those that every server gets here.
    pub fn setting(mut self, name: &str, value: &str) -> Builder {
        self.settings.push(format!("{name}={value}"));
        self
    }

    /// Puts a file into the server's data folder before it starts, over what is there: `pg_hba.conf` for who may
    /// connect how. Relative paths in settings begin in that folder.
    pub fn file(mut self, name: &str, text: &str) -> Builder {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Encrypts connections over TCP with that certificate and key, both as the text of a PEM file.
    pub fn tls(self, certificate: &str, key: &str) -> Builder {
        let with_files = self.file("server.crt", certificate).file("server.key", key);
        with_files.setting("ssl", "on")
    }

    /// Starts the server and waits until it accepts connections.
    ///
    /// Fails where this machine has no PostgreSQL, no folder to run it in or no user to run it, and with the server's
    /// own words where it does not start.
    pub fn start(&self) -> Result<Server> {
        Server::make(self, self.programs()?)
    }

    /// As [`start`](Builder::start), with the cluster of a snapshot.
    ///
    /// Fails also where the snapshot is no longer there, or not whole.
    pub fn start_from(&self, snapshot: &Snapshot) -> Result<Server> {
        Server::from_snapshot(self, self.programs()?, snapshot)
    }

    fn programs(&self) -> Result<Binaries> {
        self.binaries.clone().map_or_else(Binaries::find, Ok)
    }
}
