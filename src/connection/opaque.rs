//! Hides types from `tokio-postgres` that it would look up in the server's catalogs.
//!
//! For each type that is not built in it prepares statements and runs them, and behind a pooler in transaction mode these
//! may reach different servers. So row descriptions are rewritten on their way to `tokio-postgres`: such types become
//! `unknown`. Generated code knows what they are.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use postgres_types::Type;
use sqlward_connect::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use super::preamble::Prefixed;

/// The type that replaces those that are not built in.
pub(crate) const OPAQUE: Type = Type::UNKNOWN;

/// A stream whose row descriptions are rewritten.
pub(super) struct Masked {
    pub(super) stream: Prefixed<Stream>,
    mask: Mask,
}

/// Splits what the server sends into messages.
#[derive(Default)]
struct Mask {
    /// Received and not passed on yet.
    held: BytesMut,
    /// How many of these bytes can be passed on.
    ready: usize,
    /// How many bytes are missing of a message that is passed on as it arrives.
    missing: usize,
}

impl Masked {
    pub(super) fn new(stream: Prefixed<Stream>) -> Masked {
        Masked { stream, mask: Mask::default() }
    }

    /// Not inlined, so that callers need this buffer on the stack only if types are hidden.
    #[inline(never)]
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Masked { stream, mask } = self;
        while mask.ready == 0 {
            let mut room = [MaybeUninit::uninit(); 8 * 1024];
            let mut read = ReadBuf::uninit(&mut room);
            ready!(Pin::new(&mut *stream).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            mask.held.extend_from_slice(read.filled());
            mask.advance()?;
        }
        let count = mask.ready.min(buf.remaining());
        buf.put_slice(&mask.held[..count]);
        mask.held.advance(count);
        mask.ready -= count;
        Poll::Ready(Ok(()))
    }
}

impl Mask {
    /// Finds out how much more can be passed on: all but an incomplete row description, which is rewritten as a whole.
    fn advance(&mut self) -> io::Result<()> {
        /// RowDescription
        const DESCRIPTION: u8 = b'T';
        /// More than a result with the longest names and 1,664 columns, the most that PostgreSQL allows, needs.
        const LONGEST: usize = 256 * 1024;
        loop {
            let rest = &mut self.held[self.ready..];
            let (tag, length) = match rest {
                _ if self.missing > 0 => {
                    let count = self.missing.min(rest.len());
                    self.ready += count;
                    self.missing -= count;
                    if self.missing > 0 {
                        return Ok(());
                    }
                    continue;
                }
                [tag, a, b, c, d, ..] => (*tag, u32::from_be_bytes([*a, *b, *c, *d]) as usize),
                _ => return Ok(()),
            };
            if length < 4 || (tag == DESCRIPTION && length > LONGEST) {
                return Err(malformed());
            }
            if tag != DESCRIPTION {
                self.missing = length + 1;
                continue;
            }
            let Some(description) = rest.get_mut(5..=length) else { return Ok(()) };
            hide_types(description).ok_or_else(malformed)?;
            self.ready += length + 1;
        }
    }
}

/// Each column is a zero-terminated name and 18 bytes: table, column number, type, type size, type modifier, and format.
fn hide_types(description: &mut [u8]) -> Option<()> {
    let (count, mut rest) = description.split_at_mut_checked(2)?;
    for _ in 0..u16::from_be_bytes([count[0], count[1]]) {
        let name = rest.iter().position(|byte| *byte == 0)?;
        let (column, following) = rest.split_at_mut_checked(name + 1 + 18)?;
        let oid: &mut [u8; 4] = (&mut column[name + 1 + 6..name + 1 + 10]).try_into().ok()?;
        if Type::from_oid(u32::from_be_bytes(*oid)).is_none() {
            *oid = OPAQUE.oid().to_be_bytes();
        }
        rest = following;
    }
    rest.is_empty().then_some(())
}

/// The server's messages are not those of the protocol.
pub(super) fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the server does not speak the PostgreSQL protocol")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag], length.as_slice(), body].concat()
    }

    fn description(types: &[u32]) -> Vec<u8> {
        let mut body = u16::try_from(types.len()).unwrap().to_be_bytes().to_vec();
        for oid in types {
            body.extend(b"name\0");
            body.extend([9; 6]);
            body.extend(oid.to_be_bytes());
            body.extend([9; 8]);
        }
        message(b'T', &body)
    }

    /// What is passed on of bytes that arrive in pieces of that size.
    fn passed(bytes: &[u8], piece: usize) -> io::Result<Vec<u8>> {
        let mut mask = Mask::default();
        let mut passed = Vec::new();
        for piece in bytes.chunks(piece) {
            mask.held.extend_from_slice(piece);
            mask.advance()?;
            passed.extend_from_slice(&mask.held[..mask.ready]);
            mask.held.advance(mask.ready);
            mask.ready = 0;
        }
        Ok(passed)
    }

    #[test]
    fn types_that_are_not_built_in_are_hidden_however_they_arrive() {
        let data = message(b'D', &[b'T'; 40]);
        let came =
            [message(b'1', &[]), description(&[25, 16_384, 3_802, u32::MAX]), data.clone(), data.clone()];
        let expected = [message(b'1', &[]), description(&[25, 705, 3_802, 705]), data.clone(), data];
        for piece in [1, 2, 3, 5, 7, 31, 1000] {
            assert_eq!(passed(&came.concat(), piece).unwrap(), expected.concat(), "{piece}");
        }
        // Long messages are not buffered.
        let long = message(b'D', &[0; 100_000]);
        assert_eq!(passed(&long[..6], 6).unwrap().len(), 6);
    }

    #[test]
    fn what_is_no_protocol_is_an_error() {
        assert!(passed(&message(b'T', &[0, 1, b'x']), 100).is_err());
        assert!(passed(&[b'T', 0xff, 0, 0, 0, 0], 100).is_err());
        assert!(passed(&[b'D', 0, 0, 0, 3], 100).is_err());
        let mut longer = description(&[25]);
        longer.push(0);
        longer[4] += 1;
        assert!(passed(&longer, 100).is_err());
    }
}
