--! two_reference_tables
select o.name, p.name from organizations o join people p using (id);
