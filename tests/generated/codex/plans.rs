//! What the planner makes of the conditions in force, and of the same conditions behind `is null or`.

use std::path::Path;

use sqlward_codegen::parse::Variant;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::{Compilation, Options, compile};

use super::fixture::Codex;

/// A hundred thousand pieces of one creator, a hundred of them in each category and in each organization.
const ROWS: &str = "
insert into organizations (id, name, slug)
select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'o', 'o' || n from generate_series(1, 1000) n;
insert into content (creator_id, organization_id, title, slug, content_type, category, status)
select 'ann', ('00000000-0000-0000-0000-' || lpad((1 + n / 100)::text, 12, '0'))::uuid, 't', 's' || n, 'written',
    'c' || n % 1000, (array['draft', 'published'])[1 + n % 2]
from generate_series(1, 99999) n;
analyze content;
";

/// Two of the filters as one text has to say them.
const ONE_TEXT: &str = "
select c.id from content c
where c.creator_id = $1 and c.deleted_at is null
    and ($2 is null or c.category = $2) and ($3 is null or c.organization_id = $3)
order by c.updated_at desc, c.id limit 20";

/// The plan for any values of the parameters, as a statement that is prepared once gets it.
async fn plan(codex: &Codex, sql: &str, types: &[String]) -> String {
    let (types, values) = (types.join(", "), vec!["null"; types.len()].join(", "));
    let explain = format!(
        "set plan_cache_mode = force_generic_plan; prepare q ({types}) as {sql}; explain (costs off) execute q ({values})"
    );
    codex.column(&explain).await.join("\n")
}

/// The texts that ship, as the compiler has them.
fn compiled() -> Compilation {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("sqlward.toml");
    let project = ProjectOptions { config, ..ProjectOptions::default() };
    compile(&Options { project, database_url: None }, &|_| {}).unwrap()
}

#[tokio::test]
async fn filters_in_force_use_their_indexes() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let types = ["text", "varchar", "uuid"].map(str::to_owned);
    let one_text = plan(&codex, ONE_TEXT, &types).await;

    let compiled = compiled();
    let query = compiled
        .queries()
        .into_iter()
        .find(|query| query.decl().path() == "content::list_creator_content")
        .unwrap();
    let signature = query.signature();
    let choice = signature.choice.as_ref().unwrap();
    for (name, index) in [("category", "idx_content_category"), ("organization_id", "organization_id")] {
        let condition = choice.conditions.iter().position(|names| names[..] == [name.to_owned()]).unwrap();
        for sort in 0..choice.sorts.len() {
            let variant = Variant { given: 1 << condition, sort, after: false, total: false };
            let text = query.decl().variant(variant).sql;
            let types = signature.params.iter().enumerate().map(|(param, described)| {
                // As at run time: what is not in the text is of type text.
                let is_there = param >= query.decl().sql.params.len() || text.has_param(param);
                if is_there { described.pg_type.clone() } else { "text".to_owned() }
            });
            let plan = plan(&codex, &choice.text(variant), &types.collect::<Vec<_>>()).await;
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

/// Twenty thousand pieces with five purchases, grants and positions each, of two thousand people.
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

/// What is asked for with every piece that is opened, and with every event of the payment provider.
#[tokio::test]
async fn hot_queries_read_no_table_whole() {
    let codex = Codex::new().await;
    codex.sql(SHOP).await;
    let compiled = compiled();
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
        let query = compiled.queries().into_iter().find(|query| query.decl().path() == path).unwrap();
        let signature = query.signature();
        let bare = Variant { given: 0, sort: 0, after: false, total: false };
        let decl = query.decl().variant(bare);
        let text = signature.choice.as_ref().map_or(decl.sql.text.clone(), |choice| choice.text(bare));
        let types = signature.params.iter().enumerate().map(|(param, described)| {
            let is_there = param >= query.decl().sql.params.len() || decl.sql.has_param(param);
            if is_there { described.pg_type.clone() } else { "text".to_owned() }
        });
        let plan = plan(&codex, &text, &types.collect::<Vec<_>>()).await;
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
