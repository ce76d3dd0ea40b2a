-- Invalid lists of items.
--@ scope system: "mistakes only"

--! an_array_that_is_no_parameter
insert into content (creator_id, title)
select i.creator_id, i.title
from unnest(:creator_id::text[], :title::text[], array['one']) i (creator_id, title, more);
--          ^^^^^^^^^^^ error[items]: this unnest combines parameters with another array, whose length can differ
-- help: as a separate parameter

--! a_field_used_as_an_array
update content c set title = i.title
from unnest(:id::uuid[], :title::text[]) i (id, title)
where c.id = i.id and c.id = any (:id);
--                                ^^^ error[items]: `:id` is a field of items, so it has no single value here
-- help: use its column of `unnest`, or another parameter

--! a_field_given_twice
insert into content (creator_id, title)
select i.creator_id, i.title
from unnest(:text::text[], :text::text[]) i (creator_id, title);
--                         ^^^^^ error[items]: `:text` is a field of items, so it has no single value here
-- help: use its column of `unnest`, or another parameter

--! two_lists
insert into content (creator_id, title)
select i.creator_id, i.title
from unnest(:creator_id::text[], :title::text[]) i (creator_id, title)
join unnest(:id::text[], :name::text[]) j (id, name) on j.id = i.creator_id;
--          ^^^ error[items]: `:id` belongs to a second list of items, but a function takes only one
-- help: combine both lists in one `unnest`, or split the query

--! a_field_of_two_meanings
insert into content (creator_id, title, status)
select i.state, i.title, i.state
from unnest(:state::text[], :title::text[]) i (state, title);
--          ^^^^^^ error[parameter-type]: `:state` is used as

--! a_list_that_may_be_missing
select c.id from content c
where c.status = 'draft'
  and c.id in (select i.id from unnest(:id::uuid[], :title::text[]) i (id, title) where i.title = c.title) --? recent
--                                     ^^^ error[annotation]: `:id` is a field of items, but its line is optional
-- help: items are always given: put `unnest` on unmarked lines
--                                                  ^^^^^^ error[annotation]: `:title` is a field of items
;
