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
