-- The help for a condition that is missing, where the rows of others may be meant.
--@ scope creator

--! returned
select creator_id from grouped_parts where grouped_id = :grouped_id;
--                     ^^^^^^^^^^^^^ error[tenant-scope]: nothing guarantees that grouped_parts.creator_id = :creator_id
-- help: add `and grouped_parts.creator_id = :creator_id`

--! how_many
select count(*) from grouped_parts where grouped_id = :grouped_id;
--                   ^^^^^^^^^^^^^ error[tenant-scope]: nothing guarantees that grouped_parts.creator_id = :creator_id
-- help: add `and grouped_parts.creator_id = :creator_id`, if only the caller's own rows are meant here; rows of others are accessible in scope `group`

--! whether_one_is_there
select g.title from grouped g
where g.creator_id = :creator_id and exists (select from grouped_parts p where p.grouped_id = g.id);
--                                                       ^^^^^^^^^^^^^ error[tenant-scope]: nothing guarantees that p.creator_id = :creator_id
-- help: add `and p.creator_id = :creator_id`, if only the caller's own rows are meant here; rows of others are accessible in scope `group`

--! but_mine
select count(*) from grouped_parts p where p.grouped_id = :grouped_id and p.creator_id <> :creator_id;
--                   ^^^^^^^^^^^^^ error[tenant-scope]: nothing guarantees that p.creator_id = :creator_id
-- help: rows of others are accessible in scope `group`

--! apart_from_mine
select p.grouped_id from grouped_parts p where p.creator_id is distinct from :creator_id;
--                       ^^^^^^^^^^^^^ error[tenant-scope]: nothing guarantees that p.creator_id = :creator_id
-- help: rows of others are accessible in scope `group`

--! of_nobody_else
select count(*) from content where status = 'draft';
--                   ^^^^^^^ error[tenant-scope]: nothing guarantees that content.creator_id = :creator_id
-- help: add `and content.creator_id = :creator_id`, if only the caller's own rows are meant here; rows of others are for `--@ scope system: "reason"`
