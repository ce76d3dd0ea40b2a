--@ scope system: "what it does only"

--! lock_key_share
select id from notes for key share;
