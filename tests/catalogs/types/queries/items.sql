-- Queries that take a list of items. Each field is sent as an array.
--@ scope system: "types only"

--! insert_items
--- Fields of many types, each of which can be NULL.
insert into maybes (mood, level, email, quantity, words, bytes, span, document, day, exact)
select
    item.mood, item.level, item.email, item.quantity, item.words, item.bytes, item.span, item.document, item.day,
    item.exact
from unnest(
    :mood::mood[], :level::app.level[], :email::email[], :quantity::integer[], :words::text[], :bytes::bytea[],
    :span::interval[], :document::json[], :day::date[], :exact::numeric[]
) with ordinality item (mood, level, email, quantity, words, bytes, span, document, day, exact, position)
order by item.position
returning *;

--! update_items
--- An item without a value for a column keeps the stored one.
with item as (
    select * from unnest(:id::uuid[], :words::text[], :whole::integer[], :day::date[]) i (id, words, whole, day)
)
update samples s
set words = coalesce(item.words, s.words),
    whole = item.whole,
    day = case when item.day is null then s.day else item.day end
from item
where s.id = item.id
returning s.id, s.words, s.whole, s.day;

--! said_items Renaming (words?, whole[!])
--- A declaration for a parameter applies to the field, and the parameter struct contains the list.
update samples s set words = s.words || coalesce(item.words, ''), whole = item.whole + :more
from unnest(:id::uuid[], :words::text[], :whole::integer[]) item (id, words, whole)
where s.id = item.id;
