-- why: by name, with the one before left to its default
-- level: basic
--@ scope creator

--! named_in_from
select c.title from cheap_content(p_price => 5, p_creator => :creator_id) c
;
