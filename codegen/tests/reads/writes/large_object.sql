--@ scope system: "what it does only"

--! large_object
select lo_create(0) as o;
