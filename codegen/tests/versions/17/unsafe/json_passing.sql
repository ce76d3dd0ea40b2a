-- why: PASSING reads rows of everyone
-- kind: influence
--@ scope creator

--! json_passing
select json_exists(c.meta, '$.a ? (@ < $x)' passing (select max(price) from content) as x) as v from content c where c.creator_id = :creator_id and c.deleted_at is null
;
