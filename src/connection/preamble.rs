//! Statements that are sent ahead of a connection's next request, in the same message: a transaction begins together with its
//! first statement, which saves a round trip.
//!
//! They are extended-protocol messages before the request's own Sync. If one of them fails, the server skips everything up to
//! that Sync (["Extended Query"]), so the request never runs without them. Nothing else is sent until they have succeeded.
//! Their answers are removed from what the server sends: `tokio-postgres` knows nothing of them.
//!
//! ["Extended Query"]: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY

use std::io;
use std::iter;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{self, Header};
use postgres_protocol::message::frontend;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::opaque::malformed;

/// Statements without parameters and rows that begin a transaction or a savepoint.
#[derive(Clone)]
pub(crate) struct Preamble {
    messages: Bytes,
    /// How many messages the server answers with.
    answers: usize,
    /// Whether what follows would be on its own without it.
    begins: bool,
}

/// The answers to each statement.
const ANSWERS: [u8; 3] =
    [backend::PARSE_COMPLETE_TAG, backend::BIND_COMPLETE_TAG, backend::COMMAND_COMPLETE_TAG];

impl Preamble {
    /// Begins a transaction by the first statement, and makes its settings by the others.
    pub(crate) fn transaction(begin: &str, settings: &[String]) -> Preamble {
        Preamble::new(true, iter::once(begin).chain(settings.iter().map(String::as_str)))
    }

    /// Sets a savepoint in a transaction.
    pub(crate) fn savepoint(statement: &str) -> Preamble {
        Preamble::new(false, iter::once(statement))
    }

    fn new<'a>(begins: bool, statements: impl Iterator<Item = &'a str>) -> Preamble {
        let (mut messages, mut answers) = (BytesMut::new(), 0);
        for statement in statements {
            execute(statement, &mut messages).expect("the statement is short and contains no zero byte");
            answers += ANSWERS.len();
        }
        Preamble { messages: messages.freeze(), answers, begins }
    }
}

/// Writes the messages that execute a statement.
fn execute(statement: &str, messages: &mut BytesMut) -> io::Result<()> {
    frontend::parse("", statement, [], messages)?;
    let value = |(), _: &mut BytesMut| Ok(IsNull::Yes);
    frontend::bind("", "", [], [], value, [], messages).map_err(|_| io::ErrorKind::InvalidInput)?;
    frontend::execute("", 0, messages)
}

/// The preambles that the next request on a connection takes with it: of a transaction, and of the savepoints in it.
#[derive(Default)]
pub(crate) struct NextPreambles {
    /// Whether there are any, so that other requests need not take the lock.
    is_set: AtomicBool,
    preambles: Mutex<Vec<Preamble>>,
}

impl NextPreambles {
    pub(crate) fn push(&self, preamble: Preamble) {
        let mut preambles = self.lock();
        preambles.push(preamble);
        self.is_set.store(true, Ordering::Release);
    }

    /// Takes the last one back. Whether there was one: if not, a request has taken it.
    pub(crate) fn pop(&self) -> bool {
        let mut preambles = self.lock();
        let popped = preambles.pop().is_some();
        self.is_set.store(!preambles.is_empty(), Ordering::Release);
        popped
    }

