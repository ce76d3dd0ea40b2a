-- why: the conditions on the target are checked again in its new version
-- first: update memberships set user_id = 9 where id = 1
-- with: id = 1, creator_id = 7
-- gives: nothing
--@ scope creator
--! delete_of_another
delete from memberships where id = :id and user_id = :creator_id returning id;
