-- why: the ways to say that a column is NULL
-- level: basic
--@ scope creator

--! null_tests
select title from content where creator_id = :creator_id and (deleted_at is null) = true
union all
select title from content where creator_id = :creator_id and (deleted_at is null) is true
union all
select title from content where creator_id = :creator_id and deleted_at is not distinct from null
union all
select title from content where creator_id = :creator_id and not (deleted_at is not null)
union all
select title from content where creator_id = :creator_id and (deleted_at is not null) is false
union all
select title from content where creator_id = :creator_id and (deleted_at is not null) is not true
union all
select title from content where creator_id = :creator_id and coalesce(deleted_at is null, false)
union all
select title from content where creator_id = :creator_id and case true when deleted_at is null then true end
union all
select title from content where creator_id = :creator_id and case false when deleted_at is not null then true else false end
union all
select title from content where creator_id = :creator_id and case when deleted_at is null then true else false end
;
