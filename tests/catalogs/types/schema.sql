-- Every type family that generated functions support.

create schema app;

create type mood as enum ('happy', 'so-so', 'Ünhappy', '1st', 'r#type');
create type app.level as enum ('low', 'high');
create type postal_address as (street text, city text, country varchar(2));
create type person as (name text, mood mood, address postal_address, nicknames text[]);
create domain email as text check (value like '%_@_%');
create domain quantity as int not null check (value > 0);

create table samples (
  id uuid primary key default gen_random_uuid(),
  flag boolean not null,
  tiny "char" not null,
  small smallint not null,
  whole integer not null,
  big bigint not null,
  single real not null,
  double double precision not null,
  exact numeric not null,
  words text not null,
  short varchar(20) not null,
  padded char(8) not null,
  label name not null,
  bytes bytea not null,
  day date not null,
  clock time not null,
  local_at timestamp not null,
  at timestamptz not null,
  span interval not null,
  document json not null,
  binary_document jsonb not null,
  settings jsonb not null,
  host inet not null,
  network cidr not null,
  mood mood not null,
  level app.level not null,
  email email not null,
  quantity quantity not null,
  address postal_address not null,
  person person not null,
  numbers integer[] not null,
  labels text[] not null,
  moods mood[] not null,
  emails email[] not null,
  addresses postal_address[] not null,
  int_range int4range not null,
  time_range tstzrange not null,
  object oid not null
);

-- The same columns, all nullable.
create table maybes (
  id bigint generated always as identity primary key,
  flag boolean, tiny "char", small smallint, whole integer, big bigint, single real, double double precision,
  exact numeric, words text, short varchar(20), padded char(8), label name, bytes bytea, day date, clock time,
  local_at timestamp, at timestamptz, span interval, document json, binary_document jsonb, host inet, network cidr,
  mood mood, level app.level, email email, quantity integer, address postal_address, person person,
  numbers integer[], labels text[], moods mood[], emails email[], addresses postal_address[],
  int_range int4range, time_range tstzrange, object oid, parent_id bigint references maybes
);

-- Names that are Rust keywords or not valid identifiers.
create table "odd names; drop table samples --" (
  "type" integer primary key,
  "match" text not null,
  "self" text not null,
  "Self" text not null,
  "crate" text not null,
  "1st column" text not null,
  "two  words" text not null,
  "two_words" text not null,
  "quote""d" text not null,
  "back\slash" text not null,
  "*/ } fn main() {" text not null,
  "ünïcode" text not null,
  "async" text
);
comment on table "odd names; drop table samples --" is E'A comment with */ and ``` and \u202E and
/// a second line';
comment on column "odd names; drop table samples --"."type" is '*/ } pub fn injected() { /*';