    fn take(&self, each: impl FnMut(Preamble)) {
        let mut preambles = self.lock();
        preambles.drain(..).for_each(each);
        self.is_set.store(false, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Preamble>> {
        self.preambles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes of room for requests a connection keeps.
const MOST_KEPT: usize = 16 * 1024;

/// A stream to the server on which requests take preambles with them.
pub(super) struct Prefixed<S> {
    pub(super) stream: S,
    next: Arc<NextPreambles>,
    /// Written to this stream and not to the one below yet.
    unsent: BytesMut,
    state: State,
    /// Received and not passed on yet.
    held: BytesMut,
    /// How many of these bytes can be passed on.
    ready: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// Preambles were sent.
    Awaiting(Awaited),
    Failed,
}

/// The answers to preambles.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Awaited {
    /// How many there are.
    answers: usize,
    /// Whether the last of them is that to a Sync of the preambles' own.
    sync: bool,
    /// Whether nothing may be sent if they have failed.
    must_succeed: bool,
    /// How many have come, as it seems. They are still in `held`, which begins with them.
    come: usize,
    /// The number of bytes of these.
    length: usize,
}

impl Awaited {
    /// The tag of the next answer.
    fn next(self) -> u8 {
        let is_sync = self.sync && self.come + 1 == self.answers;
        if is_sync { backend::READY_FOR_QUERY_TAG } else { ANSWERS[self.come % ANSWERS.len()] }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Prefixed<S> {
    pub(super) fn new(stream: S, next: Arc<NextPreambles>) -> Prefixed<S> {
        let (unsent, held) = Default::default();
        Prefixed { stream, next, unsent, state: State::Idle, held, ready: 0 }
    }

    /// Puts the preambles ahead of the request that `buf` begins with. The number of bytes that were taken from it.
    fn lead(&mut self, buf: &[u8]) -> usize {
        let (mut answers, mut begins) = (0, false);
        self.next.take(|preamble| {
            self.unsent.extend_from_slice(&preamble.messages);
            answers += preamble.answers;
            begins |= preamble.begins;
        });
        if answers == 0 {
            return 0;
        }
        let request = extended_request(buf);
        let sync = request.is_none();
        if sync {
            frontend::sync(&mut self.unsent);
        }
        let taken = request.unwrap_or_default();
        self.unsent.extend_from_slice(taken);
        let answers = answers + usize::from(sync);
        let must_succeed = begins || sync;
        self.state = State::Awaiting(Awaited { answers, sync, must_succeed, come: 0, length: 0 });
        taken.len()
    }

    #[inline(never)]
    fn poll_write_prefixed(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_drain(cx))?;
        if self.state == State::Idle {
            match self.lead(buf) {
                0 => {}
                taken => return Poll::Ready(Ok(taken)),
            }
        }
        ready!(self.poll_drain(cx))?;
        match self.state {
            State::Idle => Pin::new(&mut self.stream).poll_write(cx, buf),
            // No waker is needed: the task that writes also reads the answers, and then writes again.
            State::Awaiting(_) => Poll::Pending,
            State::Failed => Poll::Ready(Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the transaction could not begin, so nothing more is sent",
            ))),
        }
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.unsent))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unsent.advance(count);
        }
        // The room for a long request is given back.
        if self.unsent.capacity() > MOST_KEPT {
            self.unsent = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }

    #[inline(never)]
    fn poll_read_prefixed(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            self.remove_answers()?;
            if self.ready > 0 {
                let count = self.ready.min(buf.remaining());
                buf.put_slice(&self.held[..count]);
                self.held.advance(count);
                self.ready -= count;
                return Poll::Ready(Ok(()));
            }
            let before = buf.filled().len();
            ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
            if buf.filled().len() == before {
                return Poll::Ready(Ok(()));
            }
            self.held.extend_from_slice(&buf.filled()[before..]);
            buf.set_filled(before);
        }
    }

    /// Removes the answers that `held` begins with, and finds out how much of what follows them can be passed on.
    ///
    /// They can be preceded by those to earlier requests whose calls were dropped, so that nobody waits for them: to a query, or
    /// to the Close of a statement. What they begin with can look alike, where a statement was to be prepared. But that was to be
    /// described as well, and the statements of preambles are not.
    fn remove_answers(&mut self) -> io::Result<()> {
        while self.ready == 0
            && let State::Awaiting(awaited) = &mut self.state
        {
            let Some((tag, length)) = message(&self.held[awaited.length..])? else { return Ok(()) };
            match tag {
                _ if tag == awaited.next() => {
                    awaited.come += 1;
                    awaited.length += length;
                    if awaited.come == awaited.answers {
                        self.held.advance(awaited.length);
                        self.state = State::Idle;
                    }
                }
                // If preambles fail that need not succeed, the transaction is aborted, and so is all that follows in it.
                backend::ERROR_RESPONSE_TAG => {
                    self.held.advance(awaited.length);
                    self.state = if awaited.must_succeed { State::Failed } else { State::Idle };
                }
                // They can come at any time, and are passed on ahead of what is not decided yet.
                backend::NOTICE_RESPONSE_TAG
                | backend::NOTIFICATION_RESPONSE_TAG
                | backend::PARAMETER_STATUS_TAG => {
                    self.ready = length;
                    let mut passed = self.held.split_off(awaited.length);
                    let rest = passed.split_off(length);
                    let undecided = mem::replace(&mut self.held, passed);
                    self.held.unsplit(undecided);
                    self.held.unsplit(rest);
                }
                _ if awaited.come == 0 || tag == backend::PARAMETER_DESCRIPTION_TAG => {
                    self.ready = awaited.length + length;
                    (awaited.come, awaited.length) = (0, 0);
                }
                _ => return Err(malformed()),
            }
        }
        if self.ready == 0 {
            self.ready = self.held.len();
        }
        Ok(())
    }
}

