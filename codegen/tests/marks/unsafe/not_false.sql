-- why: true is not false
-- kind: value
--@ scope user

--! not_false
select body from drafts where user_id = :user_id and deleted is not false
;
