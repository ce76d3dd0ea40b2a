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

-- What a label loses with its row, and a table with a partition.
create table labels (id int primary key, name text not null);
create table labelled (organization_id int not null, id int, label int references labels on update cascade on delete set null, primary key (organization_id, id));
create table visits (organization_id int not null, id int, day int, primary key (organization_id, id, day)) partition by range (day);
create table visits_early (day int not null, id int not null, organization_id int not null);
alter table visits attach partition visits_early for values from (0) to (10);

create view live_posts as select * from posts where state = 'live';
create function posts_of(organization int) returns setof posts language sql stable
begin atomic select * from posts where organization_id = organization; end;
create function count_posts() returns bigint language plpgsql stable as 'begin return (select count(*) from posts); end';
create function twice(n int) returns int language plpgsql immutable as 'begin return 2 * n; end';
