--@ scope system: "what it does only"

--! operator_with_a_body
select id from notes where views #### 1;
