//! The mail log.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use codex_catalog::mail::{self, InsertEmailAudit, ListEmailAudit};
use codex_catalog::{EmailAuditLogId, EmailSendStatus};
use sqlward::Page;

use super::fixture::Codex;

/// A mail to an address, for no user or organization.
fn welcome<'a>(recipient_email: &'a str) -> InsertEmailAudit<'a> {
    InsertEmailAudit {
        template_name: "welcome",
        recipient_email,
        organization_id: None,
        creator_id: None,
        metadata: None,
    }
}

#[tokio::test]
async fn a_mail_is_sent_or_failed_once() {
    let codex = Codex::new().await;
    let service = codex.service();
    let of_ann = InsertEmailAudit {
        organization_id: Some(codex.ann.organization_id),
        creator_id: Some(&codex.ann.id),
        metadata: Some("{}"),
        ..welcome("Eve@X.org")
    };
    let entry = mail::insert_email_audit(&service, &of_ann).await.unwrap();
    assert_eq!((entry.status, &*entry.recipient_email), (EmailSendStatus::Pending, "eve@x.org"));
    assert_eq!(
        (entry.organization_id, entry.creator_id),
        (Some(codex.ann.organization_id), Some(codex.ann.id.clone()))
    );
    let other = mail::insert_email_audit(&service, &welcome("eve@x.org")).await.unwrap();

    let fail = async |id| mail::mark_email_failed(&service, &"é".repeat(3000), id).await.unwrap();
    let sent = async |id| mail::mark_email_sent(&service, id).await.unwrap();
    assert_eq!((sent(entry.id).await, sent(entry.id).await, fail(entry.id).await), (1, 0, 0));
    assert_eq!((fail(other.id).await, fail(other.id).await, sent(other.id).await), (1, 0, 0));
    let nobody: EmailAuditLogId = EmailAuditLogId(codex.dead.0);
    assert_eq!((sent(nobody).await, fail(nobody).await), (0, 0));
    let logged = codex
        .column("select status || ' ' || coalesce(length(error), 0) from email_audit_logs order by status")
        .await;
    assert_eq!(logged, ["success 0", "failed 2000"]);
}

#[tokio::test]
async fn of_two_who_close_an_entry_one_does() {
    let codex = Codex::new().await;
    let service = codex.service();
    let id = mail::insert_email_audit(&service, &welcome("eve@x.org")).await.unwrap().id;
    let (a, b, c) = tokio::join!(
        mail::mark_email_sent(&service, id),
        mail::mark_email_failed(&service, "late", id),
        mail::mark_email_sent(&service, id)
    );
    assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 1);
}

#[tokio::test]
async fn only_a_mail_that_went_out_counts_as_sent() {
    let codex = Codex::new().await;
    let service = codex.service();
    let was_sent = async |to: &str, what: &str| mail::was_template_sent(&service, to, what).await.unwrap();
    assert!(!was_sent("eve@x.org", "welcome").await);
    let first = mail::insert_email_audit(&service, &welcome("eve@x.org")).await.unwrap().id;
    assert!(!was_sent("eve@x.org", "welcome").await, "it is under way");
    mail::mark_email_failed(&service, "full", first).await.unwrap();
    assert!(!was_sent("eve@x.org", "welcome").await, "it failed");
    let second = mail::insert_email_audit(&service, &welcome("eve@x.org")).await.unwrap().id;
    mail::mark_email_sent(&service, second).await.unwrap();
    assert!(was_sent("EVE@x.org", "welcome").await);
    assert!(!was_sent("eve@x.org", "receipt").await && !was_sent("bob@x.org", "welcome").await);
}

/// Mails of two organizations and of none, some at the same time.
const ROWS: &str = "
insert into email_audit_logs (organization_id, template_name, recipient_email, status, created_at)
select o.id, (array['welcome', 'receipt', 'news'])[1 + n % 3], 'u' || n || '@x.org',
    (array['pending', 'success', 'success', 'failed'])[1 + n % 4]::email_send_status,
    timestamptz '2024-01-01 00:00Z' + n / 3 * interval '7 hours'
