-- why: the functions truncate the ids to one character, so the ids need not be equal
-- kind: value
--@ scope user

--! function_casts_result
SELECT f.id FROM initials() f, initial_of(:user_id) m WHERE f.initial = m.initial AND f.deleted_at IS NULL
;
