-- why: the mark is taken away
-- kind: influence
--@ scope user

--! revive
update notes set deleted = false where id = :id and user_id = :user_id
;
