-- Rows that are copied, and calls that are batched.
--@ scope system: "types only"

--! copy_samples
--@ copy samples(id, flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock, local_at, at, span, document, binary_document, settings, host, network, mood, level, email, quantity, address, person, numbers, labels, moods, emails, addresses, int_range, time_range, object)

--! copy_maybes
--@ copy maybes(flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock, local_at, at, span, document, binary_document, host, network, mood, level, email, quantity, address, person, numbers, labels, moods, emails, addresses, int_range, time_range, object, parent_id)

--! copy_odd OddOne(async!)
--- What is said of a column is said of its field.
--@ copy "odd names; drop table samples --" ("type", "match", "self", "Self", "crate", "1st column", "two  words", "two_words", "quote""d", "back\slash", "*/ } fn main() {", "ünïcode", "async")

--! words_of
--- A plain value, none or one, of each.
--@ batch
select words from samples where id = :id;

--! copies_of (words?)
--@ param words text
--- Plain values of each, of a parameter that can be NULL.
--@ batch
select id from samples where :words is null or words = :words;

--! count_of Counted()
--- One plain value of each.
--@ batch
select count(*) from samples where mood = any (:moods) and level = :level and quantity > :quantity;

--! called
--- What is the same for all, beside a plain value of each.
--@ batch with words
select id from samples where id = :id and words = :words;
