-- why: where the organization is NULL, the content that the shelf names is anyone's: nothing checks it
-- kind: value
--@ scope creator

--! key_through_half_a_key
insert into covers (id, creator_id, content_id)
select :id, s.creator_id, s.content_id from shelves s where s.creator_id = :creator_id;
