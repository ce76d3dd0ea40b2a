--@ scope system: "what it does only"

--! lock_in_sublink
select exists (select from notes for update) as e;
