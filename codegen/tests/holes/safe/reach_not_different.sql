-- why: `(x <> p) is not true`, and neither is NULL
-- level: basic
--@ scope creator

--! reach_not_different
select title from content where (creator_id <> :creator_id) is not true and creator_id is not null and :creator_id is not null and deleted_at is null
;
