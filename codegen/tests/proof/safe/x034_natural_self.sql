-- why: a values list drives
-- level: basic
--@ scope creator

--! x034_natural_self
--@ param a text
--@ param b text
select v.s, c.id from (values (:a), (:b)) v(s) left join content c on c.slug = v.s and c.creator_id = :creator_id and c.deleted_at is null
;
