-- Everything that can be NULL is NULL in some row, and every outer join has a row without a match.
insert into users values
  ('ann', 'Ann', 'a@b', 'happy', 'a', row('street', 'sad')),
  ('bob', 'Bob', 'b@b', null, 'b', row(null, null)),
  ('eve', 'Eve', 'e@b', 'sad', 'a', null);
insert into organizations values
  ('00000000-0000-0000-0000-000000000001', 'one', '{"a": null}', 'null'),
  ('00000000-0000-0000-0000-000000000002', 'two', null, null);
insert into memberships values
  ('00000000-0000-0000-0000-000000000001', 'ann', 'owner', null),
  ('00000000-0000-0000-0000-000000000001', 'bob', 'member', 'ann');
insert into content values
  ('00000000-0000-0000-0000-00000000000a', 'ann', '00000000-0000-0000-0000-000000000001', '{}', 1.50, '{}'),
  ('00000000-0000-0000-0000-00000000000b', 'eve', null, '{a,b}', null, '[]');
