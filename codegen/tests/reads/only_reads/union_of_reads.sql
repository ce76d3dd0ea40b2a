--@ scope system: "what it does only"

--! union_of_reads
select title from notes union select 'x';
