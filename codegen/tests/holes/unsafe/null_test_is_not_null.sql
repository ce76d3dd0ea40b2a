-- why: a null test is never NULL
-- kind: value
--@ scope creator

--! null_test_is_not_null
select title from content where creator_id = :creator_id and (deleted_at is null) is not null
;
