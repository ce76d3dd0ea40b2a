-- level: basic
-- The row is gone, and has said who it was.
--@ scope system: "sign-in"

--! one_time_token
--@ grants user
delete from sessions where token = :token
returning user_id;
