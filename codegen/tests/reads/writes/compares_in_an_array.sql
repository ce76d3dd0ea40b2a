--@ scope system: "what it does only"

--! compares_in_an_array
select array[label] = array[label] as same from letters;
