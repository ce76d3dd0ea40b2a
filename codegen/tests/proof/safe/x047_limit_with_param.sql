-- why: paging parameters
-- level: basic
--@ scope creator

--! x047_limit_with_param
--@ param n int
select id from content where creator_id = :creator_id and deleted_at is null order by id limit :n offset 5
;
