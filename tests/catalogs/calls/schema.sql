-- An application for publishing articles: rows with a dozen columns, child rows, and an append-only log.

create table owners (
    id text primary key,
    name text not null
);

create table articles (
    id uuid primary key default gen_random_uuid(),
    owner_id text not null references owners (id),
    title text not null,
    slug text not null,
    summary text,
    body text not null,
    status text not null check (status in ('draft', 'published', 'archived')),
    price_cents integer,
    view_count bigint not null default 0,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);

create index on articles (owner_id, status, created_at);

create table comments (
    id uuid primary key default gen_random_uuid(),
    article_id uuid not null references articles (id),
    author text not null,
    body text not null,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);

create index on comments (article_id, created_at);

create table events (
    id bigint generated always as identity primary key,
    owner_id text not null references owners (id),
    kind text not null,
    detail text,
    amount integer not null
);
