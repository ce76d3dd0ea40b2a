create type mood as enum ('happy', 'sad');
create type loud as enum ('a', 'b');
create type address as (street text, mood mood);
create domain email as text not null;
create domain document as jsonb;
create function loud_json(loud) returns json language sql immutable return to_json(upper($1::text));
create cast (loud as json) with function loud_json(loud);
create table users (
  id text primary key, name text not null, email email, mood mood, loud loud not null, address address
);
create table organizations (id uuid primary key, name varchar(50) not null, extra jsonb, more document);
create table memberships (
  organization_id uuid not null references organizations,
  user_id text not null references users,
  role varchar(10) not null check (role in ('owner', 'member')),
  invited_by text references users,
  primary key (organization_id, user_id)
);
create table content (
  id uuid primary key,
  creator_id text not null references users,
  organization_id uuid references organizations,
  tags text[] not null,
  price numeric,
  settings jsonb not null
);
create view people as select id, name, to_jsonb(address) as address, jsonb_build_object('mood', mood) as state from users;
create function one_user() returns users language sql stable return (select u from users u limit 1);
