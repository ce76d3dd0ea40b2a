--@ scope system: "what it does only"

--! update_
update notes set views = 1;
