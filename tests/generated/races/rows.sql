insert into users values (7, 'ann'), (8, 'bob'), (9, 'eve');
insert into organizations values (1, 'acme'), (2, 'other');
insert into memberships values (1, 1, 7, 'manager'), (2, 1, 8, 'member');
insert into content values
  (1, 7, 1, 'a', 'first', 1, null), (2, 7, 1, 'b', 'second', 2, null), (3, 8, 1, 'a', 'theirs', 1, null), (4, 7, 1, 'd', 'gone', 4, now());
insert into comments values (1, 1, 'on the first'), (2, 2, 'on the second'), (3, 3, 'on theirs');
