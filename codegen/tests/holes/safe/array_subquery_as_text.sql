-- why: the elements are text, which nothing looks up
-- level: basic
--@ scope creator

--! array_subquery_as_text
select array(select m.title from media m where m.creator_id = :creator_id and m.deleted_at is null)::text as titles;