from generate_series(1, 120) n, (select id from organizations where slug in ('alpha', 'beta') union all select null) o;
";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn an_organization_sees_its_own_mails() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, bob, .. } = &codex;
    let mut rows = 0;
    for given in 0..16usize {
        let has = |bit: usize| given & 1 << bit != 0;
        let wanted = ListEmailAudit {
            status: has(0).then_some(EmailSendStatus::Success),
            template_name: has(1).then_some("receipt"),
            // There are mails exactly at both times.
            since: has(2).then(|| at("2024-01-02T04:00:00Z")),
            until: has(3).then(|| at("2024-01-09T04:00:00Z")),
        };
        let sql = "select id, status::text, template_name, created_at from email_audit_logs where organization_id = $1
            order by created_at desc, id";
        let all = codex.rows(sql, &ann.organization_id.0).await;
        let expected: Vec<_> = all
            .iter()
            .filter(|row| !has(0) || row.get::<_, &str>(1) == "success")
            .filter(|row| !has(1) || row.get::<_, &str>(2) == "receipt")
            .filter(|row| wanted.since.is_none_or(|since| row.get::<_, DateTime<Utc>>(3) >= since))
            .filter(|row| wanted.until.is_none_or(|until| row.get::<_, DateTime<Utc>>(3) < until))
            .map(|row| EmailAuditLogId(row.get(0)))
            .collect();
        let mut found = Vec::new();
        for number in 1.. {
            let page = Page::new(number, 11).unwrap();
            let page = mail::list_email_audit(db, &ann.organization, &wanted, page).await.unwrap();
            assert_eq!(page.total, expected.len() as u64, "{wanted:?}");
            if page.items.is_empty() {
                break;
            }
            found.extend(page.items.iter().map(|row| row.id));
        }
        assert_eq!(found, expected, "{wanted:?}");
        rows += found.len();
    }
    assert!(rows > 300, "only {rows} rows were compared");

    // Mails of others are not seen.
    let all = async || {
        let page = Page::new(1, 100).unwrap();
        let listed =
            mail::list_email_audit(db, &ann.organization, &ListEmailAudit::default(), page).await.unwrap();
        let counted = mail::email_delivery_stats(
            db,
            &ann.organization,
            at("2000-01-01T00:00:00Z"),
            at("2100-01-01T00:00:00Z"),
        );
        format!("{listed:?} {:?}", counted.await.unwrap())
    };
    let before = all().await;
    codex.sql("update email_audit_logs set status = 'failed', created_at = now() where organization_id is distinct from
        (select id from organizations where slug = 'alpha')").await;
    assert_eq!(all().await, before);
    let beta = ListEmailAudit { status: Some(EmailSendStatus::Failed), ..ListEmailAudit::default() };
    assert_eq!(
        mail::list_email_audit(db, &bob.organization, &beta, Page::default()).await.unwrap().total,
        120
    );
}

#[tokio::test]
async fn deliveries_add_up_day_by_day() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, .. } = &codex;
    let sql = "select status::text, created_at from email_audit_logs where organization_id = $1";
    let all = codex.rows(sql, &ann.organization_id.0).await;
    for (since, until) in [
        ("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"),
        ("2024-01-02T04:00:00Z", "2024-01-09T04:00:00Z"),
        ("2024-01-02T04:00:00Z", "2024-01-02T04:00:00Z"),
    ] {
        let (since, until) = (at(since), at(until));
        let mut days: BTreeMap<NaiveDate, [i64; 3]> = BTreeMap::new();
        for row in &all {
            let moment: DateTime<Utc> = row.get(1);
            if moment >= since && moment < until {
                let place = ["pending", "success", "failed"]
                    .iter()
                    .position(|status| *status == row.get::<_, &str>(0));
                days.entry(moment.date_naive()).or_default()[place.unwrap()] += 1;
            }
        }
        let found = mail::email_delivery_stats(db, &ann.organization, since, until).await.unwrap();
        let found: Vec<_> = found.iter().map(|row| (row.day, [row.pending, row.sent, row.failed])).collect();
        assert_eq!(found, days.into_iter().collect::<Vec<_>>());
    }
    codex.sql("insert into email_audit_logs (organization_id, template_name, recipient_email, created_at)
        select id, 'x', 'x', timestamptz '2010-01-01 12:00Z' + n * interval '1 day' from organizations, generate_series(1, 400) n
        where slug = 'alpha'").await;
    let all = mail::email_delivery_stats(
        db,
        &ann.organization,
        at("2000-01-01T00:00:00Z"),
        at("2100-01-01T00:00:00Z"),
    );
    assert_eq!(all.await.unwrap().len(), 366);
}
