//! Seed data, copied table by table in the order of the foreign keys.

use chrono::{DateTime, Utc};
use codex_catalog::seed::{
    self, SeedAccessItem, SeedAccountsItem, SeedContentItem, SeedMediaItem, SeedMembershipsItem,
    SeedOrganizationsItem, SeedPlaybackItem, SeedPurchasesItem, SeedSessionsItem, SeedUsersItem,
};
use codex_catalog::{
    AccountId, Constraint, ContentAccessType, ContentId, ContentStatus, ContentType, ContentVisibility,
    MediaItemId, MediaItemMediaType, MediaItemStatus, OrganizationId, OrganizationMembershipRole,
    OrganizationMembershipStatus, PurchaseStatus, SessionId, UserId,
};
use sqlward::{ErrorKind, items};
use uuid::Uuid;

use super::fixture::{Codex, later, violated};

/// The n-th id of each kind.
fn uuid(kind: u64, n: u64) -> Uuid {
    Uuid::from_u64_pair(kind, n)
}

fn user(n: u64) -> SeedUsersItem {
    SeedUsersItem {
        id: UserId(format!("seed{n}")),
        name: format!("Seed {n}"),
        email: format!("seed{n}@example.org"),
        email_verified: n.is_multiple_of(2),
        image: n.is_multiple_of(3).then(|| format!("https://example.org/{n}.png")),
        role: "creator".to_owned(),
    }
}

/// Copies rows for `count` tenants, with a row in every table for each. `at` is the time of all of them.
async fn seed_all(codex: &Codex, count: u64, at: DateTime<Utc>) {
    let db = &codex.service();
    let all = || 0..count;
    let id = |n| UserId(format!("seed{n}"));
    seed::seed_users(db, items(all().map(user))).await.unwrap();
    let accounts = all().map(|n| SeedAccountsItem {
        id: AccountId(format!("account{n}")),
        account_id: n.to_string(),
        provider_id: "github".to_owned(),
        user_id: id(n),
        password: None,
    });
    seed::seed_accounts(db, items(accounts)).await.unwrap();
    let sessions = all().map(|n| SeedSessionsItem {
        id: SessionId(format!("session{n}")),
        user_id: id(n),
        token: format!("token{n}"),
        expires_at: later(),
        ip_address: None,
        user_agent: Some("test".to_owned()),
    });
    seed::seed_sessions(db, items(sessions)).await.unwrap();
    let organizations = all().map(|n| SeedOrganizationsItem {
        id: OrganizationId(uuid(1, n)),
        name: format!("Organization {n}"),
        slug: format!("organization-{n}"),
        description: None,
    });
    seed::seed_organizations(db, items(organizations)).await.unwrap();
    let memberships = all().map(|n| SeedMembershipsItem {
        organization_id: OrganizationId(uuid(1, n)),
        user_id: id(n),
        role: OrganizationMembershipRole::Owner,
        status: OrganizationMembershipStatus::Active,
        invited_by: None,
    });
    seed::seed_memberships(db, items(memberships)).await.unwrap();
    let media = all().map(|n| SeedMediaItem {
        id: MediaItemId(uuid(2, n)),
        creator_id: id(n),
        title: format!("Video {n}"),
        media_type: MediaItemMediaType::Video,
        status: MediaItemStatus::Uploaded,
        r2_key: format!("seed{n}/video"),
        file_size_bytes: Some(5_000_000_000),
        mime_type: None,
    });
    seed::seed_media(db, items(media)).await.unwrap();
    let content = all().map(|n| SeedContentItem {
        id: ContentId(uuid(3, n)),
        creator_id: id(n),
        organization_id: Some(OrganizationId(uuid(1, n))),
        media_item_id: Some(MediaItemId(uuid(2, n))),
        title: format!("Piece {n}"),
        slug: format!("piece-{n}"),
        content_type: ContentType::Video,
        content_body: None,
        visibility: ContentVisibility::Public,
        price_cents: Some(999),
        status: ContentStatus::Published,
        published_at: Some(at),
    });
    seed::seed_content(db, items(content)).await.unwrap();
    let purchases = all().map(|n| SeedPurchasesItem {
        customer_id: id(n),
        content_id: ContentId(uuid(3, n)),
        organization_id: OrganizationId(uuid(1, n)),
        amount_paid_cents: 999,
        stripe_payment_intent_id: format!("payment{n}"),
        status: PurchaseStatus::Completed,
        creator_payout_cents: 999,
        purchased_at: Some(at),
    });
    seed::seed_purchases(db, items(purchases)).await.unwrap();
    let access = all().map(|n| SeedAccessItem {
        user_id: id(n),
        content_id: ContentId(uuid(3, n)),
        organization_id: OrganizationId(uuid(1, n)),
        access_type: ContentAccessType::Purchased,
        expires_at: None,
    });
    seed::seed_access(db, items(access)).await.unwrap();
    let playback = all().map(|n| SeedPlaybackItem {
        user_id: id(n),
        content_id: ContentId(uuid(3, n)),
        position_seconds: n as i32,
        duration_seconds: 1_000_000,
        completed: false,
    });
    seed::seed_playback(db, items(playback)).await.unwrap();
}

