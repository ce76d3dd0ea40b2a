-- why: the step carries another column
-- kind: value
--@ scope creator

--! x135_recursive_wrong_column
with recursive tree as (
  select id, creator_id from folders where creator_id = :creator_id and deleted_at is null
  union all
  select f.id, f.name from folders f join tree t on f.creator_id = t.creator_id where f.deleted_at is null
)
select id from tree
;
