//! Properties of the Codex schema, queried from PostgreSQL's system catalogs.

use super::fixture::Codex;

/// The result of a query on the system catalogs of a new database, in order.
async fn found(sql: &str) -> Vec<String> {
    Codex::new().await.column(sql).await
}

/// Every foreign key has an index, because deleting a row looks for the rows that refer to it, and joins to children
/// use it.
#[tokio::test]
async fn foreign_keys_are_indexed() {
    let missing = found(
        "select c.conrelid::regclass || '.' || c.conname from pg_constraint c
         where c.contype = 'f' and c.connamespace = 'public'::regnamespace
            and not exists (
                select from pg_index i
                where i.indrelid = c.conrelid and i.indisvalid and i.indpred is null
                    and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
            )
         order by 1",
    );
    assert_eq!(missing.await, Vec::<String>::new());
}

/// Every foreign key says what happens on deletion, instead of relying on the default.
#[tokio::test]
async fn foreign_keys_name_what_deletion_does() {
    let silent = found(
        "select conrelid::regclass || '.' || conname from pg_constraint
         where contype = 'f' and connamespace = 'public'::regnamespace and confdeltype = 'a'",
    );
    assert_eq!(silent.await, Vec::<String>::new());
}

/// ON DELETE SET NULL must not move rows to where NULL has a meaning, such as personal content. It only acts on hard
/// deletes, which no query does on a table with `deleted_at`.
#[tokio::test]
async fn rows_that_a_key_would_move_stay() {
    let moving = found(
        "select distinct c.confrelid::regclass || ' moves ' || c.conrelid::regclass || ' under ' || i.indexrelid::regclass
         from pg_constraint c
         join pg_index i on i.indrelid = c.conrelid and i.indisunique
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.contype = 'f' and c.confdeltype = 'n' and pg_get_expr(i.indpred, i.indrelid) like '%' || a.attname || ' IS NULL%'
            and not exists (
                select from pg_attribute s where s.attrelid = c.confrelid and s.attname = 'deleted_at' and not s.attisdropped
            )",
    );
    assert_eq!(moving.await, Vec::<String>::new());
    // Counts the index to show that the condition above matches something.
    let all = found(
        "select count(*) from pg_index where pg_get_expr(indpred, indrelid) like '%organization_id IS NULL%'",
    );
    assert_eq!(all.await, ["1"]);
}

/// A deleted row must not keep a name taken.
#[tokio::test]
async fn names_are_unique_among_the_living() {
    let whole = found(
        "select i.indexrelid::regclass::text from pg_index i
         join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'deleted_at' and not a.attisdropped
         join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
         where i.indisunique and not i.indisprimary
            and coalesce(pg_get_expr(i.indpred, i.indrelid), '') not like '%deleted_at IS NULL%'",
    );
    // This one is not partial: closing an account replaces its address.
    assert_eq!(whole.await, ["users_email_unique"]);
    let of_purchases = found(
        "select count(*) from pg_index where indrelid = 'purchases'::regclass and indisunique and not indisprimary",
    );
    assert_eq!(of_purchases.await, ["1"], "a failed or refunded payment leaves the piece to be bought again");
}

/// No CHECK forbids a value that another CHECK lists, and every media type can become ready.
#[tokio::test]
async fn every_value_that_a_check_lists_can_be_stored() {
    let codex = Codex::new().await;
    // A row of each table that is valid in any of its states.
    let rows = [
        ("organization_memberships", "{'user_id': 'new', 'organization_id': ORG}"),
        (
            "media_items",
            "{'creator_id': 'new', 'title': 't', 'media_type': 'video', 'r2_key': 'k', 'hls_master_playlist_key': 'h',
              'duration_seconds': 1, 'thumbnail_key': 't', 'waveform_key': 'w'}",
        ),
        ("content", "{'creator_id': 'new', 'title': 't', 'slug': 's', 'content_type': 'written'}"),
        ("content_access", "{'user_id': 'new', 'content_id': CONTENT, 'organization_id': ORG, 'access_type': 'preview'}"),
        (
            "purchases",
            "{'customer_id': 'new', 'content_id': CONTENT, 'organization_id': ORG, 'amount_paid_cents': 0,
              'stripe_payment_intent_id': 'p', 'status': 'pending'}",
        ),
    ];
    let listed = codex
        .column(
            "select c.conrelid::regclass || ' ' || a.attname || ' ' || v[1]
             from pg_constraint c
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
             cross join regexp_matches(pg_get_constraintdef(c.oid), '''([^'']+)''::', 'g') v
             where c.contype = 'c' and cardinality(c.conkey) = 1 and c.connamespace = 'public'::regnamespace
             order by 1",
        )
        .await;
    assert!(listed.len() >= 30, "{listed:?}");
    codex.person("new").await;
    let mut values: Vec<Vec<String>> =
        listed.iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
    // A ready item of each media type.
    values
        .extend(["video", "audio"].map(|kind| ["media_items", "media_type", kind].map(str::to_owned).into()));
    for value in values {
        let [table, column, label] = value.as_slice() else { panic!("{value:?}") };
        let Some((_, row)) = rows.iter().find(|(found, _)| found == table) else {
            panic!("no row of {table}")
        };
        let ready = if table == "media_items" && column == "media_type" { ", 'status', 'ready'" } else { "" };
        let row = row
            .replace('\'', "\"")
            .replace("ORG", &format!("\"{}\"", codex.ann.organization_id.0))
            .replace("CONTENT", "\"00000000-0000-0000-0000-0000000000cc\"");
        codex
            .sql(&format!(
                "begin;
                 insert into content (id, creator_id, title, slug, content_type)
                 values ('00000000-0000-0000-0000-0000000000cc', 'new', 't', 'other', 'written');
                 create temporary table base on commit drop as select * from {table} limit 0;
                 insert into base select (jsonb_populate_record(null::{table}, '{row}'::jsonb || jsonb_build_object('{column}', '{label}'{ready}))).*;
                 do $$ declare names text; begin
                     -- Columns that the row does not set get their default.
                     select string_agg(key, ', ') into names
                     from jsonb_object_keys('{row}'::jsonb || jsonb_build_object('{column}', ''{ready})) key;
                     execute format('insert into {table} (%s) select %s from base', names, names);
                 end $$;
                 rollback"
            ))
            .await;
    }
}

/// The schema is one transaction: if it fails, nothing is created, and it can be run again.
#[tokio::test]
async fn the_schema_is_made_whole_or_not_at_all() {
    let test = sqlward::testing::database("").await.unwrap();
    let client = test.client().await.unwrap();
    let schema = include_str!("../../../schema.sql");
    client.batch_execute(&format!("begin; {schema}; rollback")).await.unwrap();
    let left = "select count(*) from pg_class where relnamespace = 'public'::regnamespace";
    assert_eq!(client.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
    client.batch_execute(schema).await.unwrap();
}
