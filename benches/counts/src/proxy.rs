//! Counts round trips.

use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// A proxy between clients and a server, which counts how often a client waits for the server.
///
/// Answers are delayed a little. By then the client has sent everything that it sends without waiting for them.
pub struct Proxy {
    folder: PathBuf,
    trips: Arc<AtomicU64>,
}

impl Proxy {
    /// Starts a proxy for the server with this socket. The proxy's socket is in `folder`, which is created, and removed at the
    /// end.
    pub fn start(folder: PathBuf, server: PathBuf) -> io::Result<Proxy> {
        fs::create_dir(&folder)?;
        let listener = UnixListener::bind(folder.join(".s.PGSQL.5432"))?;
        let trips = Arc::new(AtomicU64::new(0));
        let counter = trips.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // On an error the client's connection is closed.
                let _ = serve(client, &server, &counter);
            }
        });
        Ok(Proxy { folder, trips })
    }

    /// The URL by which clients connect through it to `template1` as `postgres`.
    pub fn url(&self) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgresql://postgres@{folder}:5432/template1")
    }

    /// The number of times that clients have sent something after an answer.
    pub fn trips(&self) -> u64 {
        self.trips.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn serve(client: UnixStream, server: &Path, trips: &Arc<AtomicU64>) -> io::Result<()> {
    let server = UnixStream::connect(server)?;
    let (from_client, from_server) = (client.try_clone()?, server.try_clone()?);
    let answered = Arc::new(AtomicBool::new(true));
    let (waits, trips) = (answered.clone(), trips.clone());
    thread::spawn(move || {
        pass_on(from_client, server, || {
            if waits.swap(false, Ordering::SeqCst) {
                trips.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    thread::spawn(move || {
        pass_on(from_server, client, || {
            thread::sleep(Duration::from_millis(1));
            answered.store(true, Ordering::SeqCst);
        })
    });
    Ok(())
}

/// Copies bytes until the end of the stream. `seen` is called before each piece is passed on.
fn pass_on(mut from: UnixStream, mut to: UnixStream, seen: impl Fn()) {
    let mut room = [0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut room) {
        seen();
        if to.write_all(&room[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
