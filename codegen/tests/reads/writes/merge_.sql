--@ scope system: "what it does only"

--! merge_
merge into notes n using (select 1 as id) s on n.id = s.id when matched then update set views = 1;
