-- why: filtered aggregates in HAVING and in a CASE
-- level: basic
--@ scope creator

--! filter_join_having
select c.id, case when count(m.id) filter (where m.deleted_at is null) > 0 then 'some' else 'none' end as media from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id having bool_or(m.kind = 'image') filter (where m.deleted_at is null) is not true
;
