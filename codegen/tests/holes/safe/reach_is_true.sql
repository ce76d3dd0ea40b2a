-- why: `(c) is true`, `(c) = true`, `(c) <> false`
-- level: basic
--@ scope creator

--! reach_is_true
select title from content where ((creator_id = :creator_id) is true) <> false and (deleted_at is null) = true
;
