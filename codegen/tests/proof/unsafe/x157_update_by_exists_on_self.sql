-- why: the EXISTS is about another row of the same table
-- kind: write
--@ scope creator

--! x157_update_by_exists_on_self
update content c set title = 'x' where c.deleted_at is null and exists (select 1 from content d where d.slug = c.slug and d.creator_id = :creator_id and d.deleted_at is null)
;
