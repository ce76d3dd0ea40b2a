-- why: the group in which the key is replaced by NULL meets the other arm
-- kind: value
--@ scope creator

--! having_blank_or
select creator_id, count(*) as n from content where deleted_at is null group by rollup (creator_id) having creator_id = :creator_id or creator_id is null
;
