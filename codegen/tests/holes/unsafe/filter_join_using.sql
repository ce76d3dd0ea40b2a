-- why: the grouping key is a merged column that stands for the right side
-- kind: influence
--@ scope creator

--! filter_join_using
select id, count(m.title) filter (where m.deleted_at is null) as n from (select id as key, price from content where creator_id = :creator_id and deleted_at is null) c left join (media m right join (select 1 as one) o on true) on m.id = c.key where m.creator_id = :creator_id group by id
;
