-- why: what a subquery gives is what the statement found
-- first: update content set position = 9 where id = 1; update content set title = 'newer', deleted_at = now() where id = 2
-- with: id = 1, other = 2, creator_id = 7
-- gives: 1|second
--@ scope creator
--! update_value_of_another
update content set title = coalesce((
    select d.title from content d
    where d.id = :other and d.creator_id = :creator_id and d.deleted_at is null), title)
where id = :id and creator_id = :creator_id and deleted_at is null
returning id, title;
