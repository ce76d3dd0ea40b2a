-- why: runs SQL text
-- kind: opaque
--@ scope creator

--! x132_query_to_xml
select query_to_xml('select * from content', true, false, '') as x from users where id = :creator_id
;
