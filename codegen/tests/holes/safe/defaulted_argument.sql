-- why: an argument left to a constant default
-- level: basic
--@ scope creator

--! defaulted_argument
select titled(:creator_id) as count
;
