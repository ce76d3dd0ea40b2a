-- A foreign key to a twin of the caller's row.
--@ scope creator

--! twin_referred
insert into notes (id, content_id, body) select :id, d.id, :body from content d join content c on c.id = d.id where c.creator_id = :creator_id and c.deleted_at is null;
