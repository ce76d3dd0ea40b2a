-- why: a virtual generated column is the owner column
-- level: basic
--@ scope creator

--! virtual_owner
select path from files where creator_id = :creator_id and deleted_at is null
;
