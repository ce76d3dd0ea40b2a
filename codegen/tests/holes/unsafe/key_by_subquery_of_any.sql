-- why: the subquery reads media of anyone
-- kind: value
--@ scope creator

--! key_by_subquery_of_any
--@ param m int
update content set media_id = (select m.id from media m where m.id = :m and m.deleted_at is null) where creator_id = :creator_id and deleted_at is null
;
