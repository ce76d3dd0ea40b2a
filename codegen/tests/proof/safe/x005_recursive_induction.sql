-- why: the seed is own, the step keeps the owner
-- level: hard
--@ scope creator

--! x005_recursive_induction
--@ param id uuid
with recursive tree as (
  select id, name, creator_id from folders where id = :id and creator_id = :creator_id and deleted_at is null
  union all
  select f.id, f.name, f.creator_id from folders f join tree t on f.parent_id = t.id
   where f.creator_id = t.creator_id and f.deleted_at is null
)
select id, name from tree
;
