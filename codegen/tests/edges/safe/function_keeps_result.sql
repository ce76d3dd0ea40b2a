-- why: a column that a function returns as its body selects it is that column
-- level: basic
--@ scope user

--! function_keeps_result
SELECT f.id FROM owners() f WHERE f.owner = :user_id AND f.deleted_at IS NULL
;
