-- kind: value
-- The user has added the operator to a built-in operator family as equality.
--@ scope creator

--! family_so_extended
select c.id from content c where c.creator_id ~~ :creator_id and c.deleted_at is null;
