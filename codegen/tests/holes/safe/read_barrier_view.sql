-- why: a security barrier changes when conditions are computed, not what they say
-- level: basic
--@ scope creator

--! read_barrier_view
select title from barrier where creator_id = :creator_id and deleted_at is null
;