#[tokio::test]
async fn every_table_has_what_was_given() {
    const COUNT: u64 = 2_000;
    let codex = Codex::new().await;
    let at = "2025-01-01T12:00:00.123456Z".parse().unwrap();
    seed_all(&codex, COUNT, at).await;
    // The reference: the same rows, generated by the server.
    for (table, expected) in [
        ("users", "select row('seed' || n, 'Seed ' || n, 'seed' || n || '@example.org', n % 2 = 0,
            case when n % 3 = 0 then 'https://example.org/' || n || '.png' end, 'creator')::text"),
        ("accounts", "select row('account' || n, n, 'github', 'seed' || n, null)::text"),
        ("sessions", "select row('session' || n, 'seed' || n, 'token' || n, '2100-01-01'::timestamp, null, 'test')::text"),
        ("organizations", "select row(uuid(1, n), 'Organization ' || n, 'organization-' || n, null)::text"),
        ("organization_memberships", "select row(uuid(1, n), 'seed' || n, 'owner', 'active', null)::text"),
        ("media_items", "select row(uuid(2, n), 'seed' || n, 'Video ' || n, 'video', 'uploaded', 'seed' || n || '/video', 5000000000, null)::text"),
        ("content", "select row(uuid(3, n), 'seed' || n, uuid(1, n), uuid(2, n), 'Piece ' || n, 'piece-' || n, 'video', null, 'public', 999,
            'published', '2025-01-01 12:00:00.123456Z'::timestamptz)::text"),
        ("purchases", "select row('seed' || n, uuid(3, n), uuid(1, n), 999, 'payment' || n, 'completed', 999,
            '2025-01-01 12:00:00.123456Z'::timestamptz)::text"),
        ("content_access", "select row('seed' || n, uuid(3, n), uuid(1, n), 'purchased', null)::text"),
        ("video_playback", "select row('seed' || n, uuid(3, n), n, 1000000, false)::text"),
    ] {
        let columns = columns_of(table);
        let uuid = |kind| format!("lpad('{kind}', 16, '0') || lpad(to_hex(n), 16, '0')");
        let expected = (1..=3).fold(expected.to_owned(), |sql, kind| {
            sql.replace(&format!("uuid({kind}, n)"), &format!("({})::uuid", uuid(kind)))
        });
        let differences = format!(
            "with given as ({expected} as row from generate_series(0, {COUNT} - 1) n),
                  found as (select row({columns})::text as row from {table} where {table}::text like '%seed%' or {table}::text like '%rganization%-%')
             select count(*) from (select row from given except select row from found) missing
             union all select count(*) from given
             union all select count(*) from found f where f.row in (select row from given)"
        );
        let count = COUNT.to_string();
        assert_eq!(codex.column(&differences).await, ["0", &count, &count], "{table}");
    }
}

/// The columns that a seed query fills, read from its text.
fn columns_of(table: &str) -> &'static str {
    let sql = include_str!("../../../queries/seed.sql");
    let line = sql.lines().find_map(|line| line.strip_prefix(&format!("--@ copy {table}(")));
    line.and_then(|line| line.strip_suffix(')')).unwrap()
}

#[tokio::test]
async fn the_schema_still_judges_every_row() {
    let codex = Codex::new().await;
    let db = &codex.service();
    let orphan = SeedPlaybackItem {
        user_id: codex.ann.id.clone(),
        content_id: ContentId(uuid(9, 9)),
        position_seconds: 0,
        duration_seconds: 1,
        completed: false,
    };
    let error = seed::seed_playback(db, items([orphan])).await.unwrap_err();
    assert_eq!((error.kind(), error.table()), (ErrorKind::ForeignKeyViolation, Some("video_playback")));
    let twice =
        seed::seed_users(db, items([user(1), user(2), SeedUsersItem { id: UserId::from("x"), ..user(1) }]))
            .await;
    assert_eq!(twice.as_ref().unwrap_err().item(), Some(2));
    assert_eq!(violated(twice), Constraint::UsersEmailUnique);
    assert_eq!(codex.column("select count(*) from users where id like 'seed%'").await, ["0"]);
}
