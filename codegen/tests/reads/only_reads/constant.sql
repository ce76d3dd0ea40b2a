--@ scope system: "what it does only"

--! constant
select 1 as one;
