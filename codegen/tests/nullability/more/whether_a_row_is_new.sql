-- columns: id=never, inserted=never, updated=never
--@ scope system: "types only"

--! whether_a_row_is_new
insert into users (id, name, email) values ('user-0', 'n', 'nn') on conflict (id) do update set name = 'z' returning id, xmax = 0 as inserted, xmax <> 0 as updated
;
