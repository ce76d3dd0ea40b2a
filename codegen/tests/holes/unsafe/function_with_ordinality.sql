-- why: the ordinality counts rows of everyone
-- kind: influence
--@ scope creator

--! function_with_ordinality
select c.title, c.ordinality from all_content() with ordinality c
where c.creator_id = :creator_id and c.deleted_at is null
;
