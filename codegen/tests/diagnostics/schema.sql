create type mood as enum ('happy', 'sad');
create table users (id text primary key, name text not null, email text not null unique, mood mood);
create table content (
  id uuid primary key default gen_random_uuid(),
  creator_id text not null references users,
  title varchar(500) not null,
  status varchar(50) not null default 'draft' check (status in ('draft', 'published', 'archived')),
  position integer,
  place point,
  deleted_at timestamptz
);
create function shout(words text) returns text language sql immutable return upper(words);
