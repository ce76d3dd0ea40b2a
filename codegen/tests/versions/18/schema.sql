-- Virtual generated columns, and temporal keys.
CREATE TABLE files (
  id         int PRIMARY KEY,
  path       text NOT NULL,
  size       int NOT NULL,
  creator_id text GENERATED ALWAYS AS (split_part(path, '/', 1)) VIRTUAL,
  deleted_at timestamptz
);
CREATE TABLE rooms (
  id         int4range NOT NULL,
  creator_id text NOT NULL REFERENCES users,
  valid      daterange NOT NULL,
  PRIMARY KEY (id, valid WITHOUT OVERLAPS)
);
CREATE TABLE bookings (
  id         int PRIMARY KEY,
  creator_id text NOT NULL REFERENCES users,
  room_id    int4range NOT NULL,
  valid      daterange NOT NULL,
  FOREIGN KEY (room_id, PERIOD valid) REFERENCES rooms (id, PERIOD valid)
);
