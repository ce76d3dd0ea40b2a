-- why: a row that the outside drops has led to others before
-- kind: influence
--@ scope creator

--! x151_recursive_filtered_outside
with recursive tree as (
  select id, creator_id from folders where creator_id = :creator_id and deleted_at is null
  union all
  select f.id, f.creator_id from folders f join tree t on f.parent_id = t.id where f.deleted_at is null
)
select id from tree where creator_id = :creator_id
;
