-- why: the argument for the creator has its default
-- kind: value
--@ scope creator

--! named_owner_left_out
select c.title from cheap_content(p_price => length(:creator_id)) c
;
