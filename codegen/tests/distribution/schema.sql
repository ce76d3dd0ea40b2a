-- Tables with organization_id, and tables without. Keys are as a distributed database needs them, except for `slugs`.
create table organizations (id int primary key, name text not null);
create table people (id int primary key, name text not null);
create table posts (
    organization_id int not null references organizations,
    id int,
    author int references people,
    title text,
    state text not null default 'draft',
    views int not null default 0,
    primary key (organization_id, id)
);
create table comments (
    organization_id int not null,
    id int,
    post int not null,
    person int references people,
    body text,
    primary key (organization_id, id),
    foreign key (organization_id, post) references posts
);
create table notes (organization_id int, id int, body text, unique (organization_id, id));
create table slugs (organization_id int not null, slug text primary key, hits int not null default 0);

create view live_posts as select * from posts where state = 'live';
create function posts_of(organization int) returns setof posts language sql stable
begin atomic select * from posts where organization_id = organization; end;
create function count_posts() returns bigint language plpgsql stable as 'begin return (select count(*) from posts); end';
create function twice(n int) returns int language plpgsql immutable as 'begin return 2 * n; end';
