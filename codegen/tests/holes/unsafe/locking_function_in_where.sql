-- why: the function can lock rows before the other condition drops the row
-- kind: write
--@ scope creator

--! locking_function_in_where
select m.id from media m
where m.creator_id = :creator_id and m.deleted_at is null and m.title = :creator_id
  and exists (select from lock_all(m.title))
;
