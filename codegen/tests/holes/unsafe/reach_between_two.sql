-- why: BETWEEN two different values accepts others between them
-- kind: value
--@ scope creator

--! reach_between_two
--@ param other text
select title from content where creator_id between :creator_id and :other and deleted_at is null
;
