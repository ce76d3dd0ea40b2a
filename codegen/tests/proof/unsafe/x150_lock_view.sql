-- why: the lock goes through the view before the filter of the outside query
-- kind: lock
--@ scope creator

--! x150_lock_view
select x.title from (select title, creator_id from live_content for update) x where x.creator_id = :creator_id
;
