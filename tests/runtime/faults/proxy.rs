//! A network that fails when it is told to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Stands between a client and its server, for as long as the runtime lives.
pub struct Proxy {
    /// How to reach the server through it.
    pub config: Config,
    to_server: Arc<Lane>,
    to_client: Arc<Lane>,
}

/// What becomes of the bytes in one direction, on all connections together.
#[derive(Default)]
struct Lane(Mutex<Option<Fault>>);

/// What a network can do to who talks over it.
#[derive(Clone, Copy)]
pub enum Fault {
    /// Ends the connection after so many bytes: both sides see its end.
    End { after: usize },
    /// Resets it after so many bytes: what was not read yet is lost too.
    Reset { after: usize },
    /// Swallows everything after so many bytes.
    Silence { after: usize },
    /// Passes on one byte at a time.
    Drip,
}

impl Proxy {
    /// In front of a server that is reached through a socket of this machine.
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
                    // A server that is not there is a connection that ends.
                    if let Ok(server) = UnixStream::connect(socket).await {
                        connect(client, server, &lanes.0, &lanes.1).await;
                    }
                });
            }
        });
        Proxy { config, to_server, to_client }
    }

    /// From now on the server's answers meet this.
    pub fn answers(&self, fault: Fault) {
        *self.to_client.0.lock().unwrap() = Some(fault);
    }

    /// From now on what is asked of the server meets this.
    pub fn questions(&self, fault: Fault) {
        *self.to_server.0.lock().unwrap() = Some(fault);
    }

    /// All is well again, for new connections.
    pub fn heal(&self) {
        *self.to_client.0.lock().unwrap() = None;
        *self.to_server.0.lock().unwrap() = None;
    }
}

/// How a direction came to its end.
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
            // Whoever is to meet a fault after nothing at all does so before there is anything to pass on.
            if let Some(end) = self.end_at(0) {
                return end;
            }
            let wait = tokio::time::timeout(Duration::from_millis(5), from.read(&mut buffer));
            let count = match wait.await {
                // Nothing has come; a fault may have.
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

    /// How many of the bytes are passed on, and whether one by one.
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
