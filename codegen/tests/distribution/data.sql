insert into organizations values (1, 'first'), (2, 'second');
insert into people values (1, 'ann'), (2, 'bob'), (3, 'cy');
insert into posts values
    (1, 1, 1, 'a', 'live', 10), (1, 2, 2, 'b', 'draft', 20), (1, 3, 1, 'c', 'live', 30),
    (2, 1, 1, 'd', 'live', 11), (2, 2, 3, 'e', 'live', 21), (2, 3, null, 'f', 'draft', 1), (2, 4, 2, 'a', 'live', 9);
insert into comments values
    (1, 1, 1, 2, 'x'), (1, 2, 1, 3, 'y'), (1, 3, 2, 1, 'x'),
    (2, 1, 2, 2, 'x'), (2, 2, 3, 1, 'z'), (2, 3, 4, 2, 'y'), (2, 4, 4, 3, 'x');
insert into notes values (1, 1, 'p'), (1, 2, 'q'), (2, 1, 'q'), (null, 1, 'r');
insert into slugs values (1, 'a', 5), (2, 'b', 6), (2, 'c', 7);
insert into labels values (1, 'a'), (2, 'b');
insert into labelled values (1, 1, 1), (2, 1, 1), (2, 2, 2);
insert into visits values (1, 1, 1), (2, 2, 2);
