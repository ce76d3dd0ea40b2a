--@ scope system: "what it does only"

--! setting_changed
select set_config('search_path', 'x', true) as s;
