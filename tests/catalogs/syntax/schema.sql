-- A small library, and a table with a column of every type that both compilers support.

create schema shelf;

create type mood as enum ('happy', 'so_so', 'sad');
create type genre as enum ('fiction', 'non_fiction', 'type');
create type shelf.state as enum ('in', 'out');

create domain email_address as text check (value like '%_@_%');
create domain positive as integer check (value > 0);

create type dimensions as (width integer, height integer);
create type postal_address as (street text, city text, country varchar(2));
create type contact as (name text, email email_address, address postal_address, moods mood[]);

create table authors (
  id integer generated always as identity primary key,
  name text not null,
  country text,
  born date,
  mood mood not null default 'happy',
  email email_address,
  contact contact,
  constraint authors_name_key unique (name)
);

create table books (
  id bigint generated always as identity primary key,
  author_id integer not null references authors,
  title text not null,
  subtitle text,
  genre genre not null default 'fiction',
  format text not null default 'paper' check (format in ('paper', 'e_book', 'audio')),
  tags text[] not null default '{}',
  ratings integer[],
  translations jsonb,
  price numeric(10, 2),
  size dimensions,
  pages positive not null default 1,
  published_at timestamptz
);

create table shelf.copies (
  id uuid primary key default gen_random_uuid(),
  book_id bigint not null references books,
  state shelf.state not null default 'in',
  borrower text,
  due date
);

create table everything (
  bool_ boolean not null,
  char_ "char" not null,
  smallint_ smallint not null,
  int_ integer not null,
  bigint_ bigint not null,
  real_ real not null,
  double_ double precision not null,
  numeric_ numeric not null,
  text_ text not null,
  varchar_ varchar(20) not null,
  bpchar_ char(4) not null,
  name_ name not null,
  bytea_ bytea not null,
  date_ date not null,
  time_ time not null,
  timestamp_ timestamp not null,
  timestamptz_ timestamptz not null,
  uuid_ uuid not null,
  inet_ inet not null,
  json_ json not null,
  jsonb_ jsonb not null
);

create table everything_array (
  bool_ boolean[] not null,
  smallint_ smallint[] not null,
  int_ integer[] not null,
  bigint_ bigint[] not null,
  real_ real[] not null,
  double_ double precision[] not null,
  numeric_ numeric[] not null,
  text_ text[] not null,
  varchar_ varchar(20)[] not null,
  bytea_ bytea[] not null,
  date_ date[] not null,
  time_ time[] not null,
  timestamp_ timestamp[] not null,
  timestamptz_ timestamptz[] not null,
  uuid_ uuid[] not null,
  inet_ inet[] not null,
  jsonb_ jsonb[] not null,
  mood_ mood[] not null,
  email_ email_address[] not null,
  contact_ contact[] not null
);

-- Rust keywords, SQL keywords, and a name that has to be quoted.
create table keywords (
  "type" integer primary key,
  "match" text not null,
  "async" text,
  "order" integer not null,
  "a name" text
);