/// The messages of a request by the extended protocol, up to its Sync, if that is what the bytes begin with.
fn extended_request(bytes: &[u8]) -> Option<&[u8]> {
    let mut end = 0;
    loop {
        let (tag, length) = message(&bytes[end..]).ok()??;
        end += length;
        match tag {
            // Sync
            b'S' => return Some(&bytes[..end]),
            // Bind, Close, Describe, Execute, Flush, Parse
            b'B' | b'C' | b'D' | b'E' | b'H' | b'P' => {}
            _ => return None,
        }
    }
}

/// Tag and length of the message that the bytes begin with, if it is complete.
fn message(bytes: &[u8]) -> io::Result<Option<(u8, usize)>> {
    let Some(header) = Header::parse(bytes)? else { return Ok(None) };
    let length = header.len() as usize + 1;
    Ok((bytes.len() >= length).then_some((header.tag(), length)))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Prefixed<S> {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.state {
            State::Idle if this.held.is_empty() => Pin::new(&mut this.stream).poll_read(cx, buf),
            _ => this.poll_read_prefixed(cx, buf),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.state {
            State::Idle if this.unsent.is_empty() && !this.next.is_set.load(Ordering::Acquire) => {
                Pin::new(&mut this.stream).poll_write(cx, buf)
            }
            _ => this.poll_write_prefixed(cx, buf),
        }
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.unsent.is_empty() {
            ready!(this.poll_drain(cx))?;
        }
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    #[inline]
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::task::Waker;

    /// A server that reads everything, and whose answers arrive in pieces of a size.
    struct Server {
        received: Vec<u8>,
        answers: Vec<u8>,
        piece: usize,
    }

    impl AsyncRead for Server {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if self.answers.is_empty() {
                return Poll::Pending;
            }
            let count = self.piece.min(self.answers.len()).min(buf.remaining());
            buf.put_slice(&self.answers.drain(..count).collect::<Vec<_>>());
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for Server {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
            let count = self.piece.min(buf.len());
            self.received.extend_from_slice(&buf[..count]);
            Poll::Ready(Ok(count))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// The client of a [`Server`].
    struct Client(Prefixed<Server>);

    impl Client {
        /// The next request begins a transaction.
        fn new(piece: usize) -> Client {
            let next = Arc::new(NextPreambles::default());
            next.push(begin());
            let server = Server { received: Vec::new(), answers: Vec::new(), piece };
            Client(Prefixed::new(server, next))
        }

        /// Writes as much as is accepted, and returns what the server received since the last time.
        fn send(&mut self, mut bytes: &[u8]) -> io::Result<Vec<u8>> {
            let cx = &mut Context::from_waker(Waker::noop());
            while !bytes.is_empty()
                && let Poll::Ready(count) = Pin::new(&mut self.0).poll_write(cx, bytes)
            {
                bytes = &bytes[count?..];
            }
            assert!(Pin::new(&mut self.0).poll_flush(cx)?.is_ready());
            Ok(mem::take(&mut self.0.stream.received))
        }

        /// What is passed on of the answers.
        fn read(&mut self, answers: &[&[u8]]) -> io::Result<Vec<u8>> {
            self.0.stream.answers = answers.concat();
            let mut passed = Vec::new();
            loop {
                let mut room = [0; 16];
                let mut buf = ReadBuf::new(&mut room);
                let cx = &mut Context::from_waker(Waker::noop());
                if Pin::new(&mut self.0).poll_read(cx, &mut buf)?.is_pending() {
                    return Ok(passed);
                }
                passed.extend_from_slice(buf.filled());
            }
        }
    }

    fn begin() -> Preamble {
        Preamble::transaction("start transaction", &["set local a = b".to_owned()])
    }

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[tag], length.as_slice(), body].concat()
    }

    fn request(name: &str) -> Vec<u8> {
        [message(b'B', name.as_bytes()), message(b'E', b"\0\0\0\0\0"), message(b'S', b"")].concat()
    }

    /// The answers to [`begin`].
    fn begun() -> Vec<u8> {
        let begin = [message(b'1', b""), message(b'2', b""), message(b'C', b"START TRANSACTION\0")];
        let set = [message(b'1', b""), message(b'2', b""), message(b'C', b"SET\0")];
        [begin.concat(), set.concat()].concat()
    }

    const PIECES: [usize; 5] = [1, 2, 7, 30, 1000];

    #[test]
    fn a_request_takes_it_along_and_those_behind_wait() {
        for piece in PIECES {
            let mut client = Client::new(piece);
            let both = [request("first"), request("second")].concat();
            assert_eq!(client.send(&both).unwrap(), [&*begin().messages, &request("first")].concat());
            assert!(client.send(&request("second")).unwrap().is_empty());
            let (ready, notice) = (message(b'Z', b"T"), message(b'N', b"careful"));
            let answers = [message(b'2', b""), message(b'D', b"row"), ready].concat();
            assert_eq!(
                client.read(&[&notice, &begun(), &answers]).unwrap(),
                [notice, answers.clone()].concat()
            );
            // From here on nothing is added or removed.
            assert_eq!(client.send(&request("second")).unwrap(), request("second"));
            assert_eq!(client.read(&[&begun(), &answers]).unwrap(), [begun(), answers].concat());
        }
    }

    #[test]
    fn nothing_is_sent_after_it_has_failed() {
        let failure = [message(b'E', b"no"), message(b'Z', b"I")].concat();
        for earlier in earlier() {
            for (count, piece) in (0..6).flat_map(|count| PIECES.map(|piece| (count, piece))) {
                let mut client = Client::new(piece);
                client.send(&request("first")).unwrap();
                let begun: Vec<u8> = b"12C12C"[..count].iter().flat_map(|tag| message(*tag, b"")).collect();
                let passed = client.read(&[&earlier.concat(), &begun, &failure]).unwrap();
                assert_eq!(passed, [earlier.concat(), failure.clone()].concat());
                assert_eq!(client.send(&request("second")).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
                assert!(client.0.stream.received.is_empty());
            }
        }
    }

    #[test]
    fn a_request_that_it_cannot_go_into_waits_for_it() {
        let incomplete = &request("first")[..20];
        for request in [message(b'Q', b"savepoint s\0"), message(b'X', b""), incomplete.to_vec()] {
            for piece in PIECES {
                let mut client = Client::new(piece);
                let sync = message(b'S', b"");
                assert_eq!(client.send(&request).unwrap(), [&*begin().messages, &sync].concat());
                assert_eq!(client.read(&[&begun(), &message(b'Z', b"T")]).unwrap(), b"");
                assert_eq!(client.send(&request).unwrap(), request);
            }
        }
    }

    #[test]
    fn the_answer_to_an_earlier_request_is_passed_on() {
        for piece in PIECES {
            let mut client = Client::new(piece);
            client.send(&request("first")).unwrap();
            let closed = [message(b'3', b""), message(b'Z', b"I")].concat();
            let answers = [message(b'2', b""), message(b'Z', b"T")].concat();
            assert_eq!(client.read(&[&closed, &begun(), &answers]).unwrap(), [closed, answers].concat());
        }
    }

    /// The messages that earlier requests can be answered with, for which nobody waits: a statement is closed, prepared, executed,
    /// or executed without a name.
    fn earlier() -> Vec<Vec<Vec<u8>>> {
        let of = |tags: &[u8]| tags.iter().map(|tag| message(*tag, b"T")).collect();
        vec![Vec::new(), of(b"3Z"), of(b"1tTZ"), of(b"1tnZ"), of(b"2DDCZ"), of(b"12tTDCZ"), of(b"1tTZ12tnCZ")]
    }

    #[test]
    fn what_else_arrives_is_passed_on_wherever_it_comes() {
        let notice = [message(b'N', b"careful"), message(b'S', b"a\0b\0")].concat();
        let begun: Vec<Vec<u8>> = b"12C12C".iter().map(|tag| message(*tag, b"")).collect();
        let answers = [message(b'2', b""), message(b'Z', b"T")];
        for earlier in earlier() {
            let messages = [&*earlier, &begun, &answers].concat();
            let expected = [&*earlier, &answers].concat().concat();
            for at in 0..=messages.len() {
                for piece in (1..20).chain(PIECES) {
                    let mut client = Client::new(piece);
                    client.send(&request("first")).unwrap();
                    let mut messages = messages.clone();
                    messages.insert(at, notice.clone());
                    let passed = client.read(&[&messages.concat()]).unwrap();
                    let found =
                        (0..passed.len()).find(|start| passed[*start..].starts_with(&notice)).unwrap();
                    assert_eq!([&passed[..found], &passed[found + notice.len()..]].concat(), expected);
                    assert_eq!(client.send(&request("second")).unwrap(), request("second"));
                }
            }
        }
    }

    #[test]
    fn other_answers_are_an_error() {
        for answer in [message(b'D', b"row"), message(b'1', b"")] {
            let mut client = Client::new(1000);
            client.send(&request("first")).unwrap();
            let error = client.read(&[&message(b'1', b""), &answer]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn a_savepoint_follows_its_transaction_and_may_fail() {
        let savepoint = Preamble::savepoint("savepoint a");
        let set = [message(b'1', b""), message(b'2', b""), message(b'C', b"SAVEPOINT\0")].concat();
        for piece in PIECES {
            let mut client = Client::new(piece);
            client.0.next.push(savepoint.clone());
            let sent = [&*begin().messages, &savepoint.messages, &request("first")].concat();
            assert_eq!(client.send(&request("first")).unwrap(), sent);
            assert_eq!(client.read(&[&begun(), &set, &message(b'Z', b"T")]).unwrap(), message(b'Z', b"T"));
            // In a transaction that is aborted.
            client.0.next.push(savepoint.clone());
            client.send(&request("second")).unwrap();
            let failure = [message(b'E', b"no"), message(b'Z', b"E")].concat();
            assert_eq!(client.read(&[&failure]).unwrap(), failure);
            assert_eq!(client.send(&request("third")).unwrap(), request("third"));
        }
    }

    #[test]
    fn one_that_was_not_sent_can_be_taken_back() {
        let mut client = Client::new(1000);
        assert!(client.0.next.pop() && !client.0.next.pop());
        assert_eq!(client.send(&request("first")).unwrap(), request("first"));
        let mut client = Client::new(1000);
        client.send(&request("first")).unwrap();
        assert!(!client.0.next.pop());
    }
}
