--! opaque_alone
-- same: the system catalogs of all nodes have the same content
--@ allow opaque: "a test"
select relname from pg_class where relname = 'posts';
