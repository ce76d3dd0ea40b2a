//! Opens sockets to a [`Target`].

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::IpAddr;
#[cfg(feature = "tls")]
use std::sync::OnceLock;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio_postgres::config::{Host, LoadBalanceHosts};

use crate::stream::Stream;
use crate::target::{Target, When};
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// Opens sockets to a target.
pub struct Connector {
    target: Target,
    /// Certificates are read when the first connection needs them.
    #[cfg(feature = "tls")]
    tls: OnceLock<Tls>,
}

/// One of the servers of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    host: Option<Host>,
    address: Option<IpAddr>,
    port: u16,
}

impl Place {
    /// The same server, at the address to which the stream is connected.
    pub fn resolved(&self, stream: &Stream) -> Place {
        Place { address: stream.address().or(self.address), ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, &self.address) {
            (Some(Host::Tcp(host)), _) => write!(f, "{host}:{}", self.port),
            #[cfg(unix)]
            (Some(Host::Unix(folder)), _) => write!(f, "{} (port {})", folder.display(), self.port),
            (None, Some(address)) => write!(f, "{address}:{}", self.port),
            (None, None) => f.write_str("no host"),
        }
    }
}

impl Connector {
    /// Does not look up or read anything yet.
    pub fn new(target: Target) -> Connector {
        Connector {
            target,
            #[cfg(feature = "tls")]
            tls: OnceLock::new(),
        }
    }

    /// What it connects to.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The servers in the order in which they are tried, which is random if the target asks for that.
    pub fn places(&self) -> Vec<Place> {
        let config = &self.target.config;
        let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
        let place = |index| Place {
            host: hosts.get(index).cloned(),
            address: addresses.get(index).copied(),
            port: ports.get(index).or(ports.first()).copied().unwrap_or(5432),
        };
        let mut places: Vec<Place> = (0..hosts.len().max(addresses.len())).map(place).collect();
        if config.get_load_balance_hosts() == LoadBalanceHosts::Random {
            // The seed of a hash map is the standard library's source of randomness.
            let chance = RandomState::new();
            places.sort_by_cached_key(|place| chance.hash_one(place.to_string()));
        }
        places
    }

    /// A socket to that server, encrypted as the target asks and as the server can.
    pub async fn open(&self, place: &Place) -> io::Result<Stream> {
        let socket = match (&place.host, place.address) {
            #[cfg(unix)]
            (Some(Host::Unix(folder)), _) => {
                let path = folder.join(format!(".s.PGSQL.{}", place.port));
                return Ok(Stream::unix(UnixStream::connect(path).await?));
            }
            (_, Some(address)) => TcpStream::connect((address, place.port)).await?,
            (Some(Host::Tcp(name)), None) => TcpStream::connect((name.as_str(), place.port)).await?,
            (None, None) => return Err(io::Error::other("no host is given")),
        };
        self.tune(&socket)?;
        let name = match (&place.host, place.address) {
            (Some(Host::Tcp(name)), _) => name.clone(),
            (_, address) => address.map(|address| address.to_string()).unwrap_or_default(),
        };
        self.secure(socket, &name).await
    }

    /// Sends small messages at once, and detects dead peers.
    fn tune(&self, socket: &TcpStream) -> io::Result<()> {
        let config = &self.target.config;
        socket.set_nodelay(true)?;
        let socket = SockRef::from(socket);
        if config.get_keepalives() {
            let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
            #[cfg(not(windows))]
            if let Some(retries) = config.get_keepalives_retries() {
                keepalive = keepalive.with_retries(retries);
            }
            if let Some(interval) = config.get_keepalives_interval() {
                keepalive = keepalive.with_interval(interval);
            }
            socket.set_tcp_keepalive(&keepalive)?;
        }
        #[cfg(target_os = "linux")]
        if let Some(timeout) = config.get_tcp_user_timeout() {
            socket.set_tcp_user_timeout(Some(*timeout))?;
        }
        Ok(())
    }

    async fn secure(&self, mut socket: TcpStream, name: &str) -> io::Result<Stream> {
        let encryption = &self.target.encryption;
        if encryption.when == When::Never {
            return Ok(Stream::tcp(socket));
        }
        if cfg!(not(feature = "tls")) {
            return match encryption.when {
                When::Always => Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "the connection must be encrypted, but this program was built without the feature `tls`",
                )),
                When::Never | When::IfOffered => Ok(Stream::tcp(socket)),
            };
        }
        if !encryption.direct {
            /// SSLRequest: its length, and a number that is not a version of the protocol.
            const REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
            socket.write_all(&REQUEST).await?;
            // Exactly one byte: what follows must be encrypted.
            if socket.read_u8().await? != b'S' {
                return match encryption.when {
                    When::Always => Err(io::Error::other("the server does not encrypt connections")),
                    When::Never | When::IfOffered => Ok(Stream::tcp(socket)),
                };
            }
        }
        self.encrypt(socket, name).await
    }

    #[cfg(feature = "tls")]
    async fn encrypt(&self, socket: TcpStream, name: &str) -> io::Result<Stream> {
        let tls = match self.tls.get() {
            Some(tls) => tls,
            None => {
                let tls = Tls::new(&self.target.encryption)?;
                self.tls.get_or_init(|| tls)
            }
        };
        tls.encrypt(socket, name).await.map(Stream::tls)
    }

    #[cfg(not(feature = "tls"))]
    async fn encrypt(&self, _: TcpStream, _: &str) -> io::Result<Stream> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
