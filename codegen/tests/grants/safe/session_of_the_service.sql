-- level: basic
-- A scope without memberships, by a column that refers to its id.
--@ scope system: "sign-in"

--! session_of_the_service
--@ grants user
select s.user_id, u.email from sessions s
join users u on u.id = s.user_id and u.deleted_at is null
where s.token = :token;
