-- why: the function returns a column of its body unchanged
-- level: basic
--@ scope user

--! function_keeps_result
SELECT f.id FROM owners() f WHERE f.owner = :user_id AND f.deleted_at IS NULL
;
