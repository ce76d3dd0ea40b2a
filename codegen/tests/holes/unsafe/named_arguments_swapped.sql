-- why: the arguments are named: the creator is passed as the title
-- kind: value
--@ scope creator

--! named_arguments_swapped
select titled(p_creator => 'x', p_title => :creator_id) as count
;
