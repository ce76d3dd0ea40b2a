-- why: the aggregate query gives its row whether WHERE holds or not
-- kind: value
--@ scope creator

--! x101_param_where_aggregate
--@ param other text
select count(*), (select max(c.title) from content c where c.creator_id = :other and c.deleted_at is null) as t
  from plans where :other = :creator_id
;
