-- why: named arguments, with an omitted one before
-- level: basic
--@ scope creator

--! named_in_from
select c.title from cheap_content(p_price => 5, p_creator => :creator_id) c
;
