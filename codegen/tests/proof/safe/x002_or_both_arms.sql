-- why: both arms hold the scope
-- level: basic
--@ scope creator

--! x002_or_both_arms
select id from content where (creator_id = :creator_id and status = 'draft' or creator_id = :creator_id and visibility = 'public') and deleted_at is null
;
