-- why: in a value false and NULL differ
-- kind: influence
--@ scope creator

--! x108_select_list_and
select (c.updated_by = :creator_id and exists (select 1 from media_items m where m.creator_id = c.updated_by and m.deleted_at is null)) as x
  from content c where c.creator_id = :creator_id and c.deleted_at is null
;
