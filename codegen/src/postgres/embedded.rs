//! An embedded server. With a cached cluster it starts only when it is needed, or in the background as soon as this is to be
//! expected.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use sqlward_connect::Target;
use sqlward_server::{Binaries, Builder, Origin, Snapshot};
use tokio_postgres::config::SslMode;

use super::Cache;
use super::answers::Answers;
use crate::error::{Error, Result};

/// An embedded server, which may not be started yet.
pub(super) struct Embedded {
    binaries: Binaries,
    snapshot: Option<Arc<Snapshot>>,
    state: Mutex<State>,
}

struct State {
    process: Process,
    /// The content of its cluster, if it is to be cached.
    content: Option<Content>,
    /// Whether this content has been executed completely.
    is_complete: bool,
}

enum Process {
    /// It is not started: its cluster is in a snapshot.
    Resting,
    Starting(JoinHandle<sqlward_server::Result<sqlward_server::Server>>),
    Running(sqlward_server::Server),
    Failed,
}

/// What a cluster is made of: the texts of the schema and the settings, in order. It is the cache key.
struct Content {
    parts: Vec<Vec<u8>>,
    origin: Option<Origin>,
}

impl Embedded {
    /// A server with the cached cluster of these parts. Without one it is started, with an empty database.
    pub(super) fn with(binaries: Binaries, parts: &[&[u8]], cache: Cache) -> Result<Embedded> {
        let builder = builder(&binaries);
        let origin = (cache != Cache::Off).then(|| builder.origin(parts)).flatten();
        let snapshot =
            origin.as_ref().filter(|_| cache == Cache::On).and_then(Origin::snapshot).map(Arc::new);
        let process = match &snapshot {
            Some(_) => Process::Resting,
            None => Process::Running(builder.start()?),
        };
        let parts = || parts.iter().map(|part| part.to_vec()).collect();
        let content = (cache != Cache::Off).then(|| Content { parts: parts(), origin });
        let is_complete = snapshot.is_some();
        Ok(Embedded { binaries, snapshot, state: Mutex::new(State { process, content, is_complete }) })
    }

    pub(super) fn version(&self) -> u32 {
        self.binaries.version()
    }

    /// The cached cluster that it uses.
    pub(super) fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.snapshot.as_ref()
    }

    /// Says that the content of its cluster has been executed completely.
    pub(super) fn complete(&self) {
        self.state().is_complete = true;
    }

    /// Starts it in the background if it is not started. If it is never needed, it ends with its thread or with this process.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        if let (Process::Resting, Some(snapshot)) = (&state.process, self.snapshot.clone()) {
            let builder = builder(&self.binaries);
            // If no thread can be started, the server starts when it is needed.
            if let Ok(thread) = thread::Builder::new().spawn(move || builder.start_from(&snapshot)) {
                state.process = Process::Starting(thread);
            }
        }
    }

    /// The target of its only database. Waits until it is started.
    pub(super) fn target(&self) -> Result<Target> {
        self.begin();
        let mut state = self.state();
        state.process = match (std::mem::replace(&mut state.process, Process::Failed), &self.snapshot) {
            (Process::Starting(thread), _) => {
                Process::Running(thread.join().unwrap_or_else(|panic| resume_unwind(panic))?)
            }
            (Process::Resting, Some(snapshot)) => {
                Process::Running(builder(&self.binaries).start_from(snapshot)?)
            }
            (other, _) => other,
        };
        let Process::Running(server) = &state.process else {
            return Err(Error::new("the PostgreSQL server could not be started"));
        };
        Ok(target_of(server))
    }

    /// Shuts it down in the background. Its cluster and the answers are cached.
    pub(super) fn dismiss(&self, answers: &Answers) {
        let mut state = self.state();
        let content = state.content.take().filter(|_| state.is_complete);
        let Process::Running(server) = &mut state.process else { return };
        let kept = content.and_then(|content| Some((content, answers.note()?)));
        match (kept, &self.snapshot) {
            (Some((_, note)), Some(snapshot)) => server.replace_note(snapshot, &note),
            (Some((content, note)), None) => {
                // In the very first run the cache key could not be computed yet, since there was no cluster.
                let parts: Vec<&[u8]> = content.parts.iter().map(Vec::as_slice).collect();
                match content.origin.or_else(|| builder(&self.binaries).origin(&parts)) {
                    Some(origin) => server.save(&origin, &note),
                    None => server.dismiss(),
                }
            }
            (None, _) => server.dismiss(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The target of the only database of an embedded server.
pub(super) fn target_of(server: &sqlward_server::Server) -> Target {
    let mut config = tokio_postgres::Config::new();
    config.host_path(server.folder()).port(server.port()).user("postgres").dbname("template1");
    Target::from(config.ssl_mode(SslMode::Disable).clone())
}

fn builder(binaries: &Binaries) -> Builder {
    sqlward_server::Server::builder().in_memory().binaries(binaries.clone())
}
