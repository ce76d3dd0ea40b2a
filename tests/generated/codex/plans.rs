//! Query plans with optional conditions left out of the text, compared with `is null or` in one text.

use sqlward_codegen::parse::Variant;
use sqlward_codegen::prove::Judged;

use super::fixture::Codex;
use super::habits::catalog;

/// A hundred thousand pieces of one creator, a hundred in each category and each organization.
const ROWS: &str = "
insert into organizations (id, name, slug)
select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'o', 'o' || n from generate_series(1, 1000) n;
insert into content (creator_id, organization_id, title, slug, content_type, category, status)
select 'ann', ('00000000-0000-0000-0000-' || lpad((1 + n / 100)::text, 12, '0'))::uuid, 't', 's' || n, 'written',
    'c' || n % 1000, (array['draft', 'published'])[1 + n % 2]
from generate_series(1, 99999) n;
analyze content;
";

/// Two of the filters, written as one text for all cases.
const ONE_TEXT: &str = "
select c.id from content c
where c.creator_id = $1 and c.deleted_at is null
    and ($2 is null or c.category = $2) and ($3 is null or c.organization_id = $3)
order by c.updated_at desc, c.id limit 20";

/// The generic plan, which a prepared statement uses for any parameter values.
async fn plan(codex: &Codex, sql: &str, types: &[String]) -> String {
    let (types, values) = (types.join(", "), vec!["null"; types.len()].join(", "));
    let explain = format!(
        "set plan_cache_mode = force_generic_plan; prepare q ({types}) as {sql}; explain (costs off) execute q ({values})"
    );
    codex.column(&explain).await.join("\n")
}

/// The compiled query.
fn query(path: &str) -> &'static Judged {
    let found = catalog().queries().into_iter().find(|query| query.decl().path() == path);
    found.unwrap_or_else(|| panic!("there is no query {path}"))
}

/// One of the generated texts, and its parameter types.
fn text(query: &Judged, variant: Variant) -> (String, Vec<String>) {
    let signature = query.signature();
    let Some(choice) = &signature.choice else {
        return (signature.sql.clone(), signature.params.iter().map(|param| param.pg_type.clone()).collect());
    };
    let sql = query.decl().variant(variant).sql;
    let types = signature.params.iter().enumerate().map(|(param, described)| {
        // As at run time, parameters that are not in the text have the type text.
        let is_there = param >= query.decl().sql.params.len() || sql.has_param(param);
        if is_there { described.pg_type.clone() } else { "text".to_owned() }
    });
    (choice.text(variant), types.collect())
}

#[tokio::test]
async fn filters_in_force_use_their_indexes() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let types = ["text", "varchar", "uuid"].map(str::to_owned);
    let one_text = plan(&codex, ONE_TEXT, &types).await;

    let query = query("content::list_creator_content");
    let choice = query.signature().choice.as_ref().unwrap();
    for (name, index) in [("category", "idx_content_category"), ("organization_id", "organization_id")] {
        let condition = choice.conditions.iter().position(|names| names[..] == [name.to_owned()]).unwrap();
        for sort in 0..choice.sorts.len() {
            let variant = Variant { given: 1 << condition, sort, after: false, total: false };
            let (text, types) = text(query, variant);
            let plan = plan(&codex, &text, &types).await;
            let is_used = |plan: &str| {
                plan.lines().any(|line| {
                    line.contains("Index") && line.contains(&format!("({name} = "))
                        || line.contains("Scan") && line.contains(index)
                })
            };
            assert!(is_used(&plan), "{name}:\n{plan}");
            assert!(!is_used(&one_text), "{name}:\n{one_text}");
        }
    }
}

/// Large tables, without the rows that their foreign keys refer to.
const LARGE: &str = "
set session_replication_role = replica;
create function pg_temp.id(n int) returns uuid language sql as
    'select (''00000000-0000-0000-0000-'' || lpad(n::text, 12, ''0''))::uuid';
insert into verification_tokens (id, identifier, value, expires_at)
select n, 'p' || n || '@example.org', 'v', now() from generate_series(1, 20000) n;
insert into media_items (id, creator_id, title, media_type, r2_key, runpod_job_id)
select pg_temp.id(n), 'u' || n % 1000, 'm', 'video', 'k', 'j' || n from generate_series(1, 20000) n;
insert into content (id, creator_id, organization_id, media_item_id, title, slug, content_type, status, published_at)
select pg_temp.id(n), 'u' || n % 1000, pg_temp.id(n % 500), pg_temp.id(n), 't', 's' || n, 'video',
    (array['draft', 'published'])[1 + n / 500 % 2], now() - n * interval '1 minute' from generate_series(1, 20000) n;
insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents,
    stripe_payment_intent_id, status, purchased_at, created_at)
