-- why: another value
-- kind: value
--@ scope labels

--! labels_padded
select id from books where label = 'x '
;
