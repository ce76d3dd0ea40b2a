-- why: the new row's own key does not verify itself
-- kind: influence
--@ scope creator

--! x104_insert_fk_self
--@ param m uuid
insert into content (creator_id, media_item_id, slug, title) values (:creator_id, :m, 's', 't') returning id
;
