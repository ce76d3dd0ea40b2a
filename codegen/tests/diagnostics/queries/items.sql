-- Invalid lists of items.
--@ scope system: "mistakes only"

--! an_array_that_is_no_parameter
insert into content (creator_id, title)
select i.creator_id, i.title
from unnest(:creator_id::text[], :title::text[], array['one']) i (creator_id, title, more);
--          ^^^^^^^^^^^ error[items]: an array beside parameters, which can be of another length
-- help: a parameter of its own

--! a_field_used_as_an_array
update content c set title = i.title
from unnest(:id::uuid[], :title::text[]) i (id, title)
where c.id = i.id and c.id = any (:id);
--                                ^^^ error[items]: `:id` is a field of items, and has no value of its own here
-- help: use the column that `unnest` makes of it

--! a_field_given_twice
insert into content (creator_id, title)
select i.creator_id, i.title
from unnest(:text::text[], :text::text[]) i (creator_id, title);
--                         ^^^^^ error[items]: `:text` is a field of items, and has no value of its own here
-- help: a parameter of another name

--! two_lists
insert into content (creator_id, title)
select i.creator_id, i.title
from unnest(:creator_id::text[], :title::text[]) i (creator_id, title)
join unnest(:id::text[], :name::text[]) j (id, name) on j.id = i.creator_id;
--          ^^^ error[items]: `:id` belongs to a second list of items, and a function takes one
-- help: one `unnest` of both lists

--! a_field_of_two_meanings
insert into content (creator_id, title, status)
select i.state, i.title, i.state
from unnest(:state::text[], :title::text[]) i (state, title);
--          ^^^^^^ error[parameter-type]: `:state` would have to be

--! a_list_that_may_be_missing
select c.id from content c
where c.status = 'draft'
  and c.id in (select i.id from unnest(:id::uuid[], :title::text[]) i (id, title) where i.title = c.title) --? recent
--                                     ^^^ error[annotation]: `:id` is a field of items, and its line is not always there
-- help: on lines without a mark
--                                                  ^^^^^^ error[annotation]: `:title` is a field of items
;
