-- level: extended
-- Whoever vouches for what compares the elements may compare arrays of them.
--@ scope creator

--! array_compared_by_trusted
select distinct c.shades from curtains c where c.creator_id = :creator_id;
