-- Two organizations with rows in every table. Ids are numbers, as uuids; the same numbers in every table.
create function pg_temp.id(n bigint) returns uuid language sql as 'select (''00000000-0000-0000-0000-'' || lpad(n::text, 12, ''0''))::uuid';

insert into users (id, name, email, created_at, updated_at)
    select 'u' || n, 'user ' || n, 'u' || n || '@example.org', '2020-01-01', '2020-01-01' from generate_series(1, 6) n;
insert into organizations (id, name, slug, created_at, updated_at)
    select pg_temp.id(n), 'organization ' || n, chr(96 + n), '2020-01-01', '2020-01-01' from generate_series(1, 2) n;
insert into organization_memberships (id, organization_id, user_id, role, status, created_at, updated_at)
    select pg_temp.id(10 * o + u), pg_temp.id(o), 'u' || u, (array['owner', 'admin', 'creator', 'member'])[1 + (u + o) % 4],
        (array['active', 'active', 'invited'])[1 + (u + o) % 3], '2020-01-01', '2020-01-01'
    from generate_series(1, 2) o, generate_series(1, 6) u;
insert into media_items (id, creator_id, title, media_type, status, r2_key, hls_master_playlist_key, thumbnail_key, duration_seconds, created_at, updated_at)
    select pg_temp.id(n), 'u' || (1 + n % 3), 'media ' || n, 'video', 'ready', 'k' || n, 'h', 't', 60, '2020-01-01', '2020-01-01'
    from generate_series(1, 9) n;
insert into content (id, creator_id, organization_id, media_item_id, title, slug, content_type, category, tags, visibility, price_cents, status, published_at, created_at, updated_at, deleted_at)
    select pg_temp.id(n), 'u' || (1 + n % 3), pg_temp.id(1 + n % 2), pg_temp.id(n), 'title ' || n, (array['a', 'b', 'c' || n])[1 + n % 3] || n / 6, 'video', 'a', '["a"]',
        (array['public', 'purchased_only', 'members_only'])[1 + n % 3], case when n % 3 = 0 then null else 100 * n end,
        (array['published', 'published', 'draft'])[1 + n / 2 % 3], '2020-01-01', '2020-01-01', '2020-01-01', case when n = 9 then '2021-01-01'::timestamptz end
    from generate_series(1, 9) n;
insert into content_access (id, user_id, content_id, organization_id, access_type, created_at, updated_at)
    select pg_temp.id(n), 'u' || (1 + n % 6), pg_temp.id(1 + n % 9), c.organization_id, 'complimentary', '2020-01-01', '2020-01-01'
    from generate_series(1, 9) n join content c on c.id = pg_temp.id(1 + n % 9);
insert into purchases (id, customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status, creator_payout_cents, purchased_at, created_at, updated_at)
    select pg_temp.id(n), 'u' || (1 + n % 6), c.id, c.organization_id, 100, 'pi_' || n, (array['completed', 'completed', 'refunded'])[1 + n % 3], 100, '2020-01-01', '2020-01-01', '2020-01-01'
    from generate_series(1, 24) n join content c on c.id = pg_temp.id(1 + n % 9);
insert into video_playback (id, user_id, content_id, position_seconds, duration_seconds, created_at, updated_at)
    select pg_temp.id(n), 'u' || (1 + n % 6), pg_temp.id(1 + n % 9), n, 60, '2020-01-01', '2020-01-01' from generate_series(1, 9) n;
insert into email_audit_logs (id, organization_id, creator_id, template_name, recipient_email, status, created_at, updated_at)
    select pg_temp.id(n), pg_temp.id(1 + n % 2), 'u' || (1 + n % 3), 'a', 'u1@example.org', 'success', '2020-01-01', '2020-01-01' from generate_series(1, 6) n;
insert into platform_fee_config (id, platform_fee_percentage, effective_from, created_at, updated_at)
    values (pg_temp.id(1), 1000, '2020-01-01', '2020-01-01', '2020-01-01');
