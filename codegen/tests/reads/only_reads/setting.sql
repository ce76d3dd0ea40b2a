--@ scope system: "what it does only"

--! setting
select current_setting('search_path') as s;
