-- why: the owner is a key of DISTINCT ON
-- level: hard
--@ scope creator

--! x008_distinct_on_key
select x.id from (select distinct on (creator_id, slug) id, creator_id, slug from content where deleted_at is null order by creator_id, slug, id) x
 where x.creator_id = :creator_id
;
