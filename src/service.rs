//! Work of the service itself, beyond any tenant.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use crate::call::{Caller, Place};
use crate::executor::{Executor, sealed::Sealed};
use crate::{Database, Transaction};

/// The right to act for the service instead of a tenant. Opening a [`Database`] hands it out, once, and it cannot be
/// copied: who holds only the `Database` cannot call what needs a [`ServiceRole`].
///
/// It belongs where jobs and the sign-in are, not in the state of request handlers.
pub struct ServiceKey {
    pub(crate) database: u64,
}

impl ServiceKey {
    /// The service at work on the database, for this reason, which `tracing` is told with every call.
    ///
    /// Over another database than the one the key was handed out with, every call is an error of the kind
    /// [`ServiceKey`](crate::ErrorKind::ServiceKey).
    pub fn over<'a>(&self, database: &'a Database, reason: impl Into<Cow<'a, str>>) -> ServiceRole<'a> {
        let place = if database.id() == self.database { Place::Pool(database) } else { Place::Nowhere };
        ServiceRole { place, reason: reason.into() }
    }

    /// The service at work in the transaction.
    pub fn within<'a>(
        &self,
        transaction: &'a Transaction<'_>,
        reason: impl Into<Cow<'a, str>>,
    ) -> ServiceTransaction<'a> {
        let connection = transaction.connection();
        let place = if connection.database == self.database {
            Place::Transaction(connection)
        } else {
            Place::Nowhere
        };
        ServiceTransaction(ServiceRole { place, reason: reason.into() })
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceKey").finish_non_exhaustive()
    }
}

/// The service at work, on a database or in a transaction. Made by [`ServiceKey::over`] and [`ServiceKey::within`].
pub struct ServiceRole<'a> {
    place: Place<'a>,
    reason: Cow<'a, str>,
}

impl ServiceRole<'_> {
    /// Why the service acts.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Debug for ServiceRole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceRole").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl Sealed for ServiceRole<'_> {
    fn caller(&self) -> Caller<'_> {
        Caller { place: self.place, reason: Some(&self.reason) }
    }
}

impl Executor for ServiceRole<'_> {}

/// The service at work in a transaction, for what may only be done in one. It goes wherever a [`ServiceRole`] does.
#[derive(Debug)]
pub struct ServiceTransaction<'a>(ServiceRole<'a>);

impl<'a> Deref for ServiceTransaction<'a> {
    type Target = ServiceRole<'a>;

    fn deref(&self) -> &ServiceRole<'a> {
        &self.0
    }
}

impl Sealed for ServiceTransaction<'_> {
    fn caller(&self) -> Caller<'_> {
        self.0.caller()
    }
}

impl Executor for ServiceTransaction<'_> {}
