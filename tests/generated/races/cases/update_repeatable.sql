-- why: at this level nothing that the statement found can have changed when it writes
-- level: repeatable read
-- first: update content set position = 5 where id = 1
-- with: id = 1, creator_id = 7, title = 'new'
-- gives: error 40001
--@ scope creator
--! update_repeatable
update content set title = :title
where id = :id and creator_id = :creator_id and deleted_at is null
returning id;
