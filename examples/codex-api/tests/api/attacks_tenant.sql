-- A tenant: an organization with its people, media, content and customers. All private data contains the tenant's mark.
-- "tenant" is replaced by a name.
insert into users (id, name, email, role)
select 'tenant-' || person, 'Person of tenant', 'tenantsecret-' || person || '@example.org',
       case person when 'owner' then 'creator' when 'operator' then 'platform_owner' else 'customer' end
from unnest(array['owner', 'admin', 'member', 'invited', 'decliner', 'removed', 'customer', 'leaver',
            'author', 'operator']) person;

insert into accounts (id, account_id, provider_id, user_id, access_token, password) values
    ('tenant-google', 'tenantsecret', 'google', 'tenant-owner', 'tenantsecret', null),
    ('tenant-password', 'tenantsecret', 'credential', 'tenant-owner', null, 'tenantsecret');

insert into organizations (id, name, slug) values (md5('tenant-org')::uuid, 'Organization of tenant', 'tenant-org');

insert into organization_memberships (organization_id, user_id, role, status)
select md5('tenant-org')::uuid, 'tenant-' || person, role, status
from (values ('owner', 'owner', 'active'), ('admin', 'admin', 'active'), ('member', 'member', 'active'), ('author', 'creator', 'active'),
             ('invited', 'admin', 'invited'), ('decliner', 'member', 'invited'),
             ('removed', 'admin', 'inactive')) as members (person, role, status);

insert into media_items (id, creator_id, title, description, media_type, status, r2_key, runpod_job_id,
                         hls_master_playlist_key, thumbnail_key, duration_seconds, transcoding_error)
select md5('tenant-' || item)::uuid, 'tenant-owner', 'tenantsecret ' || item, 'tenantsecret', 'video', status,
       'tenantsecret/' || item, case status when 'transcoding' then 'tenantsecret-job' end,
       case status when 'ready' then 'tenantsecret.m3u8' end, case status when 'ready' then 'thumbnail.jpg' end,
       case status when 'ready' then 60 end, case status when 'failed' then 'tenantsecret' end
from (values ('reel', 'ready'), ('spare', 'ready'), ('uploading', 'uploading'), ('uploaded', 'uploaded'),
             ('failed', 'failed'), ('transcoding', 'transcoding')) as items (item, status);

-- Private content. `draft` belongs to no organization.
insert into content (id, creator_id, organization_id, title, slug, description, content_type, content_body, category,
                     tags, visibility, status, published_at)
select md5('tenant-' || piece)::uuid, 'tenant-owner', case piece when 'draft' then null else md5('tenant-org')::uuid end,
       'tenantsecret ' || piece, 'tenantsecret-' || piece, 'tenantsecret', 'written', 'tenantsecret', 'tenantsecret',
       '["tenantsecret"]', visibility, status, case status when 'published' then now() end
from (values ('draft', 'public', 'draft'), ('placed', 'public', 'draft'), ('old', 'public', 'archived'),
             ('private', 'private', 'published')) as pieces (piece, visibility, status);

-- Public content: a text, and a video that is sold.
insert into content (id, creator_id, organization_id, media_item_id, title, slug, content_type, content_body, visibility,
                     price_cents, status, published_at)
values (md5('tenant-note')::uuid, 'tenant-owner', md5('tenant-org')::uuid, null, 'Note of tenant', 'note', 'written',
        'It weaves.', 'public', null, 'published', now()),
       (md5('tenant-film')::uuid, 'tenant-owner', md5('tenant-org')::uuid, md5('tenant-reel')::uuid, 'Film of tenant',
        'film', 'video', 'tenantsecret', 'purchased_only', 999, 'published', now());

insert into purchases (id, customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status,
                       platform_fee_cents, creator_payout_cents, purchased_at)
values (md5('tenant-purchase')::uuid, 'tenant-customer', md5('tenant-film')::uuid, md5('tenant-org')::uuid, 999,
        'tenantsecret-payment', 'completed', 99, 900, now());

insert into content_access (user_id, content_id, organization_id, access_type)
values ('tenant-customer', md5('tenant-film')::uuid, md5('tenant-org')::uuid, 'purchased');

insert into video_playback (user_id, content_id, position_seconds, duration_seconds)
values ('tenant-customer', md5('tenant-film')::uuid, 30, 60);

insert into email_audit_logs (organization_id, creator_id, template_name, recipient_email, metadata)
values (md5('tenant-org')::uuid, 'tenant-owner', 'tenantsecret', 'tenantsecret@example.org', '{"to": "tenantsecret"}');

-- The fee is the same for all tenants.
insert into platform_fee_config (platform_fee_percentage, effective_from) values (1000, '2020-01-01') on conflict do nothing;
