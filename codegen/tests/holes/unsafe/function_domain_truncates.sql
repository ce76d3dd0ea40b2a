-- why: So does one that declares a domain.
-- kind: value
--@ scope creator

--! function_domain_truncates
select title from short_owners() where owner = :creator_id;
