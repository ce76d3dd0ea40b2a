//! How a transaction is started.

use crate::connection::{BEGIN, Connection, Preamble};

/// Isolation level, access mode and deferrability of a transaction. The server's defaults apply to what is not set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct TransactionOptions {
    isolation: Option<&'static str>,
    read_only: bool,
    deferrable: bool,
}

impl TransactionOptions {
    /// The server's defaults.
    pub const fn new() -> TransactionOptions {
        TransactionOptions { isolation: None, read_only: false, deferrable: false }
    }

    /// Each statement sees what was committed before that statement began.
    pub const fn read_committed(self) -> Self {
        TransactionOptions { isolation: Some("read committed"), ..self }
    }

    /// All statements see what was committed before the first one began.
    pub const fn repeatable_read(self) -> Self {
        TransactionOptions { isolation: Some("repeatable read"), ..self }
    }

    /// As if transactions ran one after the other; use it with [`retry`](crate::retry).
    pub const fn serializable(self) -> Self {
        TransactionOptions { isolation: Some("serializable"), ..self }
    }

    /// Writes fail.
    pub const fn read_only(self) -> Self {
        TransactionOptions { read_only: true, ..self }
    }

    /// A serializable read-only transaction first waits for a snapshot in which it cannot fail.
    pub const fn deferrable(self) -> Self {
        TransactionOptions { deferrable: true, ..self }
    }

    /// The statements that start it.
    pub(super) fn preamble(self, connection: &Connection) -> Preamble {
        if self == TransactionOptions::new() {
            connection.begin.clone()
        } else {
            Preamble::transaction(&self.start(), &connection.local)
        }
    }

    /// The statement that starts it.
    fn start(self) -> String {
        let isolation = self.isolation.map(|level| format!("isolation level {level}"));
        let read_only = self.read_only.then(|| "read only".to_owned());
        let deferrable = self.deferrable.then(|| "deferrable".to_owned());
        let modes: Vec<String> = [isolation, read_only, deferrable].into_iter().flatten().collect();
        format!("{BEGIN} {}", modes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        assert_eq!(
            TransactionOptions::new().serializable().read_only().deferrable().start(),
            "start transaction isolation level serializable, read only, deferrable"
        );
    }
}
