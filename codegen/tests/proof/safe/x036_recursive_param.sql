-- why: seed and step are scoped by the parameter
-- level: basic
--@ scope creator

--! x036_recursive_param
--@ param id uuid
with recursive up as (
  select id, parent_id, 1 as depth from folders where id = :id and creator_id = :creator_id and deleted_at is null
  union
  select f.id, f.parent_id, u.depth + 1 from folders f join up u on f.id = u.parent_id where f.creator_id = :creator_id and f.deleted_at is null and u.depth < 10
)
select id, depth from up order by depth
;
