--@ scope system: "what it does only"

--! made_up_id
select gen_random_uuid() as id;
