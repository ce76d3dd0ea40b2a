//! A proxy that fails on demand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A proxy between clients and a server. It runs as long as the runtime.
pub struct Proxy {
    /// The configuration by which clients reach the server through it.
    pub config: Config,
    to_server: Arc<Lane>,
    to_client: Arc<Lane>,
}

/// The fault for the bytes in one direction, counted over all connections.
#[derive(Default)]
struct Lane(Mutex<Option<Fault>>);

/// A fault of the network.
#[derive(Clone, Copy)]
pub enum Fault {
    /// Closes the connection after this number of bytes.
    End { after: usize },
    /// Resets the connection after this number of bytes: data that was not read yet is lost.
    Reset { after: usize },
    /// Discards everything after this number of bytes.
    Silence { after: usize },
    /// Delivers one byte at a time.
    Drip,
}

impl Proxy {
    /// Starts a proxy for a server that is reached through a Unix socket.
    pub async fn start(server: &Config) -> Proxy {
        let Some(Host::Unix(folder)) = server.get_hosts().first() else { panic!("the server has a socket") };
        let port = server.get_ports().first().copied().unwrap_or(5432);
        let socket = folder.join(format!(".s.PGSQL.{port}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config::new();
        config.host("127.0.0.1").port(listener.local_addr().unwrap().port());
        config.user(server.get_user().unwrap()).dbname(server.get_dbname().unwrap());
        let (to_server, to_client) = (Arc::new(Lane::default()), Arc::new(Lane::default()));
        let lanes = (to_server.clone(), to_client.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (socket, lanes) = (socket.clone(), lanes.clone());
                tokio::spawn(async move {
                    // Without a server the client's connection is closed.
                    if let Ok(server) = UnixStream::connect(socket).await {
                        connect(client, server, &lanes.0, &lanes.1).await;
                    }
                });
            }
        });
        Proxy { config, to_server, to_client }
    }

    /// Applies a fault to the server's messages from now on.
    pub fn answers(&self, fault: Fault) {
        *self.to_client.0.lock().unwrap() = Some(fault);
    }

    /// Applies a fault to the clients' messages from now on.
    pub fn questions(&self, fault: Fault) {
        *self.to_server.0.lock().unwrap() = Some(fault);
    }

    /// Removes all faults, for new connections.
    pub fn heal(&self) {
        *self.to_client.0.lock().unwrap() = None;
        *self.to_server.0.lock().unwrap() = None;
    }
}

/// How one direction of a connection ended.
#[derive(PartialEq)]
enum End {
    Closed,
    Reset,
}

async fn connect(mut client: TcpStream, mut server: UnixStream, to_server: &Lane, to_client: &Lane) {
    let (from_client, for_client) = client.split();
    let (from_server, for_server) = server.split();
    let end = tokio::select! {
        end = to_server.carry(from_client, for_server) => end,
        end = to_client.carry(from_server, for_client) => end,
    };
    if end == End::Reset {
        let _ = client.set_zero_linger();
    }
}

impl Lane {
    async fn carry(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> End {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            // A fault after 0 bytes is due before anything was received.
            if let Some(end) = self.end_at(0) {
                return end;
            }
            let wait = tokio::time::timeout(Duration::from_millis(5), from.read(&mut buffer));
            let count = match wait.await {
                // Nothing was received, but a fault may have been set meanwhile.
                Err(_) => continue,
                Ok(Ok(count)) if count > 0 => count,
                Ok(_) => return End::Closed,
            };
            let (passed, drip) = self.take(count);
            let pieces = buffer[..passed].chunks(if drip { 1 } else { passed.max(1) });
            for piece in pieces {
                if to.write_all(piece).await.is_err() || to.flush().await.is_err() {
                    return End::Closed;
                }
                if drip {
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    fn end_at(&self, left: usize) -> Option<End> {
        match *self.0.lock().unwrap() {
            Some(Fault::End { after }) if after == left => Some(End::Closed),
            Some(Fault::Reset { after }) if after == left => Some(End::Reset),
            _ => None,
        }
    }

    /// The number of bytes to pass on, and whether one by one.
    fn take(&self, count: usize) -> (usize, bool) {
        match &mut *self.0.lock().unwrap() {
            None => (count, false),
            Some(Fault::Drip) => (count, true),
            Some(Fault::End { after } | Fault::Reset { after } | Fault::Silence { after }) => {
                let passed = count.min(*after);
                *after -= passed;
                (passed, false)
            }
        }
    }
}
