-- why: the function reads watchers as they were before the statement
-- level: hard
--@ scope user

--! way_in_a_function
with seen as (delete from watchers where user_id = :user_id returning task_id)
select p.slug, (select count(*) from seen) as seen from shared_with(:user_id) p
;
