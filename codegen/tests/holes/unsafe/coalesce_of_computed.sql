-- why: a computed argument can be NULL although the column is not
-- kind: value
--@ scope creator

--! coalesce_of_computed
select c.id from content c where c.creator_id = :creator_id and coalesce(c.deleted_at - c.published_at, null) is null
;
