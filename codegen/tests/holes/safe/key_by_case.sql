-- why: the old value or NULL
-- level: basic
--@ scope creator

--! key_by_case
--@ param keep bool
update content set media_id = case when :keep then media_id end where creator_id = :creator_id and deleted_at is null
;
