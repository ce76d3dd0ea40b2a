-- why: rows are sorted as they were found, and returned as they are when they are locked
-- first: update content set title = 'z' where id = 1
-- with: creator_id = 7
-- gives: 1|z, 2|second
--@ scope creator
--! lock_in_order
select id, title from content
where creator_id = :creator_id and deleted_at is null
order by title
for update;
