-- why: one more
-- kind: value
--@ scope colors

--! colors_more
select id from books where color = any('{red,green,blue}')
;
