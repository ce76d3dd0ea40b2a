-- why: the names say that the creator is the title
-- kind: value
--@ scope creator

--! named_arguments_swapped
select titled(p_creator => 'x', p_title => :creator_id) as count
;
