-- why: a grouping set blanks the key that is compared
-- kind: value
--@ scope creator

--! x106_grouping_sets_blank
select (select max(m.title) from media_items m where (m.creator_id <> c.creator_id) is not true and m.creator_id is not null and m.deleted_at is null) as t
  from content c where c.creator_id = :creator_id and c.creator_id is not null and c.deleted_at is null group by grouping sets ((c.creator_id), ())
;
