-- kind: value
-- NOT IN accepts all other rows.
--@ scope creator

--! twin_not_in
select d.title from content d where d.id not in (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null);
