-- why: the default is false
-- kind: influence
--@ scope user

--! revive_by_default
update notes set deleted = default where id = :id and user_id = :user_id and not deleted
;
