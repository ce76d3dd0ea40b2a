-- Fragments.
--@ scope creator

--@ fragment live
-- c.deleted_at is null
--     and c.status = 'draft'

--! with_the_fragment
select c.id from content c where :live and c.creator_id = :creator_id;

--! not_apart
select c.id from content c where not:live and c.creator_id = :creator_id;
--                                  ^^^^^ error[annotation]: this fragment is not separated from the SQL around it

--! too_early
select c.id from content c where :late and c.creator_id = :creator_id;
--                               ^^^^^ error[annotation]: the fragment `late` is not declared yet

--@ fragment late
-- c.deleted_at is null

--@ fragment live
--           ^^^^ error[annotation]: the fragment `live` is declared twice

--! within
--@ fragment inner
--           ^^^^^ error[annotation]: a fragment cannot be declared inside a query
select id from content where creator_id = :creator_id;
