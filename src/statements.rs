//! The prepared statements of a connection.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;
use tokio_postgres::{Client, Column, Statement};

use crate::query::Variant;
use crate::row::CustomColumns;
use crate::{Error, Result};

/// One slot for each query that was run on the connection and each of its variants, found by the address of its static
/// and the number of the variant.
#[derive(Default)]
pub(crate) struct Statements(Mutex<Slots>);

type Slots = HashMap<(usize, u64), Slot, BuildHasherDefault<AddressHasher>>;

/// Filled once, even if several calls need it at the same time.
type Slot = Arc<OnceCell<Prepared>>;

/// A prepared statement.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    pub(crate) custom: CustomColumns,
}

impl Statements {
    /// The query's statement, if it is prepared.
    pub(crate) fn find(&self, query: &Variant) -> Option<Prepared> {
        self.slots().get(&query.key())?.get().cloned()
    }

    /// The query's statement. The first time, it is prepared and compared with the generated columns.
    pub(crate) async fn prepare(&self, client: &Client, query: &Variant) -> Result<Prepared> {
        let slot = self.slots().entry(query.key()).or_default().clone();
        slot.get_or_try_init(|| prepare(client, query)).await.cloned()
    }

    /// Forgets the statement, which the server no longer accepts; the next call prepares it again.
    pub(crate) fn forget(&self, query: &Variant) {
        self.slots().remove(&query.key());
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn prepare(client: &Client, query: &Variant) -> Result<Prepared> {
    let statement = client.prepare_typed(&query.text(), &query.types()).await.map_err(Error::prepare)?;
    match difference(query.columns(), statement.columns(), other_type) {
        None => {
            let custom = CustomColumns::of(statement.columns());
            Ok(Prepared { statement, custom })
        }
        Some(difference) => Err(Error::drift(difference)),
    }
}

/// How the columns that the server describes differ from the generated ones, if they do. `other_type` returns the type of a
/// column if it is not the expected one.
pub(crate) fn difference(
    expected: &[(&str, &str)],
    found: &[Column],
    other_type: impl Fn(&Column, &str) -> Option<String>,
) -> Option<String> {
    for (index, (name, ty)) in expected.iter().enumerate() {
        let number = index + 1;
        let Some(column) = found.get(index) else {
            return Some(format!("column {number} should be `{name}` of type {ty}, but there is none"));
        };
        let other_type = other_type(column, ty);
        if column.name() != *name || other_type.is_some() {
            let (is, found) = (column.name(), other_type.unwrap_or_else(|| (*ty).to_owned()));
            return Some(format!(
                "column {number} should be `{name}` of type {ty}, but it is `{is}` of type {found}"
            ));
        }
    }
    let extra = found.get(expected.len())?;
    let (number, ty) = (expected.len() + 1, type_name(extra));
    Some(format!("unexpected column {number}, `{}` of type {ty}", extra.name()))
}

/// The type of the column, if it is not the expected one.
pub(crate) fn other_type(column: &Column, expected: &str) -> Option<String> {
    let ty = column.type_();
    let (schema, name) = expected.split_once('.').unwrap_or(("pg_catalog", expected));
    (ty.schema() != schema || ty.name() != name).then(|| type_name(column))
}

/// The type as generated code writes it: with its schema unless it is built in.
fn type_name(column: &Column) -> String {
    let ty = column.type_();
    match ty.schema() {
        "pg_catalog" => ty.name().to_owned(),
        schema => format!("{schema}.{}", ty.name()),
    }
}

/// Distributes addresses, which are far apart and multiples of eight, over the table.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.write_u64(address as u64);
    }

    fn write_u64(&mut self, part: u64) {
        // 2^64 divided by the golden ratio: the high bits, which the table also uses, depend on the whole address.
        self.0 = (self.0 ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
