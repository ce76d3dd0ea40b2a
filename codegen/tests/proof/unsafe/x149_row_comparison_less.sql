-- why: a row comparison is not an equality
-- kind: value
--@ scope creator

--! x149_row_comparison_less
select id from content where (creator_id, slug) >= (:creator_id, '') and deleted_at is null
;
