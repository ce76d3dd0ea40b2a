create table users (
    id uuid primary key default gen_random_uuid(),
    email text not null unique,
    name text not null
);

create table notes (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users,
    title text not null,
    body text,
    state text not null default 'open' check (state in ('open', 'done')),
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);

create index notes_of_user on notes (user_id, created_at) where deleted_at is null;
