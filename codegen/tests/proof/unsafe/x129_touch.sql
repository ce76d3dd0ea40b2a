-- why: the function writes
-- kind: opaque
--@ scope creator

--! x129_touch
--@ param id uuid
select touch_content(:id) from users where id = :creator_id
;
