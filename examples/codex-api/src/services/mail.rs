//! Sends mails and logs each of them.
//!
//! A mail is sent outside of any transaction, because a rollback would also remove the log entry of a mail that was
//! sent. So these functions take a [`Database`] and not a transaction.

use codex_catalog::EmailAuditLogId;
use codex_catalog::mail::{self, InsertEmailAudit};
use sqlward::{Database, Result, ServiceKey};

/// The result of sending a mail.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The provider accepted it.
    Sent(EmailAuditLogId),
    /// The provider refused it.
    Refused {
        /// Its log entry.
        entry: EmailAuditLogId,
        /// The provider's reason.
        because: String,
    },
    /// The recipient already got a mail of this kind, which is sent only once.
    AlreadySent,
}

/// Logs a mail, sends it, and logs the result. If the process ends in between, the entry stays pending, because it is
/// unknown whether the mail was sent.
pub async fn send(
    db: &Database,
    key: &ServiceKey,
    mail: &InsertEmailAudit<'_>,
    deliver: impl AsyncFnOnce() -> std::result::Result<(), String>,
) -> Result<Delivery> {
    let service = key.over(db, "log of a mail");
    let entry = mail::insert_email_audit(&service, mail).await?.id;
    match deliver().await {
        Ok(()) => {
            mail::mark_email_sent(&service, entry).await?;
            Ok(Delivery::Sent(entry))
        }
        Err(because) => {
            mail::mark_email_failed(&service, &because, entry).await?;
            Ok(Delivery::Refused { entry, because })
        }
    }
}

/// The same for a mail that each address gets only once, such as a welcome. A refused one can be sent again.
pub async fn send_once(
    db: &Database,
    key: &ServiceKey,
    mail: &InsertEmailAudit<'_>,
    deliver: impl AsyncFnOnce() -> std::result::Result<(), String>,
) -> Result<Delivery> {
    let service = key.over(db, "look-up of a mail that is sent once");
    if mail::was_template_sent(&service, mail.recipient_email, mail.template_name).await? {
        return Ok(Delivery::AlreadySent);
    }
    send(db, key, mail, deliver).await
}
