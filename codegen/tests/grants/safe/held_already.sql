-- level: basic
-- The id of the token that the caller has already.
--@ scope user

--! held_already
--@ grants user
select id as user_id, email from users
where id = :user_id and deleted_at is null;
