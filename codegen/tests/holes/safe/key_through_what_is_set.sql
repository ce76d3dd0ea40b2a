-- why: the pin refers to that content, as both columns of its key are NOT NULL
-- level: basic
--@ scope creator

--! key_through_what_is_set
insert into covers (id, creator_id, content_id)
select :id, p.creator_id, p.content_id from pins p where p.creator_id = :creator_id;
