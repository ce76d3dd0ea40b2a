//! Checks that a server answers, by opening and closing a session.

use std::io::{self, Read, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Opens and closes a session through a socket. If the server refuses it, the error has the server's message.
pub(crate) fn greet(socket: &Path) -> io::Result<()> {
    /// Much longer than a busy machine needs.
    const LIMIT: Duration = Duration::from_secs(60);
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(&startup_message())?;
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let length = u32::from_be_bytes(length).saturating_sub(4);
        let mut body = Vec::new();
        Read::by_ref(&mut stream).take(length.into()).read_to_end(&mut body)?;
        match kind {
            // ReadyForQuery
            b'Z' => break,
            // ErrorResponse: fields of a letter and a text, terminated by NUL.
            b'E' => {
                let mut fields = body.split(|byte| *byte == 0);
                let message = fields.find_map(|field| field.strip_prefix(b"M")).unwrap_or(b"no reason given");
                return Err(io::Error::other(String::from_utf8_lossy(message).into_owned()));
            }
            _ => {}
        }
    }
    // Terminate
    stream.write_all(b"X\0\0\0\x04")
}

/// The startup message of protocol 3.0, for the superuser and database that every cluster of this crate has.
fn startup_message() -> Vec<u8> {
    let parameters = b"user\0postgres\0database\0template1\0\0";
    let length = 8 + parameters.len() as u32;
    [&length.to_be_bytes()[..], &196_608_u32.to_be_bytes(), parameters].concat()
}
