--! opaque_alone
-- same: the catalog of each node says the same
--@ allow opaque: "a test"
select relname from pg_class where relname = 'posts';
