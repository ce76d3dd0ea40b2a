//! Two sessions on one database, which share the work of analysing statements.

use std::sync::Arc;
use std::thread;

use super::analyse::{Outcome, Statement};
use super::connection::{Connection, Document};
use super::{Server, Shared};
use crate::error::Result;
use crate::parallel::{join, spawn};

/// Sessions on the run's database: two, or one if the server does not accept a second.
///
/// The server uses a processor for each, and reading its answers takes about as long again. On two processors the second
/// session saves 40 % of the time, a third would save nothing.
pub struct Sessions {
    first: Session,
    second: Option<Session>,
}

/// A session that answers from the cache, and asks the server only if the cache has no answer.
pub struct Session {
    server: Arc<Shared>,
    /// Opened at the latest with the first question that the server has to answer.
    connection: Option<Connection>,
}

impl Server {
    /// New sessions on the run's database. Both are opened at the same time, so the latency counts once. With cached answers
    /// they are opened only when they are needed.
    ///
    /// # Errors
    /// Those of [`Server::connect`].
    pub fn sessions(&self) -> Result<Sessions> {
        let session = |connection| Session { server: self.shared.clone(), connection };
        if self.kept().is_some() {
            return Ok(Sessions { first: session(None), second: Some(session(None)) });
        }
        thread::scope(|scope| {
            let second = spawn(scope, || self.connect().ok());
            let first = session(Some(self.connect()?));
            let second = second.and_then(join).map(|connection| session(Some(connection)));
            Ok(Sessions { first, second })
        })
    }
}

impl Session {
    /// The results of several queries of sqlward's own in one round trip: one JSON document each.
    ///
    /// # Errors
    /// The server cannot be reached, or a query failed.
    pub fn documents<const N: usize>(&mut self, queries: [&str; N]) -> Result<[Document; N]> {
        let server = self.server.clone();
        let kept: Vec<Document> =
            queries.iter().map_while(|sql| Some(Document(server.answers.document(sql)?))).collect();
        if let Ok(kept) = kept.try_into() {
            return Ok(kept);
        }
        let documents = self.connection()?.documents(queries)?;
        for (sql, document) in queries.iter().zip(&documents) {
            server.answers.add_document(sql, &document.0);
        }
        Ok(documents)
    }

    /// Like [`Connection::analyse`].
    ///
    /// # Errors
    /// The server cannot be reached, or does not print analysed queries.
    pub fn analyse(&mut self, statements: &[Statement<'_>]) -> Result<Vec<Outcome>> {
        self.analyse_each(statements, &|_, outcome| outcome)
    }

    fn analyse_each<R: Send>(
        &mut self,
        statements: &[Statement<'_>],
        each: &(dyn Fn(usize, Outcome) -> R + Sync),
    ) -> Result<Vec<R>> {
        let server = self.server.clone();
        let (mut done, mut asked) = (Vec::with_capacity(statements.len()), Vec::new());
        for (index, statement) in statements.iter().enumerate() {
            let kept = server.answers.analysis(*statement);
            if kept.is_none() {
                asked.push((index, *statement));
            }
            done.push(kept.map(|analysis| each(index, Ok(analysis))));
        }
        if !asked.is_empty() {
            server.answers.expect(asked.len());
            let statements: Vec<_> = asked.iter().map(|(_, statement)| *statement).collect();
            let each = |number: usize, outcome: Outcome| {
                let (index, statement) = asked[number];
                if let Ok(analysis) = &outcome {
                    server.answers.add_analysis(statement, analysis);
                }
                each(index, outcome)
            };
            let told = self.connection()?.analyse_each(&statements, &each)?;
            for ((index, _), told) in asked.iter().zip(told) {
                done[*index] = Some(told);
            }
        }
        Ok(done.into_iter().flatten().collect())
    }

    fn connection(&mut self) -> Result<&mut Connection> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(self.server.connect()?)),
        }
    }
}

impl Sessions {
    /// One of the sessions, for work that is not worth sharing.
    pub fn one(&mut self) -> &mut Session {
        &mut self.first
    }

    /// Does two things at the same time, each on a session.
    pub fn both<A: Send, B: Send>(
        &mut self,
        one: impl FnOnce(&mut Session) -> A + Send,
        other: impl FnOnce(&mut Session) -> B + Send,
    ) -> (A, B) {
        let Sessions { first, second } = self;
        let Some(second) = second else { return (one(first), other(first)) };
        let mut other = Some(other);
        let (one, done) = thread::scope(|scope| {
            let other = spawn(scope, || other.take().map(|other| other(&mut *second)));
            (one(first), other.and_then(join))
        });
        // If no thread could be started, the other thing is done now.
        let done = done.or_else(|| other.take().map(|other| other(second)));
        (one, done.expect("it is done by one of the two"))
    }

    /// Like [`Connection::analyse`]. `each` is called with the index of a statement and its outcome while the server works on
    /// the next ones.
    ///
    /// # Errors
    /// Those of [`Session::analyse`].
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

/// The number of statements below which sharing them costs more than it saves.
const FEWEST: usize = 50;
