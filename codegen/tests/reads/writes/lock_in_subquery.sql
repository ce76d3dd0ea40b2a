--@ scope system: "what it does only"

--! lock_in_subquery
select id from (select id from notes for share) n;
