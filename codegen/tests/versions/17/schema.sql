-- The parts of a whole can compute a column each in their own way.
CREATE TABLE rolls (
  id         int NOT NULL,
  path       text,
  note       text,
  creator_id text GENERATED ALWAYS AS (split_part(path, '/', 1)) STORED,
  day        date NOT NULL
) PARTITION BY RANGE (day);
CREATE TABLE rolls_2020 PARTITION OF rolls (creator_id GENERATED ALWAYS AS (split_part(note, '/', 1)) STORED)
  FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE scrolls (
  id         int NOT NULL,
  path       text,
  note       text,
  creator_id text GENERATED ALWAYS AS (split_part(path, '/', 1)) STORED,
  day        date NOT NULL
) PARTITION BY RANGE (day);
CREATE TABLE scrolls_2020 PARTITION OF scrolls FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
