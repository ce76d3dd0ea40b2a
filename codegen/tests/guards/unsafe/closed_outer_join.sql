-- why: WHERE drops the shelf of a closed book only
-- kind: value
--@ scope open

--! closed_outer_join
select s.id from shelves s left join books b on b.id = s.book_id where b.closed is not true
;
