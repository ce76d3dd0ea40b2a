-- The Codex schema: creators publish content, alone or inside organizations, and customers buy it.
--
-- Conventions for all tables
--
--   Ids         are text in users and in the tables of the authentication library (accounts, sessions,
--               verification_tokens): that library chooses them, so they have no default and no fixed format. All other
--               ids are uuids that PostgreSQL generates.
--   Time        is timestamp without time zone, in UTC, in users and the authentication tables, as their library
--               writes it. All other tables use timestamptz.
--   updated_at  is set by each UPDATE and not by a trigger, so that the text of a statement shows all that it changes.
--   Deletion    is soft in users, organizations, media_items and content: it sets deleted_at, and rows are never
--               removed. A membership ends as 'inactive'. Sessions, accounts and verification tokens are removed. Foreign
--               keys do not act on a soft delete, so the code that sets deleted_at has to handle the dependent rows.
--   States      are varchar with a CHECK, because adding or removing a state then only changes a constraint. The mail
--               log's status is an enum, because its values are those of the mail provider.
--   Money       is in integer cents, percentages are in basis points.

create type email_send_status as enum ('pending', 'success', 'failed');
comment on type email_send_status is 'How far a mail got: queued, accepted by the provider, or refused.';

-- Identity ------------------------------------------------------------------------------------------------------------

create table users (
    id             text primary key,
    name           text not null,
    -- Unique for deleted accounts too. Deleting an account replaces its address, which frees it.
    email          text not null constraint users_email_unique unique,
    email_verified boolean not null default false,
    image          text,
    created_at     timestamp not null default now(),
    updated_at     timestamp not null default now(),
    role           text not null default 'customer',
    avatar_url     text,
    deleted_at     timestamp
);
comment on table users is 'Everyone with an account: customers, creators and staff of the platform.';
comment on column users.id is 'Text, because the authentication library chooses it; there is no default.';
comment on column users.image is 'Picture that came with a provider account.';
comment on column users.avatar_url is 'Picture uploaded here; it wins over image.';
comment on column users.role is
    'Role on the platform (customer, creator, admin, system, platform_owner), not in an organization. No CHECK: the authentication library writes it.';
comment on column users.deleted_at is 'Set when the account is closed; name, email and pictures are made anonymous with it.';

