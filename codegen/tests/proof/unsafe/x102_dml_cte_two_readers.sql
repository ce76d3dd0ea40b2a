-- why: two readers of one RETURNING list are two rows
-- kind: value
--@ scope creator

--! x102_dml_cte_two_readers
with u as (update content set status = 'x' where creator_id = :creator_id and deleted_at is null returning id, creator_id, updated_by)
select m.title from u a join u b on true join media_items m on m.creator_id = b.updated_by and m.deleted_at is null where a.creator_id = :creator_id
;
