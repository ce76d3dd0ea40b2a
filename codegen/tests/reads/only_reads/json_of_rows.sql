--@ scope system: "what it does only"

--! json_of_rows
select json_agg(n) as notes from notes n;
