//! Concurrent requests: of requests that exclude each other only one succeeds, and repeated events take effect once.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::json;

use crate::attacks_tenant::{Tenant, session};
use crate::support::{Answer, Api, PASSWORD, api};

/// How often each test repeats its requests.
const ROUNDS: usize = 20;

struct World {
    api: Api,
    client: tokio_postgres::Client,
    ann: Tenant,
}

async fn world() -> World {
    let api = api().await;
    let client = api.database.client().await.unwrap();
    let ann = Tenant::settle(&api.database, "ann").await;
    World { api, client, ann }
}

impl World {
    async fn session(&self, person: &str) -> String {
        session(&self.client, &self.ann.person(person), 30 * 24).await
    }

    /// The result of a `count` query.
    async fn count(&self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).await.unwrap().get(0)
    }
}

/// How often each status occurred, with the name of the problem.
fn outcomes(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    for answer in answers {
        let problem =
            answer.body["type"].as_str().and_then(|name| name.rsplit(':').next()).unwrap_or_default();
        *outcomes.entry(format!("{} {problem}", answer.status.as_u16())).or_default() += 1;
    }
    outcomes
}

/// Compares with expected outcomes, written as `&[("204 ", 8)]`.
#[track_caller]
fn assert_outcomes(answers: &[Answer], expected: &[(&str, usize)]) {
    let expected: BTreeMap<String, usize> =
        expected.iter().map(|(outcome, times)| ((*outcome).to_owned(), *times)).collect();
    assert_eq!(outcomes(answers), expected, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_one_purchase_however_often_it_is_told_at_once() {
    let world = world().await;
    for round in 0..ROUNDS {
        let event = json!({
            "event": "paid", "payment_id": format!("pay_{round}"), "customer_id": world.ann.person("member"),
            "content_id": world.ann.value("film"), "amount_cents": 999, "currency": "usd",
        });
        let answers = join_all((0..8).map(|_| world.api.webhook("/v1/webhooks/payments", &event))).await;
        assert_outcomes(&answers, &[("204 ", 8)]);
        let purchases = "select count(*) from purchases where customer_id = 'ann-member'";
        assert_eq!(world.count(purchases).await, round as i64 + 1);
        let grants = "select count(*) from content_access where user_id = 'ann-member'";
        assert_eq!(world.count(grants).await, 1);
        let counted = "select purchase_count::bigint from content where title = 'Film of ann'";
        assert_eq!(world.count(counted).await, round as i64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_and_its_refund_at_once_leave_nothing_open() {
    let world = world().await;
    for round in 0..ROUNDS {
        let payment = format!("pay_{round}");
        let paid = json!({
            "event": "paid", "payment_id": payment, "customer_id": world.ann.person("member"),
            "content_id": world.ann.value("film"), "amount_cents": 999, "currency": "usd",
        });
        let mut with = paid.clone();
        with.as_object_mut().unwrap().remove("event");
        let refund = json!({ "event": "refunded", "payment_id": payment, "payment": with });
        let events = [&paid, &refund, &paid, &refund];
        let answers = join_all(events.map(|event| world.api.webhook("/v1/webhooks/payments", event))).await;
        assert_outcomes(&answers, &[("204 ", 4)]);
        let refunded =
            "select count(*) from purchases where customer_id = 'ann-member' and status = 'refunded'";
        assert_eq!(world.count(refunded).await, round as i64 + 1);
        let open = "select count(*) from content_access
                    where user_id = 'ann-member' and (expires_at is null or expires_at > now())";
        assert_eq!(world.count(open).await, 0);
        let counted = "select purchase_count::bigint from content where title = 'Film of ann'";
        assert_eq!(world.count(counted).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_two_owners_do_to_each_other_one_stays() {
    let world = world().await;
    let organization = world.ann.value("org");
    let (one, two) = (world.session("owner").await, world.session("admin").await);
    let member =
        |person: &str| format!("/v1/organizations/{organization}/members/{}", world.ann.person(person));
    let (own, other) = (member("owner"), member("admin"));
    let both = "update organization_memberships set role = 'owner', status = 'active'
                where user_id in ('ann-owner', 'ann-admin')";
    let down = || Some(json!({ "role": "member" }));
    for round in 0..ROUNDS {
        world.client.execute(both, &[]).await.unwrap();
        let (demote_own, demote_other) = (format!("PUT {own}/role"), format!("PUT {other}/role"));
        let (remove_own, remove_other) = (format!("DELETE {own}"), format!("DELETE {other}"));
        let leave = format!("DELETE /v1/me/organizations/{organization}");
        // Two owners remove or demote each other or themselves, or one removes the other, who leaves.
        let ((one_does, to_one), (two_does, to_two)) = match round % 5 {
            0 => ((&demote_other, down()), (&demote_own, down())),
            1 => ((&remove_other, None), (&remove_own, None)),
            2 => ((&demote_own, down()), (&demote_other, down())),
            3 => ((&remove_other, None), (&demote_own, down())),
            _ => ((&remove_other, None), (&leave, None)),
        };
        let answers = tokio::join!(
            world.api.call(one_does, Some(&one), to_one),
            world.api.call(two_does, Some(&two), to_two)
        );
        let answers = [answers.0, answers.1];
        assert!(answers.iter().all(|answer| answer.status.as_u16() < 500), "{answers:?}");
        let owners =
            "select count(*) from organization_memberships where organization_id = md5('ann-org')::uuid
                      and role = 'owner' and status = 'active'";
        assert_eq!(world.count(owners).await, 1, "round {round}: {answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_reports_of_one_job_the_first_one_counts() {
    let world = world().await;
    let again = "update media_items set status = 'transcoding', runpod_job_id = 'annsecret-job', transcoding_attempts = 0,
                 hls_master_playlist_key = null, transcoding_error = null where id = md5('ann-transcoding')::uuid";
    let failed = json!({ "job": "annsecret-job", "outcome": "failed", "error": "no picture" });
    let completed = json!({
        "job": "annsecret-job", "outcome": "completed", "hls_master_playlist_key": "a.m3u8", "thumbnail_key": "a.jpg",
        "duration_seconds": 60,
    });
    for _ in 0..ROUNDS {
        world.client.execute(again, &[]).await.unwrap();
        let reports = [&failed, &completed, &failed, &completed];
        let answers =
            join_all(reports.map(|event| world.api.webhook("/v1/webhooks/transcoding", event))).await;
        assert_outcomes(&answers, &[("204 ", 4)]);
        // The row is completely in one of the two states.
        let whole = "select count(*) from media_items where id = md5('ann-transcoding')::uuid and (
            (status = 'ready' and hls_master_playlist_key = 'a.m3u8' and transcoding_error is null)
            or (status = 'failed' and hls_master_playlist_key is null and transcoding_error = 'no picture'
                and transcoding_attempts = 1))";
        assert_eq!(world.count(whole).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_started_once() {
    let mut world = world().await;
    let token = world.session("owner").await;
    let start = format!("POST /v1/media/{}/transcoding", world.ann.value("uploaded"));
    for _ in 0..ROUNDS {
        let again = "update media_items set status = 'uploaded', transcoding_attempts = 0
                     where id = md5('ann-uploaded')::uuid";
        world.client.execute(again, &[]).await.unwrap();
        let calls = (0..4).map(|_| world.api.call(&start, Some(&token), json!({})));
        let answers = join_all(calls).await;
        assert_outcomes(&answers, &[("200 ", 1), ("409 wrong-state", 3)]);
        world.api.outbox.jobs.try_recv().unwrap();
        assert!(world.api.outbox.jobs.try_recv().is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_is_published_once() {
    let world = world().await;
    let token = world.session("owner").await;
    let (piece, organization) = (world.ann.value("placed"), world.ann.value("org"));
    let (own, staff) = (
        format!("POST /v1/content/{piece}/publish"),
        format!("POST /v1/organizations/{organization}/content/{piece}/publish"),
    );
    for _ in 0..ROUNDS {
        let again =
            "update content set status = 'draft', published_at = null where id = md5('ann-placed')::uuid";
        world.client.execute(again, &[]).await.unwrap();
        let requests = [&own, &staff, &own, &staff];
        let answers = join_all(requests.map(|request| world.api.call(request, Some(&token), None))).await;
        assert_outcomes(&answers, &[("200 ", 4)]);
        let at = |answer: &Answer| answer.body["published_at"].clone();
        assert!(answers.iter().all(|answer| at(answer) == at(&answers[0])), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_publishing_and_archiving_at_once_what_is_archived_stays_so() {
    let world = world().await;
    let token = world.session("owner").await;
    let piece = world.ann.value("placed");
    let (publish, archive) =
        (format!("POST /v1/content/{piece}/publish"), format!("POST /v1/content/{piece}/archive"));
    for _ in 0..ROUNDS {
        let again =
            "update content set status = 'draft', published_at = null where id = md5('ann-placed')::uuid";
        world.client.execute(again, &[]).await.unwrap();
        let (published, archived) = tokio::join!(
            world.api.call(&publish, Some(&token), None),
            world.api.call(&archive, Some(&token), None)
        );
        archived.is(StatusCode::OK);
        if !published.status.is_success() {
            published.problem(409, "archived");
        }
        let kept = "select count(*) from content where id = md5('ann-placed')::uuid and status = 'archived'";
        assert_eq!(world.count(kept).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_persons() {
    let mut world = world().await;
    for round in 0..ROUNDS {
        let new = json!({ "name": "Eve", "email": format!("eve{round}@example.org"), "password": PASSWORD });
        let calls = (0..3).map(|_| world.api.call("POST /v1/registrations", None, new.clone()));
        let answers = join_all(calls).await;
        assert_outcomes(&answers, &[("201 ", 1), ("409 email-taken", 2)]);
        world.api.outbox.mails.try_recv().unwrap();
        assert!(world.api.outbox.mails.try_recv().is_err(), "one mail");
        // The refused registrations left no rows.
        assert_eq!(world.count("select count(*) from users where name = 'Eve'").await, round as i64 + 1);
        let accounts = "select count(*) from accounts where user_id not like 'ann-%'";
        assert_eq!(world.count(accounts).await, round as i64 + 1);
        assert_eq!(world.count("select count(*) from verification_tokens").await, round as i64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_is_one_organizations() {
    let world = world().await;
    let token = world.session("owner").await;
    for round in 0..ROUNDS {
        let new = json!({ "name": "Engines", "slug": format!("engines-{round}") });
        let move_to = format!("PUT /v1/organizations/{}/slug", world.ann.value("org"));
        let slug = json!({ "slug": format!("engines-{round}") });
        let (one, two, three) = tokio::join!(
            world.api.call("POST /v1/organizations", Some(&token), new.clone()),
            world.api.call("POST /v1/organizations", Some(&token), new.clone()),
            world.api.call(&move_to, Some(&token), slug)
        );
        let answers = [one, two, three];
        let taken = outcomes(&answers).get("409 slug-taken").copied();
        assert_eq!(taken, Some(2), "{answers:?}");
        let owned = "select count(*) from organizations o where not exists (
            select from organization_memberships m where m.organization_id = o.id and m.role = 'owner')";
        assert_eq!(world.count(owned).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_or_declined() {
    let world = world().await;
    let token = world.session("invited").await;
    let invitation = format!("/v1/me/invitations/{}", world.ann.value("org"));
    for _ in 0..ROUNDS {
        let again = "insert into organization_memberships (organization_id, user_id, role, status)
                     values (md5('ann-org')::uuid, 'ann-invited', 'admin', 'invited')
                     on conflict (organization_id, user_id) do update set status = 'invited'";
        world.client.execute(again, &[]).await.unwrap();
        let (accept, decline) = (format!("PUT {invitation}"), format!("DELETE {invitation}"));
        let requests = [&accept, &decline, &accept, &decline];
        let answers = join_all(requests.map(|request| world.api.call(request, Some(&token), None))).await;
        assert_outcomes(&answers, &[("204 ", 1), ("404 not-found", 3)]);
    }
}
