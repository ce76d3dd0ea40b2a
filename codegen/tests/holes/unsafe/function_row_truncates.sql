-- why: The function cuts the owner to what its row type holds, without the blanks at the end.
-- kind: value
--@ scope creator

--! function_row_truncates
select title from short_rows() where owner = :creator_id;
