-- why: the row that is joined is the target's old version
-- verdict: rejected
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7, title = 'new'
-- gives: 1
--@ scope creator
--! update_by_twin
update content c set title = :title
from content d
where d.id = c.id and d.id = :id and d.creator_id = :creator_id and d.deleted_at is null
returning c.id;
