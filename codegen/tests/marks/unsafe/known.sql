-- why: true is not NULL
-- kind: value
--@ scope user

--! known
select body from drafts where user_id = :user_id and deleted is not null
;
