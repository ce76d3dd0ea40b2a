//! Sends and receives protocol messages over a socket, in a session that has begun.

use std::io;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A socket of any kind, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

/// A connection to a server, as a stream of messages.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    received: BytesMut,
}

/// Whether more messages are expected.
pub(super) enum More {
    Yes,
    No,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        Wire { stream, received: BytesMut::new() }
    }

    /// Sends messages without reading. Only for messages that the server reads completely before it answers, since otherwise
    /// both sides could block.
    pub(super) async fn send(&mut self, messages: &[u8]) -> io::Result<()> {
        self.stream.write_all(messages).await?;
        self.stream.flush().await
    }

    /// The next message, whatever it is.
    pub(super) async fn receive(&mut self) -> io::Result<Message> {
        receive(&mut self.stream, &mut self.received).await
    }

    /// Sends any number of requests and reads their answers at the same time, until `answer` returns [`More::No`]. So neither
    /// side blocks because the other's buffers are full.
    pub(super) async fn exchange(
        &mut self,
        requests: &[u8],
        mut answer: impl FnMut(Message) -> io::Result<More>,
    ) -> io::Result<()> {
        let (mut reader, mut writer) = tokio::io::split(&mut self.stream);
        let received = &mut self.received;
        // If writing fails, so does reading, after the server's last message, which explains more.
        let write = async {
            if writer.write_all(requests).await.is_ok() {
                let _ = writer.flush().await;
            }
            Ok(())
        };
        let read = async {
            loop {
                if let More::No = answer(receive(&mut reader, received).await?)? {
                    return Ok(());
                }
            }
        };
        tokio::try_join!(write, read).map(|_| ())
    }
}

async fn receive(stream: &mut (impl AsyncRead + Unpin), received: &mut BytesMut) -> io::Result<Message> {
    loop {
        // `parse` reserves memory for a message that is incomplete, so that a long one is not copied repeatedly.
        if let Some(message) = Message::parse(received)? {
            return Ok(message);
        }
        received.reserve(64 * 1024);
        if stream.read_buf(received).await? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
    }
}
