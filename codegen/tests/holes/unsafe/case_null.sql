-- why: a CASE can be NULL although the column is not
-- kind: value
--@ scope creator

--! case_null
select c.id from content c where c.creator_id = :creator_id and case when c.price > 0 then c.deleted_at end is null
;
