-- why: ON restricts the rows of the right side, whose column is not NULL there
-- level: basic
--@ scope open

--! outer_join_not_null
select s.id, b.id as book_id from shelves s left join books b on b.id = s.book_id and b.closed is not true
;
