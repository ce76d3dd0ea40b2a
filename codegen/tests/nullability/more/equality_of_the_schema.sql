-- topic: conditions
-- columns: description=maybe
-- why: what the schema calls equality is true of what it likes
--@ scope system: "types only"

--! equality_of_the_schema
select o.description from organizations o where (o.description is null) === false
;
