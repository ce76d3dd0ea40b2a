-- why: the shelf refers to that content, as its organization is not NULL
-- level: basic
--@ scope creator

--! key_through_a_whole_key
insert into covers (id, creator_id, content_id)
select :id, s.creator_id, s.content_id from shelves s where s.creator_id = :creator_id and s.organization_id is not null;
