-- why: soft delete through a view
-- level: hard
--@ scope creator

--! x012_update_view_scope
--@ param id uuid
update live_content set title = 'x' where id = :id and creator_id = :creator_id returning id
;
