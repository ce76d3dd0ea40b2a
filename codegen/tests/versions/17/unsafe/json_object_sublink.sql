-- why: a value of the object reads rows of everyone
-- kind: value
--@ scope creator

--! json_object_sublink
select json_object('a': c.title, 'b': (select max(x.title) from content x)) as v from content c where c.creator_id = :creator_id and c.deleted_at is null
;
