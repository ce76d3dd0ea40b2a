--@ scope system: "what it does only"

--! volatile_in_order_by
select id from notes order by touch(id);
