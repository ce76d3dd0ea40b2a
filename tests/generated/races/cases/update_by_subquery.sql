-- why: the subquery still sees the row as it was, and the target has no condition that could be checked again
-- verdict: rejected
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7, title = 'new'
-- gives: 1
--@ scope creator
--! update_by_subquery
update content set title = :title
where id in (select d.id from content d where d.id = :id and d.creator_id = :creator_id and d.deleted_at is null)
returning id;
