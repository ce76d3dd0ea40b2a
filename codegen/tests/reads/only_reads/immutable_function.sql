--@ scope system: "what it does only"

--! immutable_function
select slugify(title) as slug from notes;
