-- why: the row type of the function truncates the owner and its trailing blanks
-- kind: value
--@ scope creator

--! function_row_truncates
select title from short_rows() where owner = :creator_id;
