-- why: the cast to the declared domain truncates the owner
-- kind: value
--@ scope creator

--! function_domain_truncates
select title from short_owners() where owner = :creator_id;
