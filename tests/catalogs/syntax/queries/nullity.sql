-- Declarations of what can be NULL: columns, parameters, array elements and fields of composites.
--@ scope system: "a catalog without tenants"

--: contact(email?, address?, moods?[?])
--: postal_address(country?)

--! contacts : (contact?)
select id, contact from authors;

--! contact_fields : (contact?.name, contact?.email?, contact?.address?)
select id, contact from authors;

--! contact_lists : (contacts?[?].address?)
select array_agg(contact) as contacts from authors;

--! contact_arrays : (contact_[].email?)
select contact_, text_ from everything_array;

--! sizes : (size?.width?, size?.height?)
select id, size from books;

--! set_contact (contact?)
update authors set contact = :contact where id = :id;

--! set_size (size?.width?)
update books set size = :size where id = :id;

--! addresses : (address?, city?)
select (contact).address, ((contact).address).city from authors;

--! never_null
select coalesce(country, 'nowhere') as country, name || '!' as shouted from authors where born is not null;

--! elements (values[?]) : (doubled?[?])
select array_agg(v * 2) as doubled from unnest(:values::integer[]) u (v);

--! both_nullable (values?[?]) : (values?[?])
select :values::text[] as values;

--! nothing : (nothing?)
select null::text as nothing where false;

-- Columns and parameters that are nullable although the query does not declare them so.

--! unsaid_parameter
insert into authors (name, country) values (:name, :country);

--! unsaid_column
select subtitle from books where id = :id;

--! unsaid_outer_join
select a.name, b.title from authors a left join books b on b.author_id = a.id;

--! unsaid_aggregates
select max(price) as highest, sum(pages) as pages, count(*) as books from books;

--! unsaid_case
select case when mood = 'happy' then name end as happy from authors;

--! unsaid_subquery
select a.name, (select b.title from books b where b.author_id = a.id order by b.id limit 1) as first_title from authors a;

--! unsaid_union
select name as words from authors union all select country from authors;

--: Titled()

--! unsaid_shared_inner : Titled
select a.name, b.title from authors a join books b on b.author_id = a.id;

--! unsaid_shared_outer : Titled
select a.name, b.title from authors a left join books b on b.author_id = a.id;
