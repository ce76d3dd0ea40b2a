-- why: the row that is met gets a value from outside in its owner column
-- kind: move
--@ scope creator

--! x166_on_conflict_excluded_owner
--@ param slug text
--@ param to text
insert into content (creator_id, slug, title) values (:creator_id, :slug, 't') on conflict (creator_id, slug) where deleted_at is null do update set creator_id = :to
;
