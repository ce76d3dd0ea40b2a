//! Has PostgreSQL analyse statements, without executing any.
//!
//! With `debug_print_parse` on, the server answers each Parse message with a notice that contains the analysed query. All
//! requests are pipelined: sent without waiting for answers. Answers come in the order of the requests, and each ends with
//! one `ReadyForQuery`.

use std::collections::BTreeMap;
use std::io;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::{Message, NoticeResponseBody};
use postgres_protocol::message::frontend;

use super::connection::{Connection, ended, lost, unsendable};
use super::server_error::ServerError;
use super::wire::More;
use crate::error::{Error, Result};

/// A statement to be analysed.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// One SQL statement with `$n` for its parameters.
    pub sql: &'a str,
    /// The type OIDs of its first parameters; 0 lets the server infer.
    pub param_types: &'a [u32],
}

/// The server's analysis of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// The analysed query as the server prints it.
    pub tree: String,
    /// The type OIDs of the parameters.
    pub params: Vec<u32>,
    /// The columns of the result; empty if there is none.
    pub columns: Vec<ColumnDescription>,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDescription {
    /// Its name.
    pub name: String,
    /// The OID of the table of which it is an unchanged column, else 0.
    pub table: u32,
    /// The number of the column in that table, else 0.
    pub attribute: i16,
    /// The OID of its type.
    pub type_oid: u32,
    /// The type's modifier, else -1.
    pub typmod: i32,
}

/// The analysis of one statement, or the error for which the server rejected it.
pub type Outcome = std::result::Result<Analysis, Box<ServerError>>;

/// Settings that are sent before the statements. Trees are kept out of the server's log if we are a superuser; others may not
/// set this. The transactions are read-only, because analysis can run functions: the check of a domain for a constant.
pub(super) const BEGIN: &str = "set default_transaction_read_only = on; set debug_print_rewritten = off; set debug_print_plan = off; set debug_pretty_print = off; \
    select set_config('log_min_messages', 'fatal', false) from pg_roles where rolname = current_user and rolsuper; \
    set client_min_messages = log; set debug_print_parse = on";

/// The first statement, which every server accepts. If there is no tree for it, the server does not print trees.
const PROBE: Statement<'_> = Statement { sql: "select 1", param_types: &[] };

/// Settings that are sent after the statements.
const END: &str = "set debug_print_parse = off; reset client_min_messages";

impl Connection {
    /// Has statements analysed, pipelined, so that the time hardly depends on the latency. An error in one statement does not
    /// affect the others.
    ///
    /// # Errors
    /// The connection broke, or the server does not print analysed queries.
    pub fn analyse(&mut self, statements: &[Statement<'_>]) -> Result<Vec<Outcome>> {
        self.analyse_each(statements, &|_, outcome| outcome)
    }

    /// Like [`Connection::analyse`]. `each` is called with the index of a statement and its outcome while the server works on
    /// the next ones.
    pub(super) fn analyse_each<R: Send>(
        &mut self,
        statements: &[Statement<'_>],
        each: &(dyn Fn(usize, Outcome) -> R + Sync),
    ) -> Result<Vec<R>> {
        let mut requests = BytesMut::new();
        frontend::query(BEGIN, &mut requests).map_err(lost)?;
        ask(PROBE, &mut requests).map_err(lost)?;
        let mut refused = BTreeMap::new();
        for (index, statement) in statements.iter().enumerate() {
            let before = requests.len();
            if let Err(error) = ask(*statement, &mut requests) {
                requests.truncate(before);
                // A Sync alone is answered too, so that the number of answers stays right.
                frontend::sync(&mut requests);
                refused.insert(index, Box::new(unsendable(&error)));
            }
        }
        frontend::query(END, &mut requests).map_err(lost)?;

        let mut answers = Answers::to(statements.len(), refused, each);
        let exchanged =
            self.run(async |wire| wire.exchange(&requests, |message| answers.take(message)).await);
        if let Err(error) = exchanged {
            return Err(ended(answers.current.error, error));
        }
        let [settings, probe] = answers.first;
        if probe.tree.is_none() {
            let error = Error::new("this PostgreSQL does not print analysed queries").help(
                "give the URL of the server itself, not of a connection pooler, and of one that lets \
                 debug_print_parse and client_min_messages be set",
            );
            return Err(match settings.error.or(probe.error) {
                Some(cause) => error.because(cause),
                None => error,
            });
        }
        Ok(answers.done)
    }
}

/// Adds the messages for one statement.
fn ask(statement: Statement<'_>, requests: &mut BytesMut) -> io::Result<()> {
    frontend::parse("", statement.sql, statement.param_types.iter().copied(), requests)?;
    frontend::describe(b'S', "", requests)?;
    frontend::sync(requests);
    Ok(())
}

/// The answers to a series of requests.
struct Answers<'a, R> {
    /// The answers to the settings and to the probe.
    first: [Answer; 2],
    /// The results of `each` for the statements.
    done: Vec<R>,
    each: &'a (dyn Fn(usize, Outcome) -> R + Sync),
    /// The statements that could not be sent.
    refused: BTreeMap<usize, Box<ServerError>>,
    current: Answer,
    /// The number of requests that are answered, and of all requests.
    answered: usize,
    requests: usize,
}

impl<'a, R> Answers<'a, R> {
    fn to(
        statements: usize,
        refused: BTreeMap<usize, Box<ServerError>>,
        each: &'a (dyn Fn(usize, Outcome) -> R + Sync),
    ) -> Self {
        Answers {
            first: Default::default(),
            done: Vec::with_capacity(statements),
            each,
            refused,
            current: Answer::default(),
            answered: 0,
            // The settings and the probe before the statements, the settings after them.
            requests: statements + 3,
        }
    }

