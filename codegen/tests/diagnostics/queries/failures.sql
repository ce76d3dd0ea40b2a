-- Writes that fail whenever they are executed.
--@ scope system: "mistakes only"

--! left_out
--  ^^^^^^^^ warning[always-fails]: `owner` of `strict` is NOT NULL without a default, and gets no value here
-- help: give it a value, or a default in the schema
insert into strict (slug, note) values (:slug, :note);

--! left_out_in_a_cte
--  ^^^^^^^^^^^^^^^^^ warning[always-fails]: `slug` of `strict` is NOT NULL
with added as (insert into strict (owner) select name from users returning id)
select id from added;

--! nothing_is_given
--  ^^^^^^^^^^^^^^^^ warning[always-fails]: `slug` of `strict` is NOT NULL
-- help: give it a value
--  ^^^^^^^^^^^^^^^^ warning[always-fails]: `owner` of `strict` is NOT NULL
insert into strict default values;

--! left_out_of_a_merge
--  ^^^^^^^^^^^^^^^^^^^ warning[always-fails]: `owner` of `strict` is NOT NULL
merge into strict using (values (1)) given (id) on strict.id = given.id
when not matched then insert (slug) values ('new');

--! set_to_null
update strict set slug = null where id = :id;
--                       ^^^^ warning[always-fails]: NULL is written to `slug` of `strict`, which is NOT NULL
-- help: PostgreSQL rejects every row

--! set_to_null_on_conflict
insert into strict (slug, owner) values (:slug, :owner)
on conflict (owner, slug) do update set kind = null;
--                                             ^^^^ warning[always-fails]: NULL is written to `kind` of `strict`, which is NOT NULL

--! no_index
insert into strict (slug, owner) values (:slug, :owner)
on conflict (owner) do nothing;
--          ^ warning[always-fails]: `strict` has no unique index on (owner)
-- help: name the columns of one

--! index_of_some_rows
insert into strict (slug, owner) values (:slug, :owner)
on conflict (slug) do nothing;
--          ^ warning[always-fails]: the unique index `strict_slug` on (slug) is partial
-- help: repeat its predicate: `on conflict (

--! index_of_the_same_rows
insert into strict (slug, owner) values (:slug, :owner)
on conflict (slug) where deleted_at is null do nothing;

--! indexes_in_any_order
insert into strict (slug, owner) values (:slug, :owner)
on conflict (slug, owner) do nothing;

--! index_of_an_expression
insert into strict (slug, owner, note) values (:slug, :owner, :note)
on conflict (lower(note)) do nothing;

--! any_index
insert into strict (slug, owner) values (:slug, :owner) on conflict do nothing;

--! filled_by_a_trigger
insert into filled (id) values (:id);

--! filled_by_a_trigger_on_update
update filled set slug = null;

--! filled_by_the_type
insert into lengths (id) values (:id);
