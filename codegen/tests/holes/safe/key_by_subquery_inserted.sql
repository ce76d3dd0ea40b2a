-- why: the same in VALUES
-- level: basic
--@ scope creator

--! key_by_subquery_inserted
--@ param id int
--@ param m int
insert into content (id, creator_id, slug, title, status, price, media_id)
values (:id, :creator_id, 's', 't', 'draft', 0,
  (select m.id from media m where m.id = :m and m.creator_id = :creator_id and m.deleted_at is null))
;
