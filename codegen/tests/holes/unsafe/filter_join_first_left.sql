-- why: the argument is a column of the left side, which is not NULL in a padded row
-- kind: value
--@ scope creator

--! filter_join_first_left
select c.id, sum(c.price) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
