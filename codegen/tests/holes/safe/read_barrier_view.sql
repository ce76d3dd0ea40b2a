-- why: a security barrier only changes when conditions are evaluated
-- level: basic
--@ scope creator

--! read_barrier_view
select title from barrier where creator_id = :creator_id and deleted_at is null
;
