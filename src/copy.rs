//! Streaming rows into a table by COPY.

use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{SinkExt, Stream, StreamExt, future, stream};
use postgres_types::{IsNull, ToSql, Type};
use tokio_postgres::{CopyInSink, Statement};
use tracing::Instrument;

use crate::call::{Caller, Held, Place, check_count};
use crate::connection::Connection;
use crate::observe::Observation;
use crate::statements;
use crate::types::{Inferred, plain};
use crate::unnamed;
use crate::{Error, ErrorKind, Query, Result};

/// The items of an iterator as a stream, for functions that take one.
///
/// ```
/// # fn main() {
/// let numbers = sqlward::items((1..=3).map(|number| format!("Note {number}")));
/// # let _ = numbers;
/// # }
/// ```
pub fn items<I: IntoIterator>(items: I) -> impl Stream<Item = Result<I::Item>> + use<I> {
    stream::iter(items.into_iter().map(Ok))
}

/// Where generated functions encode an item's row.
pub struct CopyRow<'a> {
    query: &'static Query,
    types: &'a [Type],
    out: &'a mut BytesMut,
}

impl CopyRow<'_> {
    /// Encodes the row, which has a value for each column.
    pub fn write(&mut self, values: &[&(dyn ToSql + Sync)]) -> Result<()> {
        check_count(self.types.len(), values)?;
        self.out.put_i16(values.len() as i16);
        for (index, (value, ty)) in values.iter().zip(self.types).enumerate() {
            let start = self.out.len();
            // The length of a NULL.
            self.out.put_i32(-1);
            let encode = |cause| Error::encode(self.query, index, cause);
            if let IsNull::No = Inferred(*value).to_sql_checked(ty, self.out).map_err(encode)? {
                let length =
                    i32::try_from(self.out.len() - start - 4).map_err(|error| encode(error.into()))?;
                self.out[start..start + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
        Ok(())
    }
}

/// Why a copy ended early.
enum Stopped<E> {
    Failed(Error),
    /// The source ended with an error.
    ByItems(E),
}

impl<E> From<Error> for Stopped<E> {
    fn from(error: Error) -> Stopped<E> {
        Stopped::Failed(error)
    }
}

impl Caller<'_> {
    /// Copies the items into the query's table: all of them or, after any error, none.
    pub(crate) async fn copy<T, E, W>(
        self,
        query: &'static Query,
        items: impl Stream<Item = Result<T, E>> + Send,
        write: W,
    ) -> Result<u64, E>
    where
        T: Send,
        E: From<Error> + Send,
        W: Fn(&T, &mut CopyRow<'_>) -> Result<()> + Send + Sync,
    {
        let mut observation = Observation::begin(query, self.reason, self.place.slow_query());
        let copied = async {
            match self.place {
                // A pooler keeps the server for the length of a transaction.
                Place::Pool(database) if database.is_unnamed() => {
                    database
                        .transaction(async |tx| {
                            Held::Transaction(tx.connection()).copy(query, items, &write).await
                        })
                        .await
                }
                _ => {
                    let mut held = self.hold().await?;
                    held.begin();
                    let result = held.copy(query, items, &write).await;
                    // After an error, the response to this ends what is in flight.
                    if result.is_ok() || held.connection().client().batch_execute("").await.is_ok() {
                        held.ended_by(None);
                    }
                    result
                }
            }
        };
        match pin!(copied).instrument(observation.span()).await {
            Ok(count) => {
                observation.end(count, None);
                Ok(count)
            }
            Err(Stopped::Failed(error)) => {
                let error = error.of(query);
                observation.end(0, Some(&error));
                Err(error.into())
            }
            Err(Stopped::ByItems(error)) => {
                let told = Error::new(ErrorKind::Other, "the items ended with an error").of(query);
                observation.end(0, Some(&told));
                Err(error)
            }
        }
    }
}

impl Held<'_> {
    async fn copy<T, E>(
        &self,
        query: &'static Query,
        items: impl Stream<Item = Result<T, E>> + Send,
        write: &(impl Fn(&T, &mut CopyRow<'_>) -> Result<()> + Sync),
    ) -> Result<u64, Stopped<E>> {
        let connection = self.connection();
        let prepared = self.hear(async {
            let client = connection.client();
            let copy = async { client.prepare(query.sql()).await.map_err(Error::prepare) };
            future::try_join(column_types(connection, query), copy).await
        });
        let (types, statement) = prepared.await?;
        let mut sink = pin!(self.hear(open(connection, &statement)).await?);
        let mut items = pin!(items);
        let mut out = BytesMut::from(HEADER);
        let mut count = 0;
        while let Some(item) = items.next().await {
            {
                let item = item.map_err(Stopped::ByItems)?;
                let mut row = CopyRow { query, types: &types, out: &mut out };
                write(&item, &mut row).map_err(|error| error.at_item(count))?;
            }
            count += 1;
            if out.len() >= CHUNK {
                let chunk = out.split().freeze();
                self.hear(async { sink.send(chunk).await.map_err(Error::call) }).await?;
            }
        }
        out.put_i16(END);
        let rest = out.freeze();
        let copied = self.hear(async {
            sink.send(rest).await.map_err(Error::call)?;
            sink.finish().await.map_err(|error| self.failed(error).at_line())
        });
        Ok(copied.await?)
    }
}

/// How many bytes are gathered before they are sent.
const CHUNK: usize = 64 * 1024;

/// The header of the binary format: a signature that any text conversion would damage, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Sent in the place of a number of columns after the last row.
const END: i16 = -1;

/// The types as which values are encoded. They must be those that the code was generated with, since the server decodes
/// the bytes as whatever type the column has.
async fn column_types(connection: &Connection, query: &Query) -> Result<Vec<Type>> {
    let described = connection.client().prepare(query.described()).await.map_err(Error::prepare)?;
    let columns = described.columns();
    let (types, difference) = match connection.is_unnamed() {
        true => (query.params().to_vec(), unnamed::difference(query, columns)),
        false => (
            columns.iter().map(|column| plain(column.type_()).into_owned()).collect(),
            statements::difference(query.columns(), columns, statements::other_type),
        ),
    };
    difference.map_or(Ok(types), |difference| Err(Error::drift(difference)))
}

/// Begins the copy.
///
/// A statement that fails before the server waits for rows leaves an extra message in the connection, whose response would
/// be taken for the next statement's. So that connection is closed.
async fn open(connection: &Connection, statement: &Statement) -> Result<CopyInSink<Bytes>> {
    let mut opening = Opening(Some(connection));
    match connection.client().copy_in(statement).await {
        Ok(sink) => {
            opening.0 = None;
            Ok(sink)
        }
        Err(error) => {
            drop(opening);
            while !connection.client().is_closed() {
                tokio::task::yield_now().await;
            }
            Err(Error::call(error))
        }
    }
}

/// A connection that is closed unless the copy begins.
struct Opening<'a>(Option<&'a Connection>);

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0 {
            connection.close();
        }
    }
}
