-- level: basic
-- The deleted row had the id.
--@ scope system: "sign-in"

--! one_time_token
--@ grants user
delete from sessions where token = :token
returning user_id;
