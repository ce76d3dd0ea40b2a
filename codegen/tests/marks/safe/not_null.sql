-- why: the ways to say that the mark is not true
-- level: basic
--@ scope user

--! not_null
select body from notes where user_id = :user_id and not deleted
union all
select body from notes where user_id = :user_id and deleted = false
union all
select body from notes where user_id = :user_id and deleted is false
union all
select body from notes where user_id = :user_id and deleted is not true
union all
select body from notes where user_id = :user_id and deleted <> true
union all
select body from notes where user_id = :user_id and not coalesce(deleted, false)
union all
select body from notes where user_id = :user_id and deleted is distinct from true
;
