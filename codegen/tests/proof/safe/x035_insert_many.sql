-- why: all rows are own
-- level: basic
--@ scope creator

--! x035_insert_many
--@ param a text
--@ param b text
insert into media_items (creator_id, title) values (:creator_id, :a), (:creator_id, :b)
;
