create table users (
    id uuid primary key,
    email text not null,
    deleted_at timestamptz
);

create table organizations (
    id uuid primary key,
    name text not null,
    deleted_at timestamptz
);

create table memberships (
    organization_id uuid not null references organizations,
    user_id uuid not null references users,
    inviter_id uuid references users,
    role varchar(20) not null,
    status text not null,
    expires_at timestamptz,
    deleted_at timestamptz,
    primary key (organization_id, user_id)
);

create table sessions (
    id uuid primary key,
    user_id uuid not null references users,
    token text not null unique,
    note text
);

create view my_roles as
select organization_id, user_id, role from memberships
where status = 'active' and (expires_at is null or expires_at > now()) and deleted_at is null;

create function is_one(text) returns boolean language plpgsql immutable as $$ begin return true; end $$;

create view left_memberships as select * from memberships;
alter view left_memberships alter deleted_at set default now();

-- A partitioned table of members. Deleting or changing a seat also deletes or changes its member.
create table clubs (id uuid primary key, name text not null);
create table club_seats (
    id uuid primary key,
    user_id uuid not null references users,
    level int not null,
    note text,
    unique (id, level)
);
create table club_members (
    club_id uuid not null references clubs,
    user_id uuid not null references users,
    role text not null,
    seat_id uuid,
    level int,
    primary key (club_id, user_id),
    foreign key (seat_id, level) references club_seats (id, level) on update cascade on delete cascade
) partition by range (club_id);
create table club_members_low partition of club_members for values from (minvalue) to (maxvalue);
