-- why: named arguments in another order
-- level: basic
--@ scope creator

--! named_arguments
select titled(p_title => 'x', p_creator => :creator_id) as count
;
