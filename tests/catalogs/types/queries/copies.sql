-- Queries with COPY, and batched calls.
--@ scope system: "types only"

--! copy_samples
--@ copy samples(id, flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock, local_at, at, span, document, binary_document, settings, host, network, mood, level, email, quantity, address, person, numbers, labels, moods, emails, addresses, int_range, time_range, object)

--! copy_maybes
--@ copy maybes(flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock, local_at, at, span, document, binary_document, host, network, mood, level, email, quantity, address, person, numbers, labels, moods, emails, addresses, int_range, time_range, object, parent_id)

--! copy_odd OddOne(async!)
--- A declaration for a column applies to its field.
--@ copy "odd names; drop table samples --" ("type", "match", "self", "Self", "crate", "1st column", "two  words", "two_words", "quote""d", "back\slash", "*/ } fn main() {", "ünïcode", "async")

--! words_of
--- A batch that returns at most one plain value for each call.
--@ batch
select words from samples where id = :id;

--! copies_of (words?)
--@ param words text
--- A batch that returns any number of plain values for each call, with a nullable parameter.
--@ batch
select id from samples where :words is null or words = :words;

--! count_of Counted()
--- A batch that returns exactly one plain value for each call.
--@ batch
select count(*) from samples where mood = any (:moods) and level = :level and quantity > :quantity;

--! called
--- A batch with one parameter that is the same for all calls.
--@ batch with words
select id from samples where id = :id and words = :words;
