-- why: false is not NULL
-- kind: value
--@ scope hidden

--! true_not_null
select id from pages where hidden is not null
;
