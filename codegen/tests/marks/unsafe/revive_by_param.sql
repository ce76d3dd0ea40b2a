-- why: the mark can be taken away
-- kind: influence
--@ scope user

--! revive_by_param
update notes set deleted = :deleted where id = :id and user_id = :user_id and not deleted
;
