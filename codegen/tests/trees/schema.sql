-- What the recorded statements are about. It is applied to an empty database, so that OIDs agree within a version.
create type mood as enum ('sad', 'ok');
create type pair as (a int, b text);
create domain positive as int check (value > 0);
create table org (id int primary key, name text not null, tags text[], data jsonb, kind mood);
create table part (extra int) inherits (org);
create table item (
    id bigint generated always as identity primary key,
    org_id int not null references org,
    title varchar(40),
    price numeric(10, 2) default 1.5,
    amount positive,
    duo pair,
    deleted_at timestamptz,
    check (price > 0 and title in ('a', 'b''c', '{(<> \')),
    unique (org_id, title)
);
create table wide (a int, gone int, c int);
alter table wide drop column gone;
create index on item (lower(title), (org_id + 1)) where deleted_at is null;
create view live as select i.*, o.name from item i join org o on o.id = i.org_id where i.deleted_at is null;
create view plain as select id, org_id from item;
create view counted as select org_id, count(*) as n from item group by org_id;
create function add_one(x int) returns int language sql immutable return x + 1;
create function item_titles(o int) returns setof varchar language sql
    begin atomic select 1; select title from item where org_id = o; end;
create function named(a int, b int default 2, c int default 3) returns int language sql immutable return a + b + c;
create function pair_sum(x pair) returns int language sql immutable return x.a;
create table "odd :relid (x)" ("a b" int, "{""}\" int, "<>" int);
