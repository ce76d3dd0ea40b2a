//! Mails and their log entries.

use codex_api::services::mail::{Delivery, send, send_once};
use codex_catalog::mail::InsertEmailAudit;
use futures_util::future::join_all;

use super::fixture::Codex;

fn welcome(recipient_email: &str) -> InsertEmailAudit<'_> {
    InsertEmailAudit {
        template_name: "welcome",
        recipient_email,
        organization_id: None,
        creator_id: None,
        metadata: None,
    }
}

/// The entries of the log, in order.
async fn logged(codex: &Codex) -> Vec<String> {
    codex.column("select concat_ws(' ', status, error) from email_audit_logs order by created_at, id").await
}

#[tokio::test]
async fn the_log_knows_of_a_mail_before_it_goes_out() {
    let codex = Codex::new().await;
    let Codex { db, .. } = &codex;
    // The log is read through another connection, so it only shows what is committed.
    let mail = welcome("eve@x.org");
    let sent = send(db, codex.key(), &mail, async || {
        assert_eq!(logged(&codex).await, ["pending"]);
        let idle = "select count(*) from pg_stat_activity \
            where datname = current_database() and state like 'idle in%'";
        assert_eq!(codex.column(idle).await, ["0"]);
        Ok(())
    });
    assert!(matches!(sent.await.unwrap(), Delivery::Sent(_)));
    assert_eq!(logged(&codex).await, ["success"]);
}

#[tokio::test]
async fn a_refusal_is_noted_and_what_is_interrupted_stays_pending() {
    let codex = Codex::new().await;
    let Codex { db, .. } = &codex;
    let mail = welcome("eve@x.org");
    let refused = send(db, codex.key(), &mail, async || Err("mailbox full".to_owned()));
    let Delivery::Refused { because, .. } = refused.await.unwrap() else { panic!() };
    assert_eq!(because, "mailbox full");
    // The caller is cancelled while the mail is being sent.
    let waits = send(db, codex.key(), &mail, async || std::future::pending().await);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(200), waits).await.is_err());
    assert_eq!(logged(&codex).await, ["failed mailbox full", "pending"]);
}

#[tokio::test]
async fn a_mail_for_once_is_tried_until_it_is_sent() {
    let codex = Codex::new().await;
    let Codex { db, .. } = &codex;
    let once = async |outcome: Result<(), &str>| {
        let outcome = outcome.map_err(str::to_owned);
        send_once(db, codex.key(), &welcome("Eve@x.org"), async || outcome).await.unwrap()
    };
    assert!(matches!(once(Err("later")).await, Delivery::Refused { .. }));
    assert!(matches!(once(Ok(())).await, Delivery::Sent(_)));
    assert_eq!(once(Ok(())).await, Delivery::AlreadySent);
    assert_eq!(logged(&codex).await, ["failed later", "success"]);
}

#[tokio::test]
async fn many_mails_at_once_have_an_entry_each() {
    let codex = Codex::new().await;
    let Codex { db, .. } = &codex;
    let mails = (0..20).map(async |n| {
        let to = format!("u{n}@x.org");
        let outcome = if n % 2 == 0 { Ok(()) } else { Err("no".to_owned()) };
        send(db, codex.key(), &welcome(&to), async || outcome).await.unwrap()
    });
    let sent = join_all(mails).await.iter().filter(|delivery| matches!(delivery, Delivery::Sent(_))).count();
    assert_eq!(sent, 10);
    let counted = "select status || ' ' || count(*) from email_audit_logs group by status order by status";
    assert_eq!(codex.column(counted).await, ["success 10", "failed 10"]);
}