create table accounts (
    id                       text primary key,
    account_id               text not null,
    provider_id              text not null,
    user_id                  text not null references users on delete cascade,
    access_token             text,
    refresh_token            text,
    id_token                 text,
    access_token_expires_at  timestamp,
    refresh_token_expires_at timestamp,
    scope                    text,
    password                 text,
    created_at               timestamp not null default now(),
    updated_at               timestamp not null default now()
);
comment on table accounts is 'Ways to sign in: one row for each provider linked to a user, or for a password.';
comment on column accounts.account_id is 'Id of the account at the provider.';
comment on column accounts.provider_id is '''credential'' for a password, else the name of the OAuth provider.';
comment on column accounts.password is 'Hash of the password; only set for the provider ''credential''.';

create index idx_accounts_user_id on accounts (user_id);
-- If two users could link the same provider account, signing in with it would be ambiguous.
create unique index idx_accounts_provider on accounts (provider_id, account_id);

create table sessions (
    id         text primary key,
    expires_at timestamp not null,
    token      text not null constraint sessions_token_unique unique,
    created_at timestamp not null default now(),
    updated_at timestamp not null default now(),
    ip_address text,
    user_agent text,
    user_id    text not null references users on delete cascade
);
comment on table sessions is 'Sign-ins that are in force until expires_at. Ended ones are deleted.';

create index idx_sessions_user_id on sessions (user_id);
create index idx_sessions_expires_at on sessions (expires_at);

create table verification_tokens (
    id         text primary key,
    identifier text not null,
    value      text not null,
    expires_at timestamp not null,
    created_at timestamp not null default now(),
    updated_at timestamp not null default now()
);
comment on table verification_tokens is
    'One-time tokens for e-mail verification and password reset. They exist before anyone is signed in, so nobody owns them.';
comment on column verification_tokens.identifier is 'What is being verified, an e-mail address as a rule.';

create index verification_identifier_idx on verification_tokens (identifier);

-- Organizations -------------------------------------------------------------------------------------------------------

create table organizations (
    id          uuid primary key default gen_random_uuid(),
    name        varchar(255) not null,
    slug        varchar(255) not null,
    description text,
    logo_url    text,
    website_url text,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    deleted_at  timestamptz,
    constraint check_organization_slug_lower check (slug = lower(slug))
);
comment on table organizations is 'Tenants: a brand under which creators publish together. Its row is public.';
comment on column organizations.slug is 'Subdomain, in lower case: look-ups lower what they are asked for.';

-- A removed organization frees its slug, so every look-up by slug has to filter for live rows.
create unique index organizations_slug_unique on organizations (slug) where deleted_at is null;
create index idx_organizations_slug on organizations (slug);

create table organization_memberships (
    id              uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    user_id         text not null references users on delete cascade,
    role            varchar(50) not null default 'member',
    status          varchar(50) not null default 'active',
    invited_by      text references users on delete set null,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    constraint check_membership_role check (role in ('owner', 'admin', 'creator', 'subscriber', 'member')),
    constraint check_membership_status check (status in ('active', 'inactive', 'invited'))
);
comment on table organization_memberships is
    'Who belongs to an organization and as what. Rows are history: leaving makes a row inactive, and no row is deleted.';
comment on column organization_memberships.role is
    'owner and admin manage, they and creator publish, subscriber pays, member looks on.';

create unique index idx_unique_org_membership on organization_memberships (organization_id, user_id);
create index idx_org_memberships_org_id on organization_memberships (organization_id);
create index idx_org_memberships_user_id on organization_memberships (user_id);
create index idx_org_memberships_role on organization_memberships (organization_id, role);
create index idx_org_memberships_status on organization_memberships (organization_id, status);
create index idx_org_memberships_invited_by on organization_memberships (invited_by);

-- Media ---------------------------------------------------------------------------------------------------------------

create table media_items (
    id                      uuid primary key default gen_random_uuid(),
    creator_id              text not null references users on delete restrict,
    title                   varchar(255) not null,
    description             text,
    media_type              varchar(50) not null,
    status                  varchar(50) not null default 'uploading',
    r2_key                  varchar(500) not null,
    file_size_bytes         bigint,
    mime_type               varchar(100),
    duration_seconds        integer,
    width                   integer,
    height                  integer,
    hls_master_playlist_key varchar(500),
    thumbnail_key           varchar(500),
    uploaded_at             timestamptz,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    deleted_at              timestamptz,
    hls_preview_key         varchar(500),
    waveform_key            varchar(500),
    waveform_image_key      varchar(500),
    runpod_job_id           varchar(255),
    transcoding_error       varchar(2000),
    transcoding_attempts    integer not null default 0,
    transcoding_priority    integer not null default 2,
    mezzanine_key           varchar(500),
    mezzanine_status        varchar(50),
    ready_variants          jsonb,
    loudness_integrated     integer,
    loudness_peak           integer,
    loudness_range          integer,
    transcoding_progress    integer not null default 0,
    transcoding_step        varchar(100),
    constraint check_media_status check (status in ('uploading', 'uploaded', 'transcoding', 'ready', 'failed')),
    constraint check_media_type check (media_type in ('video', 'audio')),
    constraint check_mezzanine_status
        check (mezzanine_status is null or mezzanine_status in ('pending', 'processing', 'ready', 'failed')),
    constraint check_transcoding_priority check (transcoding_priority between 0 and 4),
    constraint check_max_transcoding_attempts check (transcoding_attempts between 0 and 3),
    constraint check_transcoding_progress check (transcoding_progress between 0 and 100),
    -- What a player needs to show the item. Audio has no thumbnail, so it needs a waveform instead.
    constraint status_ready_requires_keys check (
        status <> 'ready'
        or (hls_master_playlist_key is not null
            and duration_seconds is not null
            and ((media_type = 'video' and thumbnail_key is not null)
                or (media_type = 'audio' and waveform_key is not null))))
);
comment on table media_items is 'Uploaded video and audio. A media item belongs to its creator, never to an organization.';
comment on column media_items.status is
    'uploading -> uploaded -> transcoding -> ready or failed; failed and transcoding can go back to uploaded. ready is final.';
comment on column media_items.r2_key is 'Where the original lies in the object store; it starts with the creator''s id.';
comment on column media_items.runpod_job_id is 'Job of the transcoding service that works on the item.';
comment on column media_items.transcoding_attempts is 'Attempts that failed so far; after the third the item stays failed.';
comment on column media_items.transcoding_priority is '0 is done first, 4 last.';
comment on column media_items.ready_variants is 'JSON array of the renditions that exist, such as ["1080p", "720p"].';
comment on column media_items.transcoding_progress is 'Percent of the running attempt.';
comment on column media_items.transcoding_step is 'What the transcoding service is doing, in its own words.';
comment on column media_items.loudness_integrated is 'Integrated loudness in hundredths of LUFS.';
comment on column media_items.loudness_peak is 'True peak in hundredths of dBTP.';
comment on column media_items.loudness_range is 'Loudness range in hundredths of LU.';

create index idx_media_items_creator_id on media_items (creator_id);
create index idx_media_items_status on media_items (creator_id, status);
create index idx_media_items_type on media_items (creator_id, media_type);
create index idx_media_items_runpod_job_id on media_items (runpod_job_id);
create index idx_media_items_transcoding_status on media_items (status, transcoding_attempts);

-- Content -------------------------------------------------------------------------------------------------------------

create table content (
    id              uuid primary key default gen_random_uuid(),
    creator_id      text not null references users on delete restrict,
    organization_id uuid references organizations on delete set null,
    media_item_id   uuid references media_items on delete set null,
    title           varchar(500) not null,
    slug            varchar(500) not null,
    description     text,
    content_type    varchar(50) not null,
    thumbnail_url   text,
    content_body    text,
    category        varchar(100),
    -- A JSON array and not an array of jsonb, as the default and the GIN index below require.
    tags            jsonb default '[]'::jsonb,
    visibility      varchar(50) not null default 'purchased_only',
    price_cents     integer,
    status          varchar(50) not null default 'draft',
    published_at    timestamptz,
    view_count      integer not null default 0,
    purchase_count  integer not null default 0,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    deleted_at      timestamptz,
    constraint check_content_status check (status in ('draft', 'published', 'archived')),
    constraint check_content_visibility check (visibility in ('public', 'private', 'members_only', 'purchased_only')),
    constraint check_content_type check (content_type in ('video', 'audio', 'written')),
    constraint check_content_slug_lower check (slug = lower(slug)),
    constraint check_price_non_negative check (price_cents is null or price_cents >= 0)
);
comment on table content is 'What is published and sold: a media item with its texts, or a written piece.';
comment on column content.id is 'A uuid, because the platform chooses it and it stands in public addresses.';
comment on column content.organization_id is 'NULL for personal content, which its creator publishes alone.';
comment on column content.media_item_id is
    'NULL for written content. No key ties it to a media item of the same creator: each statement that writes it has to.';
comment on column content.price_cents is 'NULL for free.';
comment on column content.published_at is 'First publication; taking the piece back keeps it.';

create index idx_content_creator_id on content (creator_id);
create index idx_content_organization_id on content (organization_id);
create index idx_content_media_item_id on content (media_item_id);
create index idx_content_slug_org on content (slug, organization_id);
create index idx_content_status on content (status);
create index idx_content_published_at on content (published_at);
create index idx_content_category on content (category);
-- jsonb_path_ops would be smaller, but only the default operator class supports ?| ("has any of these tags").
create index idx_content_tags_gin on content using gin (tags);
-- The same expression as in the search of queries/content.sql.
create index idx_content_search on content
    using gin (to_tsvector('simple', title || ' ' || coalesce(description, '')));
-- For the public lists.
create index idx_content_org_published on content (organization_id, status, published_at) where deleted_at is null;
create index idx_content_creator_org_published on content (creator_id, organization_id, status)
    where deleted_at is null;

-- A slug is unique among the live content of an organization, or among a creator's live personal content.
create unique index idx_unique_content_slug_per_org on content (slug, organization_id)
    where organization_id is not null and deleted_at is null;
create unique index idx_unique_content_slug_personal on content (slug, creator_id)
    where organization_id is null and deleted_at is null;

-- Content that leaves its organization becomes a draft, so that it is not published as personal content by accident.
-- The trigger fires when an organization's row is deleted (the foreign key sets NULL) and when a statement moves
-- content out of its organization. It does not fire on a soft delete, where a query withdraws the content.
create function unpublish_content_on_org_delete() returns trigger language plpgsql as $$
begin
    if old.organization_id is not null and new.organization_id is null then
        new.status := 'draft';
        new.published_at := null;
    end if;
    return new;
end;
$$;
comment on function unpublish_content_on_org_delete() is 'Makes content that leaves its organization a draft.';

create trigger trigger_unpublish_on_org_delete
    before update on content
    for each row
    when (old.organization_id is distinct from new.organization_id)
    execute function unpublish_content_on_org_delete();

-- Access and purchases ------------------------------------------------------------------------------------------------

create table content_access (
    id              uuid primary key default gen_random_uuid(),
    user_id         text not null references users on delete cascade,
    content_id      uuid not null references content on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    access_type     varchar(50) not null,
    expires_at      timestamptz,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    constraint check_access_type check (access_type in ('purchased', 'subscription', 'complimentary', 'preview')),
    constraint content_access_user_content_unique unique (user_id, content_id)
);
comment on table content_access is 'Who may see a piece of content, and until when. Revoking a grant ends it; the row stays.';
comment on column content_access.access_type is
    'Why: ''purchased'' records what a payment opened, and whether it still does is for the purchase to say; the others stand alone.';
comment on column content_access.expires_at is 'NULL for a grant without end.';

create index idx_content_access_user_id on content_access (user_id);
create index idx_content_access_content_id on content_access (content_id);
create index idx_content_access_organization_id on content_access (organization_id);

create table purchases (
    id                       uuid primary key default gen_random_uuid(),
    customer_id              text not null references users on delete cascade,
    content_id               uuid not null references content on delete restrict,
    organization_id          uuid not null references organizations on delete restrict,
    amount_paid_cents        integer not null,
    currency                 varchar(3) not null default 'usd',
    -- The payment provider may deliver an event more than once. This constraint makes recording it idempotent.
    stripe_payment_intent_id varchar(255) not null constraint purchases_stripe_payment_intent_id_unique unique,
    -- No default: the statement that records a purchase has to set the state.
    status                   varchar(50) not null,
    created_at               timestamptz not null default now(),
    updated_at               timestamptz not null default now(),
    platform_fee_cents       integer not null default 0,
    organization_fee_cents   integer not null default 0,
    creator_payout_cents     integer not null default 0,
    purchased_at             timestamptz,
    refunded_at              timestamptz,
    refund_reason            text,
    refund_amount_cents      integer,
    stripe_refund_id         varchar(255),
    disputed_at              timestamptz,
    dispute_reason           text,
    stripe_dispute_id        varchar(255),
    constraint check_amount_positive check (amount_paid_cents >= 0),
    constraint check_purchase_status check (status in ('pending', 'completed', 'refunded', 'failed')),
    constraint check_platform_fee_positive check (platform_fee_cents >= 0),
    constraint check_org_fee_positive check (organization_fee_cents >= 0),
    constraint check_creator_payout_positive check (creator_payout_cents >= 0),
    constraint check_revenue_split_equals_total
        check (amount_paid_cents = platform_fee_cents + organization_fee_cents + creator_payout_cents)
);
comment on table purchases is
    'Payments, kept for good. A customer may buy a piece again after a refund, so there is no unique on customer and content.';
comment on column purchases.status is 'pending -> completed or failed; failed -> completed; completed -> refunded.';
comment on column purchases.disputed_at is
    'Set when the customer''s bank disputes the payment. The state stays, and the purchase opens nothing any more.';
comment on column purchases.organization_id is 'Organization of the content at the time of the sale: it is paid, wherever the content moves.';

create index idx_purchases_customer_id on purchases (customer_id);
create index idx_purchases_content_id on purchases (content_id);
create index idx_purchases_organization_id on purchases (organization_id);
create index idx_purchases_stripe_payment_intent on purchases (stripe_payment_intent_id);
create index idx_purchases_created_at on purchases (created_at);
create index idx_purchases_purchased_at on purchases (purchased_at);
create index idx_purchases_customer_created on purchases (customer_id, created_at);
create index idx_purchases_customer_status_content on purchases (customer_id, status, content_id);
create index idx_purchases_org_status_created on purchases (organization_id, status, created_at);
create index idx_purchases_org_status_purchased on purchases (organization_id, status, purchased_at);
-- For the windows of queries/analytics.sql.
create index idx_purchases_org_status_sold on purchases (organization_id, status, (coalesce(purchased_at, created_at)));

create table platform_fee_config (
    id                      uuid primary key default gen_random_uuid(),
    platform_fee_percentage integer not null,
    effective_from          timestamptz not null default now(),
    effective_until         timestamptz,
    created_at              timestamptz not null default now(),
    updated_at              timestamptz not null default now(),
    constraint check_platform_fee_percentage check (platform_fee_percentage between 0 and 10000),
    -- Only one fee at a time, so that the fee of a sale is unambiguous.
    constraint platform_fee_config_no_overlap exclude using gist (tstzrange(effective_from, effective_until) with &&)
);
comment on table platform_fee_config is 'The share the platform keeps, over time. One table for everyone: it has no tenant.';
comment on column platform_fee_config.platform_fee_percentage is 'Basis points: 1000 is 10 %.';
comment on column platform_fee_config.effective_until is 'Exclusive; NULL while the fee is in force.';

create index idx_platform_fee_config_effective on platform_fee_config (effective_from, effective_until);

-- Playback and mail ---------------------------------------------------------------------------------------------------

create table video_playback (
    id               uuid primary key default gen_random_uuid(),
    user_id          text not null references users on delete cascade,
    content_id       uuid not null references content on delete cascade,
    position_seconds integer not null default 0,
    duration_seconds integer not null,
    completed        boolean not null default false,
    updated_at       timestamptz not null default now(),
    created_at       timestamptz not null default now(),
    constraint video_playback_user_id_content_id_unique unique (user_id, content_id)
);
comment on table video_playback is
    'How far a viewer got. The position never moves back, and a piece stays completed once 95 % of it were played.';

create index idx_video_playback_user_id on video_playback (user_id);
create index idx_video_playback_content_id on video_playback (content_id);

create table email_audit_logs (
    id              uuid primary key default gen_random_uuid(),
    organization_id uuid references organizations on delete set null,
    creator_id      text references users on delete set null,
    template_name   varchar(100) not null,
    recipient_email varchar(255) not null,
    status          email_send_status not null default 'pending',
    error           text,
    metadata        text,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
comment on table email_audit_logs is 'Every mail that was sent or tried, on whose behalf, and what came of it.';
comment on column email_audit_logs.metadata is 'JSON as the mail worker serialised it; text, because nothing ever looks inside.';

create index idx_email_audit_logs_org_created on email_audit_logs (organization_id, created_at);
create index idx_email_audit_logs_creator_id on email_audit_logs (creator_id);
create index idx_email_audit_logs_recipient_template on email_audit_logs (recipient_email, template_name);
