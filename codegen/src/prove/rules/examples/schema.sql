-- The tables that the pages of the rules speak of.

create table users (
    id uuid primary key,
    name text not null,
    deleted_at timestamptz
);

create table organizations (
    id uuid primary key,
    name text not null,
    deleted_at timestamptz
);

create table memberships (
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    role text not null,
    status text not null,
    primary key (organization_id, user_id)
);

create table media (
    id uuid primary key default gen_random_uuid(),
    creator_id uuid not null references users,
    key text not null,
    deleted_at timestamptz
);

create table content (
    id uuid primary key default gen_random_uuid(),
    creator_id uuid not null references users,
    organization_id uuid references organizations,
    media_id uuid references media,
    title text not null,
    slug text not null,
    status text not null default 'draft',
    deleted_at timestamptz,
    unique (creator_id, slug)
);

create table comments (
    id uuid primary key default gen_random_uuid(),
    content_id uuid not null references content on delete cascade,
    body text not null
);

create table drafts (
    id uuid primary key default gen_random_uuid(),
    creator_id uuid not null references users,
    body text not null
);

create table folders (
    id uuid primary key default gen_random_uuid(),
    creator_id uuid not null references users
);

create table notes (
    id uuid primary key default gen_random_uuid(),
    folder_id uuid not null references folders on delete cascade,
    deleted_at timestamptz
);

create table purchases (
    id uuid primary key default gen_random_uuid(),
    customer_id uuid not null references users,
    content_id uuid not null references content,
    status text not null
);

create table fees (
    id int primary key,
    percent int not null
);

create function is_long(body text) returns boolean language sql immutable
    return length(body) > 10000;

create function shout(body text) returns text language plpgsql immutable as $$
begin
    return upper(body);
end $$;

create function slugify(title text) returns text language plpgsql immutable as $$
begin
    return lower(title);
end $$;
