//! Work of the service itself, which belongs to no tenant.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use crate::call::{Caller, Place};
use crate::executor::{Executor, sealed::Sealed};
use crate::{Database, Transaction};

/// The right to act for the service instead of a tenant. It is returned once, when a [`Database`] is opened, and cannot be
/// copied: code that has only the `Database` cannot call functions that need a [`ServiceRole`].
///
/// Keep it with background jobs and sign-in, not in the state of request handlers.
pub struct ServiceKey {
    pub(crate) database: u64,
}

impl ServiceKey {
    /// The service's role on the database, for this reason, which every call reports to `tracing`.
    ///
    /// On a database other than the key's own every call fails, with an error of the kind
    /// [`ServiceKey`](crate::ErrorKind::ServiceKey).
    pub fn over<'a>(&self, database: &'a Database, reason: impl Into<Cow<'a, str>>) -> ServiceRole<'a> {
        let place = if database.id() == self.database { Place::Pool(database) } else { Place::Nowhere };
        ServiceRole { place, reason: reason.into() }
    }

    /// The service's role in the transaction.
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

/// The service's role, on a database or in a transaction. Made by [`ServiceKey::over`] and [`ServiceKey::within`].
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

/// The service's role in a transaction, for functions that need one. It is accepted wherever a [`ServiceRole`] is.
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
