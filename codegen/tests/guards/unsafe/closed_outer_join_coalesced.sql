-- why: the same with COALESCE
-- kind: value
--@ scope open

--! closed_outer_join_coalesced
select s.id from shelves s left join books b on b.id = s.book_id where not coalesce(b.closed, false)
;
