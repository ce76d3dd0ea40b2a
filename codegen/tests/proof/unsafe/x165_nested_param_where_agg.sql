-- why: the inner aggregate gives its row although WHERE is false
-- kind: value
--@ scope creator

--! x165_nested_param_where_agg
--@ param other text
select x.t from (select (select max(c.title) from content c where c.creator_id = :other and c.deleted_at is null) as t, count(*) as n from plans where :other = :creator_id) x
;
