-- why: NULL is no mark
-- level: basic
--@ scope user

--! nullable
select body from drafts where user_id = :user_id and not deleted
union all
select body from drafts where user_id = :user_id and deleted = false
union all
select body from drafts where user_id = :user_id and deleted is false
union all
select body from drafts where user_id = :user_id and deleted is not true
union all
select body from drafts where user_id = :user_id and deleted <> true
union all
select body from drafts where user_id = :user_id and not coalesce(deleted, false)
union all
select body from drafts where user_id = :user_id and deleted is distinct from true
union all
select body from drafts where user_id = :user_id and deleted is null
union all
select body from drafts where user_id = :user_id and (deleted is null or not deleted)
union all
select body from drafts where user_id = :user_id and coalesce(deleted, false) = false
;
