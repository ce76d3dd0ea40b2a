-- why: the default of the omitted argument is a constant
-- level: basic
--@ scope creator

--! defaulted_argument
select titled(:creator_id) as count
;
