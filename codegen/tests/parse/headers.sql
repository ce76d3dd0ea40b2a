--!
-- error[annotation] "": expected a query name
select 1;

--! 1st
-- error[annotation] "1st": `1st` cannot be a query name
select 1;

--! naïve
-- error[annotation] "naïve": cannot be a query name
select 1;

--! self
-- error[annotation] "self": it is a Rust keyword
select 1;

--! keywords_are_fine_raw
select 1;

--! type
select 1;

--! get content
-- error[annotation] "content": there is no type `content` in this file
select :a::int;

--! row_missing :
-- error[annotation] "": expected a row after the colon
select 1;

--! too_much (a?) : Row(b?) c
-- error[annotation] "c": unexpected `c`
select :a::int as b;

--! missing_comma (a? b?)
-- error[annotation] "b?)": expected `,` or `)`
select :a::int, :b::int;

--! unclosed_list (a?, b?
-- error[annotation] "": expected `,` or `)`
select :a::int, :b::int;

--! space_before_mark (a ?)
-- error[annotation] "?)": expected `,` or `)`
select :a::int;

--! unclosed_quote : ("a?)
-- error[annotation] ""a?)": unterminated quoted name
select 1 as a;

--! empty_quote : (""?)
-- error[annotation] """": a quoted name cannot be empty
select 1 as a;

--! twice (a?, a?)
-- error[annotation] "a": `a` is declared twice
select :a::int;

--! contradiction : (a?, a!)
-- error[annotation] "a": `a` is declared twice
select 1 as a;

--! nested_twice : (a.b?, a.b!)
-- error[annotation] "b": `b` is declared twice
select 1 as a;

--! unknown_param (contnt_id?)
-- error[annotation] "contnt_id": did you mean `content_id`?
select :content_id::uuid;

--! no_params Params()
-- error[annotation] "Params": the statement has no parameters
select 1;

--! snake (a?)
select :a::int;

--! Snake
-- error[annotation] "Snake": the queries `snake` and `Snake` are both `snake` in Rust
select 1;

--! snake
-- error[annotation] "snake": the query `snake` is declared twice
select 1;

--! params_in_snake_case
select :userId::int,
 :user_id::int;
-- error[annotation] ":user_id": have the same name in Rust

--! bad_param_names
select :self::int;
-- error[annotation] ":self": it is a Rust keyword

--! more_bad_param_names
select :naïve::int, 1;
-- error[annotation] ":naïve": cannot be a parameter name
