-- columns: expired_reason=maybe
--@ scope system: "types only"

--! check_of_another_time
SELECT expired_reason FROM posts WHERE expires_at <= now()
;
