-- why: the table with this name in another schema has no owner
-- kind: value
--@ scope creator

--! same_name_elsewhere
select m.title from app.media m where m.title <> :creator_id
;
