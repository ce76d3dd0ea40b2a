-- Rows of two creators, 7 and 8, in rows.sql. Owners never change; what changes during a race is in the cases.

create table users (
  id int primary key,
  name text not null
);

create table organizations (
  id int primary key,
  name text not null,
  deleted_at timestamptz
);

create table memberships (
  id int primary key,
  organization_id int not null references organizations,
  user_id int not null references users,
  role text not null,
  active boolean not null default true,
  unique (organization_id, user_id)
);

create table content (
  id int primary key,
  creator_id int not null references users,
  organization_id int references organizations,
  slug text not null,
  title text not null,
  position int not null default 0,
  deleted_at timestamptz,
  unique (creator_id, slug)
);

create unique index content_position on content (creator_id, position) where deleted_at is null;

create table comments (
  id int primary key,
  content_id int not null references content,
  body text not null,
  deleted_at timestamptz
);
