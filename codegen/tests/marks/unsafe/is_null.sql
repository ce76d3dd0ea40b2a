-- why: no note has the mark NULL, but drafts that are deleted are not asked for
-- kind: value
--@ scope user

--! is_null
select n.body from notes n join drafts d on d.id = n.id where n.user_id = :user_id and d.user_id = :user_id and d.deleted is null
;
