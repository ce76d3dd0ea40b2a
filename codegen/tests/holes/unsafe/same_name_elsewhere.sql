-- why: the table of that name in the other schema is nobody's
-- kind: value
--@ scope creator

--! same_name_elsewhere
select m.title from app.media m where m.title <> :creator_id
;
