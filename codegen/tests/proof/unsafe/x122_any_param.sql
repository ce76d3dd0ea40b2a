-- why: the array is whatever the caller sends
-- kind: value
--@ scope creator

--! x122_any_param
--@ param ids text[]
select id from content where creator_id = any (:ids) and deleted_at is null and :creator_id is not null
;
