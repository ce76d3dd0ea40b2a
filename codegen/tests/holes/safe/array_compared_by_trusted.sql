-- level: extended
-- The comparison functions of the elements are trusted.
--@ scope creator

--! array_compared_by_trusted
select distinct c.shades from curtains c where c.creator_id = :creator_id;
