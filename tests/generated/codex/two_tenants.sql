-- Two tenants, with deleted rows next to theirs.

insert into users (id, name, email, deleted_at) values
    ('ann', 'ann', 'ann@x.org', null),
    ('bob', 'bob', 'bob@x.org', null),
    ('gone', 'gone', 'gone@x.org', now());

-- Created in this order.
insert into organizations (id, name, slug, created_at, deleted_at) values
    ('00000000-0000-4000-8000-00000000000a', 'alpha', 'alpha', now() - interval '4 seconds', null),
    ('00000000-0000-4000-8000-00000000000b', 'beta', 'beta', now() - interval '3 seconds', null),
    ('00000000-0000-4000-8000-00000000000c', 'orphan', 'orphan', now() - interval '2 seconds', null),
    ('00000000-0000-4000-8000-00000000000d', 'dead', 'dead', now() - interval '1 second', now());

insert into organization_memberships (organization_id, user_id, role) values
    ('00000000-0000-4000-8000-00000000000a', 'ann', 'owner'),
    ('00000000-0000-4000-8000-00000000000b', 'bob', 'owner'),
    ('00000000-0000-4000-8000-00000000000c', 'gone', 'owner'),
    ('00000000-0000-4000-8000-00000000000d', 'ann', 'owner');
