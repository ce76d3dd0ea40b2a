-- why: the whole row of a padded join is a row of NULLs, which count() counts
-- kind: value
--@ scope creator

--! filter_join_whole_row
select c.id, count(j) filter (where j.deleted_at is null) as n from content c left join (media m join tags t on t.name = m.kind) as j (id, creator_id, title, kind, deleted_at, tag, name) on j.id = c.media_id and j.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
