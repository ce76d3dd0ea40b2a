--@ scope system: "what it does only"

--! notification
select pg_notify('a', 'b');
