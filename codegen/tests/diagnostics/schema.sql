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

-- Tables that COPY treats differently than INSERT.
create domain rank as integer check (value is not null and value > 0);
create table ranked (label text not null, level rank);
create table guarded (label text not null);
alter table guarded enable row level security;
create table rewritten (label text not null);
create rule rewriting as on insert to rewritten do instead nothing;
create view labels as select label from ranked;
create table counted (
  number integer generated always as identity, label text not null, long integer generated always as (length(label)) stored
);
create table grouped (id integer primary key, creator_id text not null references users, title text not null);
create table grouped_parts (creator_id text not null references users, grouped_id integer not null references grouped);

-- What can be written to it only by knowing its columns.
create table strict (
  id integer generated always as identity primary key,
  slug text not null,
  owner text not null,
  kind text not null default 'plain',
  note text,
  deleted_at timestamptz,
  unique (owner, slug)
);
create unique index strict_slug on strict (slug) where deleted_at is null;
create unique index strict_note on strict (lower(note));
create table filled (id integer primary key, slug text not null);
create function fill() returns trigger language plpgsql as $$ begin new.slug := 'slug'; return new; end $$;
create trigger fill before insert or update on filled for each row execute function fill();
create domain short as text default 'short';
create table lengths (id integer primary key, length short not null);
create table coded (id integer primary key, creator_id text not null references users, code text, unique (creator_id, code));

-- Values that are sorted by an order of their own, which the search path does not find.
create schema app;
create type grade as enum ('good', 'bad');
create table graded (id integer primary key, creator_id text not null references users, grade grade not null);
do $$ declare
  sign text;
begin
  foreach sign in array '{<,<=,=,>=,>}'::text[] loop
    execute format('create function app."grade %s"(grade, grade) returns boolean language sql immutable return $1::text %s $2::text', sign, sign);
    execute format('create operator app.%s (leftarg = grade, rightarg = grade, function = app."grade %s")', sign, sign);
  end loop;
end $$;
create function app.compare_grades(grade, grade) returns int language sql immutable return bttextcmp($1::text, $2::text);
create operator class app.grades default for type grade using btree as
  operator 1 app.<, operator 2 app.<=, operator 3 app.=, operator 4 app.>=, operator 5 app.>,
  function 1 app.compare_grades(grade, grade);
