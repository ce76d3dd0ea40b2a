//! Mails, each with its entry in the log.
//!
//! No transaction is open while a mail goes out: what is rolled back would take with it that it did. So these functions
//! take a database, which none is open on.

use codex_catalog::EmailAuditLogId;
use codex_catalog::mail::{self, InsertEmailAudit};
use sqlward::{Database, Result, ServiceKey};

/// What came of a mail.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The provider took it.
    Sent(EmailAuditLogId),
    /// The provider refused it, and said why.
    Refused {
        /// Its entry in the log.
        entry: EmailAuditLogId,
        /// What the provider said.
        because: String,
    },
    /// They got one of this kind before, and it was for once.
    AlreadySent,
}

/// Notes a mail, has it sent, and notes what came of it. When the process ends in between, the entry stays pending: nobody
/// knows whether that mail went out.
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

/// The same for what someone is told once, such as a welcome. One that was refused is tried again.
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