    fn take(&mut self, message: Message) -> io::Result<More> {
        let answer = &mut self.current;
        match message {
            Message::NoticeResponse(body) => {
                // Analysis can run functions (the checks of a domain for a constant), whose queries are printed too, before
                // the tree of the statement: the last tree before ParseComplete counts. Trees after it come from Describe,
                // which can analyse the statement again.
                if !answer.parsed
                    && let Some(tree) = tree_of(&body)?
                {
                    answer.tree = Some(tree);
                }
            }
            Message::ParseComplete => answer.parsed = true,
            Message::ParameterDescription(body) => answer.params = body.parameters().collect()?,
            Message::RowDescription(body) => {
                answer.columns = body
                    .fields()
                    .map(|field| {
                        Ok(ColumnDescription {
                            name: field.name().to_owned(),
                            table: field.table_oid(),
                            attribute: field.column_id(),
                            type_oid: field.type_oid(),
                            typmod: field.type_modifier(),
                        })
                    })
                    .collect()?;
            }
            Message::ErrorResponse(body) => answer.error = Some(ServerError::read(body.fields())?),
            Message::ReadyForQuery(_) => {
                let answer = std::mem::take(answer);
                return Ok(self.add(answer));
            }
            // Messages that can come at any time, and the answers to the settings.
            _ => {}
        }
        Ok(More::Yes)
    }

    /// Adds the answer to the next request.
    fn add(&mut self, answer: Answer) -> More {
        self.answered += 1;
        if let Some(first) = self.first.get_mut(self.answered - 1) {
            *first = answer;
        } else if self.answered < self.requests {
            let index = self.done.len();
            let outcome = self.refused.remove(&index).map_or_else(|| answer.into_outcome(), Err);
            self.done.push((self.each)(index, outcome));
        }
        if self.answered == self.requests { More::No } else { More::Yes }
    }
}

/// The answer to one request.
#[derive(Default)]
struct Answer {
    parsed: bool,
    tree: Option<String>,
    params: Vec<u32>,
    columns: Vec<ColumnDescription>,
    error: Option<ServerError>,
}

impl Answer {
    fn into_outcome(self) -> Outcome {
        match (self.error, self.tree) {
            (Some(error), _) => Err(Box::new(error)),
            (None, Some(tree)) => Ok(Analysis { tree, params: self.params, columns: self.columns }),
            // The probe has shown that trees are printed, so the text contains no statement.
            (None, None) => Err(Box::new(ServerError::local("42601", "there is no statement here"))),
        }
    }
}

/// The analysed query in a notice, if it contains one.
fn tree_of(notice: &NoticeResponseBody) -> io::Result<Option<String>> {
    let mut fields = notice.fields();
    let (mut log, mut heading) = (false, false);
    while let Some(field) = fields.next()? {
        match field.type_() {
            // The severity, not localised.
            b'V' => log = field.value_bytes() == b"LOG",
            b'M' => heading = field.value_bytes() == b"parse tree:",
            b'D' if log && heading => {
                return String::from_utf8(field.value_bytes().to_vec()).map(Some).map_err(io::Error::other);
            }
            _ => {}
        }
    }
    Ok(None)
}
