--@ scope system: "what it does only"

--! stable_function
select t from titles() t;
