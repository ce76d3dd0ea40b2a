//! The streams that `tokio-postgres` runs on.

use std::future::{self, Ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sqlward_connect::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::opaque::Masked;
use super::preamble::Prefixed;

/// A stream to the server, encrypted if that was configured.
pub(super) enum Wire {
    Plain(Prefixed<Stream>),
    /// With types that are not built in hidden.
    Masked(Masked),
}

impl Wire {
    pub(super) fn new(stream: Prefixed<Stream>, masked: bool) -> Wire {
        if masked { Wire::Masked(Masked::new(stream)) } else { Wire::Plain(stream) }
    }

    fn stream(&self) -> &Prefixed<Stream> {
        match self {
            Wire::Plain(stream) | Wire::Masked(Masked { stream, .. }) => stream,
        }
    }

    fn stream_mut(self: Pin<&mut Self>) -> Pin<&mut Prefixed<Stream>> {
        match self.get_mut() {
            Wire::Plain(stream) | Wire::Masked(Masked { stream, .. }) => Pin::new(stream),
        }
    }
}

impl AsyncRead for Wire {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Wire::Masked(masked) => masked.poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.stream_mut().poll_write(cx, buf)
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream_mut().poll_flush(cx)
    }

    #[inline]
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream_mut().poll_shutdown(cx)
    }
}

impl TlsStream for Wire {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream()
            .stream
            .channel_binding()
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// The stream of a cancel request. Like libpq, it waits for the server to close it first: a pooler may drop a request whose
/// sender is gone, and PgBouncer 1.18 crashes then.
pub(super) struct Errand(pub(super) Stream);

impl AsyncRead for Errand {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Errand {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    /// Waits for the server to close the stream.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut room = [0; 64];
            let mut read = ReadBuf::new(&mut room);
            // An error ends it as well.
            if ready!(self.as_mut().poll_read(cx, &mut read)).is_err() || read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl TlsStream for Errand {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

/// The TLS connector for `tokio-postgres`, which has nothing left to do: the stream is encrypted already if it has to be.
pub(super) struct Secured;

impl<S: TlsStream + Unpin> TlsConnect<S> for Secured {
    type Stream = S;
    type Error = io::Error;
    type Future = Ready<io::Result<S>>;

    fn connect(self, stream: S) -> Self::Future {
        future::ready(Ok(stream))
    }
}
