-- why: the second row is another's
-- kind: move
--@ scope creator

--! x144_values_rows_differ
--@ param other text
insert into media_items (creator_id, title) values (:creator_id, 'a'), (:other, 'b')
;
