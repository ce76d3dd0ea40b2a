-- why: the grouping key reads rows of everyone
-- kind: influence
--@ scope creator

--! grouped_sublink
select count(*) as n from content c where c.creator_id = :creator_id and c.deleted_at is null group by c.creator_id, (select max(title) from content)
;
