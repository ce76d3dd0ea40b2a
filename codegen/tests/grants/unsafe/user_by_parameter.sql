-- kind: grant
-- The id is a parameter, without a row.
--@ scope system: "sign-in"

--! user_by_parameter
--@ grants user
select :id::uuid as user_id, count(*) as sessions from sessions s
where s.user_id = :id;
