-- why: via collections
-- level: basic
--@ scope creator

--! x039_collection_notes
select n.body from collection_notes n join collections c on c.id = n.collection_id where c.creator_id = :creator_id and n.deleted_at is null
;
