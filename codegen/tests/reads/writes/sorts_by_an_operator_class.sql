--@ scope system: "what it does only"

--! sorts_by_an_operator_class
select id from letters order by word using <<<;
