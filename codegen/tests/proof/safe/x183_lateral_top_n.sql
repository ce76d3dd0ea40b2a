-- why: the newest comments of each own content
-- level: basic
--@ scope creator

--! x183_lateral_top_n
select c.id, k.body from content c cross join lateral (select k.body from comments k where k.content_id = c.id and k.deleted_at is null order by k.created_at desc limit 3) k where c.creator_id = :creator_id and c.deleted_at is null
;
