//! Messages over a socket: what is sent and received after the session has begun.

use std::io;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A socket of any kind, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

/// One connection to a server, in messages.
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

    /// Sends without waiting for an answer. Only for what the server reads whole before it answers.
    pub(super) async fn send(&mut self, messages: &[u8]) -> io::Result<()> {
        self.stream.write_all(messages).await?;
        self.stream.flush().await
    }

    /// The next message, whatever it is.
    pub(super) async fn receive(&mut self) -> io::Result<Message> {
        receive(&mut self.stream, &mut self.received).await
    }

    /// Sends any number of requests and reads their answers at the same time, until `answer` wants no more.
    /// Neither side ever waits for the other to empty its buffers.
    pub(super) async fn exchange(
        &mut self,
        requests: &[u8],
        mut answer: impl FnMut(Message) -> io::Result<More>,
    ) -> io::Result<()> {
        let (mut reader, mut writer) = tokio::io::split(&mut self.stream);
        let received = &mut self.received;
        // A write that fails makes the read fail too, and what the server said last explains more.
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
        // This reserves room for a message that has begun, so that a long one is copied once.
        if let Some(message) = Message::parse(received)? {
            return Ok(message);
        }
        received.reserve(64 * 1024);
        if stream.read_buf(received).await? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
        }
    }
}
