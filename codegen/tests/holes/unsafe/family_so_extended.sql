-- kind: value
-- What a user adds to a family of operators is no equality.
--@ scope creator

--! family_so_extended
select c.id from content c where c.creator_id ~~ :creator_id and c.deleted_at is null;
