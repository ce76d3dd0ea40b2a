-- why: the locked row is returned in its new version, and only its old one has been checked
-- verdict: rejected
-- first: update content set title = 'what nobody may read', deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7
-- gives: 1|what nobody may read
--@ scope creator
--! lock_by_twin
select c.id, c.title
from content c join content d on d.id = c.id
where d.id = :id and d.creator_id = :creator_id and d.deleted_at is null
for update of c;
