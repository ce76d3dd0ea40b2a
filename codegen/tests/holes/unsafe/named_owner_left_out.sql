-- why: the creator is left to its default
-- kind: value
--@ scope creator

--! named_owner_left_out
select c.title from cheap_content(p_price => length(:creator_id)) c
;
