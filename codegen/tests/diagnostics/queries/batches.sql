-- Invalid batches.
--@ scope system: "mistakes only"

--! nothing_differs
--@ batch
--<^^^^^^^^^ error[batch]: a batch needs a parameter that differs between items
-- help: remove `--@ batch`
select count(*) from content;

--! the_same_for_all
--@ batch with id
--<^^^^^^^^^^^^^^^^^ error[batch]: a batch needs a parameter that differs between items
-- help: a parameter that differs
select title from content where id = :id;

--! not_there
--@ batch with statsu
--             ^^^^^^ error[annotation]: the statement has no parameter `:statsu`
-- help: did you mean `status`?
select title from content where id = :id and status <> :status;

--! a_list_of_lists
--@ batch
--<^^^^^^^^^ error[batch]: this statement already takes a list of items, and a batch would take a list of lists
-- help: `unnest` is one call for all items
insert into content (creator_id, title)
select i.creator_id, i.title from unnest(:creator_id::text[], :title::text[]) i (creator_id, title);

--! lines_that_may_be_missing
--@ batch
select id from content
where creator_id = :creator_id
  and status = 'draft' --? draft
--                         ^^^^^ error[annotation]: a batch cannot have optional lines
-- help: write a separate query for each variant
;

--! pages
--@ batch
--@ page
--<^^^^^^^^ error[annotation]: `--@ batch` cannot be combined with `--@ page`
-- help: a batch returns one list with the result for each item: write a separate query
select id from content where creator_id = :creator_id order by id;

--! streams
--@ batch
--@ stream
--<^^^^^^^^^^ error[annotation]: `--@ batch` cannot be combined with `--@ stream`
select id from content where creator_id = :creator_id;
