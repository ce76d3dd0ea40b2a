create table plans (id int primary key, name text not null);
create table users (id text primary key, name text not null, email text);
create table organizations (id int primary key, name text not null, plan_id int references plans, deleted_at timestamptz);

create table memberships (
  organization_id int not null references organizations,
  user_id text not null references users,
  role text not null,
  status text not null,
  primary key (organization_id, user_id)
);

create table settings (
  organization_id int not null references organizations,
  key text not null,
  value int not null,
  primary key (organization_id, key)
);

create table media (
  id int primary key,
  creator_id text not null references users,
  title text not null,
  size int,
  deleted_at timestamptz,
  unique (creator_id, id)
);

create table renditions (id int primary key, media_id int not null references media, quality text not null);

-- A key that carries the owner.
create table bookmarks (
  id int primary key,
  creator_id text not null references users,
  media_id int not null,
  note text,
  foreign key (creator_id, media_id) references media (creator_id, id)
);

create table folders (
  id int primary key,
  creator_id text not null references users,
  parent_id int references folders,
  name text not null,
  deleted_at timestamptz
);

-- Their removal would take the notes with it, and change the content.
create table collections (id int primary key, creator_id text not null references users, name text not null);
create table notes (
  id int primary key,
  collection_id int not null references collections on delete cascade,
  body text not null,
  deleted_at timestamptz
);

-- Their removal takes nothing with it that is kept.
create table drafts (id int primary key, creator_id text not null references users, title text not null);
create table lines (id int primary key, draft_id int not null references drafts on delete cascade, body text not null);

create table content (
  id int primary key,
  creator_id text not null references users,
  organization_id int references organizations,
  media_id int references media,
  collection_id int references collections on delete set null,
  updated_by text references users,
  slug text not null,
  title text not null,
  status text not null,
  price int not null,
  deleted_at timestamptz
);
create unique index content_slug on content (creator_id, slug) where deleted_at is null;

create table comments (
  id int primary key,
  content_id int not null references content,
  author_id text references users,
  body text not null,
  deleted_at timestamptz
);

create table playback (
  user_id text not null references users,
  content_id int not null references content,
  position int not null,
  primary key (user_id, content_id)
);

-- Partitions, one with its columns in another order.
create table events (
  id int not null,
  creator_id text not null references users,
  day int not null,
  title text not null,
  media_id int references media,
  primary key (id, day)
) partition by range (day);
create table events_low partition of events for values from (minvalue) to (2);
create table events_high (title text not null, media_id int, day int not null, creator_id text not null, id int not null);
alter table events attach partition events_high for values from (2) to (maxvalue);

-- Values that are equal without being the same, or that casts change.
create collation ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table badges (
  id int primary key,
  creator_id text not null references users,
  organization_id int not null,
  padded char(3) not null,
  caseless text collate ignoring_case not null,
  cut varchar(2) not null,
  weight double precision not null,
  deleted_at timestamptz
);

create view live_content as
  select id, creator_id, organization_id, slug, title, price, status, deleted_at from content where deleted_at is null;
create view content_titles as select id, creator_id, title from content;
create view content_totals as
  select creator_id, count(*)::int as items from content where deleted_at is null group by creator_id;

create function creator_content(p_creator text) returns setof content language sql stable
begin atomic
  select * from content where creator_id = p_creator and deleted_at is null;
end;
create function cheap_content(p_price int default 2, p_creator text default null) returns setof content language sql stable
begin atomic
  select * from content where creator_id = p_creator and deleted_at is null and price <= p_price;
end;
create function all_content() returns setof content language sql stable
begin atomic
  select * from content;
end;
-- Keeps one character of what it selects.
create function initials() returns table (id int, initial "char") language sql stable
begin atomic
  select id, creator_id from media where deleted_at is null;
end;
create view ordered_content as select id, creator_id, title, deleted_at from content order by title;
create function media_title(p_creator text, p_id int) returns text language sql stable
begin atomic
  select title from media where creator_id = p_creator and id = p_id and deleted_at is null;
end;
