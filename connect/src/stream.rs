//! A socket of any kind, encrypted or not.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
#[cfg(feature = "tls")]
use tokio_rustls::client::TlsStream;

/// A socket to a server.
pub struct Stream(Kind);

enum Kind {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(crate) fn tcp(socket: TcpStream) -> Stream {
        Stream(Kind::Tcp(socket))
    }

    #[cfg(unix)]
    pub(crate) fn unix(socket: UnixStream) -> Stream {
        Stream(Kind::Unix(socket))
    }

    #[cfg(feature = "tls")]
    pub(crate) fn tls(stream: TlsStream<TcpStream>) -> Stream {
        Stream(Kind::Tls(Box::new(stream)))
    }

    /// The address of the server; `None` for a Unix socket.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        let address = match &self.0 {
            Kind::Tcp(socket) => socket.peer_addr(),
            #[cfg(unix)]
            Kind::Unix(_) => return None,
            #[cfg(feature = "tls")]
            Kind::Tls(stream) => stream.get_ref().0.peer_addr(),
        };
        address.ok().map(|address| address.ip())
    }

    /// The channel binding data, `tls-server-end-point` of the server's certificate. `None` if the connection is not encrypted.
    pub fn channel_binding(&self) -> Option<Vec<u8>> {
        #[cfg(feature = "tls")]
        if let Kind::Tls(stream) = &self.0 {
            let certificate = stream.get_ref().1.peer_certificates()?.first()?;
            return crate::channel_binding::of(certificate);
        }
        None
    }
}

/// Does the same with either kind.
macro_rules! each {
    ($self:ident, $stream:ident => $call:expr) => {
        match &mut $self.get_mut().0 {
            Kind::Tcp($stream) => $call,
            #[cfg(unix)]
            Kind::Unix($stream) => $call,
            #[cfg(feature = "tls")]
            Kind::Tls($stream) => apart(|| $call),
        }
    };
}

/// Never inlined, so that TLS's large stack frame is not part of the other kinds' calls.
#[cfg(feature = "tls")]
#[inline(never)]
fn apart<T>(call: impl FnOnce() -> T) -> T {
    call()
}

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, stream => Pin::new(stream).poll_write(cx, buf))
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    #[inline]
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