select 'u' || n % 2000, pg_temp.id(n % 20000), pg_temp.id(n % 500), 100, 100, 'p' || n,
    (array['completed', 'pending', 'refunded'])[1 + n % 3], now() - n * interval '1 minute', now() - n * interval '1 minute'
from generate_series(1, 40000) n;
insert into content_access (user_id, content_id, organization_id, access_type)
select 'u' || n % 2000, pg_temp.id(n), pg_temp.id(n % 500), 'preview' from generate_series(1, 20000) n;
insert into email_audit_logs (organization_id, template_name, recipient_email, status)
select pg_temp.id(n % 500), 't' || n % 20, 'p' || n || '@example.org', 'success' from generate_series(1, 20000) n;
insert into sessions (id, token, user_id, expires_at) select n, 't' || n, 'u' || n % 2000, now() from generate_series(1, 20000) n;
analyze;
";

/// No query of a user's request scans a large table sequentially.
#[tokio::test]
async fn what_is_asked_often_is_found_by_an_index() {
    let codex = Codex::new().await;
    codex.sql(LARGE).await;
    let asked = [
        ("identity::find_verification", "verification_tokens"),
        ("identity::find_session_with_user", "sessions"),
        ("media::find_media_by_job", "media_items"),
        ("content::list_public_content", "content"),
        ("content::get_public_content_by_slug", "content"),
        ("content::count_creator_content", "content"),
        ("library::list_user_library", "purchases"),
        ("library::list_user_library", "content_access"),
        ("purchases::list_purchase_history", "purchases"),
        ("purchases::find_purchase_by_payment", "purchases"),
        ("analytics::revenue_totals", "purchases"),
        ("access::can_access_content", "purchases"),
        ("mail::was_template_sent", "email_audit_logs"),
    ];
    let first = Variant { given: 0, sort: 0, after: false, total: false };
    let mut wrong = Vec::new();
    for (path, table) in asked {
        let (text, types) = text(query(path), first);
        let plan = plan(&codex, &text, &types).await;
        let scans = |word: &str| {
            plan.lines().any(|line| line.contains(word) && line.contains(&format!(" on {table}")))
        };
        if scans("Seq Scan") || !(scans("Index") || plan.contains("Bitmap Index Scan")) {
            wrong.push(format!("{path}: {table}\n{plan}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Without an index the table is scanned sequentially, so it is large enough for the test.
    let by_title = plan(&codex, "select id from content where title = $1", &["text".to_owned()]).await;
    assert!(by_title.contains("Seq Scan on content"), "{by_title}");
}

/// Twenty thousand pieces with five purchases, grants and positions each, of two thousand users.
const SHOP: &str = "
insert into users (id, name, email) select 'u' || n, 'n', 'u' || n from generate_series(1, 2000) n;
insert into content (creator_id, organization_id, title, slug, content_type, status, visibility)
select 'ann', o.id, 't', 's' || n, 'written', 'published', 'purchased_only'
from generate_series(1, 20000) n, organizations o where o.slug = (array['alpha', 'beta'])[1 + n % 2];
insert into purchases (
    customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents, stripe_payment_intent_id, status)
select 'u' || 1 + (n * 7 + row_number() over ()) % 2000, c.id, c.organization_id, 1, 1, c.slug || '-' || n, 'completed'
from content c, generate_series(1, 5) n;
insert into content_access (user_id, content_id, organization_id, access_type)
select distinct on (customer_id, content_id) customer_id, content_id, organization_id, 'complimentary' from purchases;
insert into video_playback (user_id, content_id, duration_seconds) select user_id, content_id, 10 from content_access;
analyze;
";

/// The queries of each access check and of each event of the payment provider.
#[tokio::test]
async fn hot_queries_read_no_table_whole() {
    let codex = Codex::new().await;
    codex.sql(SHOP).await;
    for path in [
        "access::can_access_content",
        "access::get_streaming_source",
        "access::upsert_playback",
        "access::continue_watching",
        "grants::has_active_grant",
        "grants::end_purchased_access",
        "playback::get_playback",
        "playback::list_playback_for",
        "purchases::verify_purchase",
        "purchases::get_purchase_by_payment_for_user",
        "purchases::list_purchase_history",
        "purchases::find_purchase_by_payment",
        "purchases::refund_purchase",
    ] {
        let bare = Variant { given: 0, sort: 0, after: false, total: false };
        let (text, types) = text(query(path), bare);
        let plan = plan(&codex, &text, &types).await;
        assert!(plan.contains("Index"), "{path}:\n{plan}");
        for table in ["users", "content", "purchases", "content_access", "video_playback"] {
            let is_whole = |line: &str| {
                let (_, read) = line.split_once("Seq Scan on ").unwrap_or_default();
                read.split(' ').next() == Some(table)
            };
            assert!(!plan.lines().any(is_whole), "{path}:\n{plan}");
        }
    }
}
