-- A small schema in which every kind of ownership occurs: by column, by a foreign key, shared.
create table users (id text primary key, title text not null, n int not null);
create table tags (id int primary key, title text not null, n int not null);
create table items (
    id int primary key,
    owner text not null references users,
    parent_id int references items,
    title text not null,
    n int not null,
    deleted_at timestamptz
);
create unique index on items (owner, title, n) where deleted_at is null and n > 90;
create table notes (
    id int primary key,
    owner text references users,
    item_id int references items,
    title text not null,
    n int,
    deleted_at timestamptz
);
create table parts (id int primary key, item_id int not null references items, title text not null, n int not null);
create table logs (
    owner text not null references users,
    item_id int not null references items,
    title text not null,
    n int not null,
    primary key (owner, item_id)
);
create view live_items as select id, owner, parent_id, title, n from items where deleted_at is null;
create function items_of(who text) returns setof items language sql stable
begin atomic
    select * from items where owner = who and deleted_at is null;
end;
