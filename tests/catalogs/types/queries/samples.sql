-- An insert and a select with every type.
--@ scope system: "types only"

--! insert_sample : Sample
insert into samples (id, flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock, local_at, at, span, document, binary_document, settings, host, network, mood, level, email, quantity, address, person, numbers, labels, moods, emails, addresses, int_range, time_range, object)
values (:id, :flag, :tiny, :small, :whole, :big, :single, :double, :exact, :words, :short, :padded, :label, :bytes, :day, :clock, :local_at, :at, :span, :document, :binary_document, :settings, :host, :network, :mood, :level, :email, :quantity, :address, :person, :numbers, :labels, :moods, :emails, :addresses, :int_range, :time_range, :object)
returning *;

--! get_sample : Sample
select * from samples where id = :id;

--! list_samples
select * from samples order by id;

--! insert_maybe
insert into maybes (flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock, local_at, at, span, document, binary_document, host, network, mood, level, email, quantity, address, person, numbers, labels, moods, emails, addresses, int_range, time_range, object, parent_id)
values (:flag, :tiny, :small, :whole, :big, :single, :double, :exact, :words, :short, :padded, :label, :bytes, :day, :clock, :local_at, :at, :span, :document, :binary_document, :host, :network, :mood, :level, :email, :quantity, :address, :person, :numbers, :labels, :moods, :emails, :addresses, :int_range, :time_range, :object, :parent_id)
returning *;

--! get_maybe
select * from maybes where id = :id;

--! child_of
select * from maybes where parent_id = :parent;

--! nullable_elements (values?[?]) : (doubled[?])
--@ param values integer[]
select array_agg(v * 2 order by position) as doubled
from unnest(:values) with ordinality u (v, position);

--! moods_among
--- Arrays of enums and of ids.
select id from samples where mood = any(:moods) and id <> all(:except);

--! address_in
select id, (address).city from samples where (address).country = :country or address = :address::postal_address;
