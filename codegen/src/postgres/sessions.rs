//! Two sessions on one database, which share the work.

use std::thread;

use super::Server;
use super::analyse::{Outcome, Statement};
use super::connection::Connection;
use crate::error::Result;
use crate::parallel::{join, spawn};

/// Sessions on the scratch database: two, or one if the server has no second to spare.
///
/// The server spends a processor for each, and to read what it says takes about as long again. On two processors the
/// second session saves 40 % of the time, a third would save nothing.
#[derive(Debug)]
pub struct Sessions {
    first: Connection,
    second: Option<Connection>,
}

impl Server {
    /// New sessions on the scratch database. Both are begun at once: a distant server is waited for no longer.
    pub fn sessions(&self) -> Result<Sessions> {
        thread::scope(|scope| {
            let second = spawn(scope, || self.connect().ok());
            Ok(Sessions { first: self.connect()?, second: second.and_then(join) })
        })
    }
}

impl Sessions {
    /// One of them, for what is done at once.
    pub fn one(&mut self) -> &mut Connection {
        &mut self.first
    }

    /// Does two things at once.
    pub fn both<A: Send, B: Send>(
        &mut self,
        one: impl FnOnce(&mut Connection) -> A + Send,
        other: impl FnOnce(&mut Connection) -> B + Send,
    ) -> (A, B) {
        let Sessions { first, second } = self;
        let Some(second) = second else { return (one(first), other(first)) };
        thread::scope(|scope| {
            let other = spawn(scope, || other(second)).expect("there was a thread to open the session with");
            (one(first), join(other))
        })
    }

    /// As [`Connection::analyse`]. `each` is given the number of a statement and what the server says of it, while the
    /// server works on the next ones.
    pub fn analyse<R: Send>(
        &mut self,
        statements: &[Statement<'_>],
        each: impl Fn(usize, Outcome) -> R + Sync,
    ) -> Result<Vec<R>> {
        if statements.len() < FEWEST {
            return self.first.analyse_each(statements, &each);
        }
        let half = statements.len() / 2;
        let (one, other) = statements.split_at(half);
        let (one, other) = self.both(
            |session| session.analyse_each(one, &each),
            |session| session.analyse_each(other, &|index, outcome| each(half + index, outcome)),
        );
        let mut done = one?;
        done.extend(other?);
        Ok(done)
    }
}

/// The number of statements below which to share them costs more than it saves.
const FEWEST: usize = 50;
