select 0;
-- error[syntax] "select 0": this statement has no `--!` line

--! one
select 1;
select 2
-- error[syntax] "select 2": a second statement under `--! one`
  from t;

--! lacks_semicolon
select *
from t
-- error[syntax] "t": missing `;` at the end of the statement

--@ tx
--! next
select 1;

--! lost
select 1
--@ tx
-- error[annotation] "--@": annotation inside a statement
--: Type()
-- error[annotation] "--:": annotation inside a statement
--# inline
-- error[annotation] "--#": annotation inside a statement
--& inline
-- error[annotation] "--&": annotation inside a statement
--- an ornament
-------------------
from t --! here
-- error[annotation] "--!": annotation inside a statement
where true;

--! without_statement
-- error[syntax] "without_statement": the query `without_statement` has no statement

--! only_a_semicolon
-- error[syntax] "only_a_semicolon": has no statement
;
;
-- error[syntax] ";": no statement before this `;`

/* --! commented
select 1;
/* nested */ --@ zebra
*/

--! literals
select '
--! not_a_query
', $$
--@ zebra
$$, "
--! x
" from t; -- trailing

  --! indented
  select 1; --! after_the_end
select 2;

--! invisible
select 1 as x;
-- error[syntax] " ": invisible character U+00A0

--! numbered
select $1::int, '$2', $$ $3 $$;
-- error[syntax] "$1": name the parameter

--! the_last_one_needs_no_semicolon
select 1
-- the end
