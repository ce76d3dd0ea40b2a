-- why: the membership is the one that the statement found, though it waited for another row
-- first: update content set position = 9 where id = 1; update memberships set role = 'member' where id = 1
-- with: organization_id = 1, creator_id = 7
-- gives: 1
--@ scope creator
--@ grants organization as manager
--! grant_demoted_meanwhile
select m.organization_id
from memberships m join content c on c.organization_id = m.organization_id
where m.organization_id = :organization_id and m.user_id = :creator_id and m.active and m.role = 'manager'
  and c.creator_id = :creator_id and c.deleted_at is null and c.id = 1
for update of c;
