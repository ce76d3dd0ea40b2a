-- why: COALESCE can be another value than the caller, for all that is known
-- kind: move
--@ scope creator

--! owner_by_coalesce
update media set creator_id = coalesce((select u.id from users u where u.id = :creator_id), creator_id) where creator_id = :creator_id and deleted_at is null
;
