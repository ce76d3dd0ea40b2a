-- Values of the wrong type, or that the column's enum does not have.
--@ scope system: "mistakes only"

--! mismatch
select id from content where position = 'three';
--                                      ^^^^^^^ error[type-mismatch]: invalid input syntax for type integer: "three"

--! no_operator
select id from content where title = position;
--                                 ^ error[unknown-function]: operator does not exist: character varying = integer

--! untyped_parameter
select :anything is null as answer;
--     ^^^^^^^^^ error[parameter-type]: could not determine data type of parameter :anything
-- help: `--@ param anything text`

--! unknown_parameter_type
--@ param since timestamptzz
--              ^^^^^^^^^^^^ error[unknown-type]: type "timestamptzz" does not exist
select :since as since;

--! not_a_type
--@ param since int), (select 1
--              ^^^^^^^^^^^^^^^ error[unknown-type]: 
select :since + 1 as since;

--! a_type_of_the_schema
--@ param feeling mood
--                ^^^^ error[parameter-type]: `:feeling` is used as text
-- help: `:feeling::mood`
select :feeling as feeling;

--! a_type_of_the_schema_that_is_not_told
--@ param feeling mood
select name from users where :feeling is null or mood = :feeling;
--                           ^^^^^^^^ error[parameter-type]: could not determine data type of parameter :feeling
-- help: cast the parameter, `:feeling::mood`

--! of_two_types
select :parent as parent, :parent = id as is_parent from grouped;
--     ^^^^^^^ error[parameter-type]: inconsistent types deduced for
-- help: `--@ param parent integer`

--! outside_the_set
select id from content where status = 'drafted';
--                                    ^^^^^^^^^ error[enum-literal]: 'drafted' is not a value of ContentStatus
-- help: did you mean 'draft'?

--! outside_the_set_in_a_list
select id from content where status in ('draft', 'gone');
--                                               ^^^^^^ error[enum-literal]: 'gone' is not a value of ContentStatus

--! outside_the_set_in_a_literal
select id from content where status = any ('{draft,gone,"archived"}');
--                                         ^^^^^^^^^^^^^^^^^^^^^^^^^ error[enum-literal]: 'gone' is not a value of ContentStatus

--! text_by_choice
update content set position = coalesce(:position, '0') where id = :id;
--                            ^^^^^^^^ error[type-mismatch]: column "position" is of type integer but expression is of type text
-- help: write `:position::integer`

--! text_by_choice_of_case
update content set position = case when id = :other then :position end where id = :id;
--                            ^^^^ error[type-mismatch]: column "position" is of type integer but expression is of type text
-- help: write `:position::integer`

--! outside_the_set_assigned
update content set status = 'publish' where id = :id;
--                          ^^^^^^^^^ error[enum-literal]: 'publish' is not a value of ContentStatus
-- help: 'draft', 'published', 'archived'

--! outside_the_set_inserted
insert into content (creator_id, title, status) select id, name, 'new' from users;
--                                                               ^^^^^ error[enum-literal]: 'new' is not a value

--! outside_the_set_of_a_subquery
select x.state from (select status as state from content) x where x.state <> 'nothing';
--                                                                           ^^^^^^^^^ error[enum-literal]: 'nothing' is not

--! outside_an_enum_type
select id from users where mood = 'angry';
--                                ^^^^^^^ error[type-mismatch]: invalid input value for enum mood: "angry"

--! two_meanings
select c.id from content c join users u on u.id = c.creator_id where c.status = :x or u.id = :x;
--                                                                              ^^ error[parameter-type]: `:x` is used as
-- help: `--@ param x text`

--! either_meaning
--@ param x text
select c.id from content c join users u on u.id = c.creator_id where c.status = :x or u.id = :x;

--! no_rust_type
select id, place from content;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `place` is of type point, which has no Rust type
-- help: cast it to text
