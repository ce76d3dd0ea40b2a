-- Optional lines and orders.
--@ scope creator

--! the_scope_goes
select id from content
--             ^^^^^^^ error[tenant-scope]: when `mine` is not given
where true
    and creator_id = :creator_id                                --? mine
;

--! the_scope_is_given
select id from content
--             ^^^^^^^ error[tenant-scope]: when `creator_id` is not given
where true
    and creator_id = :creator_id                                --? creator_id
--                                                                  ^^^^^^^^^^ error[annotation]: comes from the token
;

--! first_condition
select id from content
where creator_id = :creator_id                                  --? mine
    and title = :title
--  ^^^ error[syntax]: when `mine` is not given
-- help: mark only lines that can be left out: put an unmarked condition first, `where true`
;

--! column_goes
--  ^^^^^^^^^^^ error[variants]: the result is (id ContentId) instead of (id ContentId, title String), when `long` is not given
-- help: mark conditions and sorts
select id
    , title                                                     --? long
from content where creator_id = :creator_id;

--! misspelled
select id from content
where creator_id = :creator_id
    and status = :status                                        --? stauts
--               ^^^^^^^ error[annotation]: `:status` is on a line that is left out if only it is given
-- help: did you mean `--? status`?
;

--! not_named
select id from content
where creator_id = :creator_id
    and position between :low and :high                         --? low
--                                ^^^^^ error[annotation]: `:high` is on a line
-- help: name it too: `--? low, high`
;

--! both
select id from content
where creator_id = :creator_id
    and (status = :status or title = :title)
--                ^^^^^^^ error[annotation]: `:status` is used on a line that does not depend on it
-- help: too, or use another parameter on the marked line
    and status <> :status                                       --? status
;

--! not_a_list
select id from content where creator_id = :creator_id
    and status = :status                                        --? status title
--                                                                         ^^^^^ error[annotation]: expected `,`
;

--! nothing_to_mark
select id from content where creator_id = :creator_id
    --? status
--  ^^^^^^^^^^ error[annotation]: there is no SQL on this line
;

--! over_a_line_end
select id from content where creator_id = :creator_id and title <> 'a
b'                                                              --? long
--                                                              ^^^^^^^^ error[annotation]: a marked line cannot begin inside a string or a comment
;

--! after_the_end
select id from content where creator_id = :creator_id;          --? mine
--                                                              ^^^^^^^^ error[annotation]: this mark is outside a statement

--! types
select id from content
where creator_id = :creator_id and :value::int > 0
    and title = :value                                          --? long
--            ^ error[unknown-function]: operator does not exist: character varying = integer, when `long` is given
;

--! no_default
select id from content where creator_id = :creator_id
--  order by title, id                                          --? sort title
--                                                                       ^^^^^ error[annotation]: no sort is active: all are commented out
;

--! two_defaults
select id from content where creator_id = :creator_id
order by id                                                     --? sort id
, title                                                         --? sort title
--                                                                       ^^^^^ error[annotation]: only one sort can be active: it is the default
;

--! sort_with_an_end
select id from content where creator_id = :creator_id
order by id                                                     --? sort id
--  order by title;                                             --? sort title
--                ^ error[annotation]: a commented-out order cannot contain `;`
;

--! sort_twice
select id from content where creator_id = :creator_id
order by id                                                     --? sort id
--  order by title, id                                          --? sort id
--                                                                       ^^ error[annotation]: two sorts are named `id`
-- help: rename one of them
;

--! sort_of_nothing
select id from content where creator_id = :creator_id
order by id                                                     --? sort id
--  order by titel, id                                          --? sort title
--           ^^^^^ error[unknown-column]: column "titel" does not exist
-- help: "content.title"
;

--! one_name
select id from content where creator_id = :creator_id
order by id                                                     --? sort by_id
--  order by title, id                                          --? sort by_id_
--                                                                       ^^^^^^ error[annotation]: have the same name in Rust
;

--! too_many
select id from content where creator_id = :creator_id
    and true  --? a
    and true  --? b
    and true  --? c
    and true  --? d
    and true  --? e
    and true  --? f
    and true  --? g
    and true  --? h
    and true  --? i
    and true  --? j
    and true  --? k
    and true  --? l
    and true  --? m
--                ^ error[annotation]: more than 4096 variants
;

--! null_or_a_value
update content set
--<^^^^^^^^^^^^^^^^^^ error[syntax]: multiple assignments to same column "title", when `title` and `untitled` are given
-- help: case when :flag then :value else column end
    title = :title,                                             --? title
    title = null,                                               --? untitled
    position = 0
where id = :id;

--! one_of_two
select id from content where creator_id = :creator_id and
--                                                    ^^^ error[syntax]: end of input, when neither `title` nor `status` is given
-- help: mark only lines that can be left out: put an unmarked condition first, `where true`
    title = :title or                                           --? title
--                 ^^ error[syntax]: end of input, when `status` is not given
-- help: mark only lines that can be left out: put an unmarked condition first, `where true`
    status = :status                                            --? status
    ;

--! null_by_its_mark (title?)
--                    ^^^^^ error[annotation]: `title` is optional by its mark
-- help: case when :set_title then :title else column end
update content set
    title = :title,                                             --? title
    position = 0
where id = :id and creator_id = :creator_id;
