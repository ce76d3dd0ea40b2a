-- why: NULL is taken for true, and so is true
-- kind: value
--@ scope user

--! coalesced
select body from drafts where user_id = :user_id and coalesce(deleted, true)
;
