-- Tables whose rows may be read where they meet a condition. `closed` is never NULL, `hidden` can be.
CREATE TYPE color AS ENUM ('red', 'green', 'blue');
CREATE TABLE books (
  id     int PRIMARY KEY,
  closed boolean NOT NULL,
  state  text NOT NULL,
  label  varchar(10),
  rank   int,
  size   bigint,
  grade  smallint,
  color  color,
  owner  uuid,
  day    date,
  price  numeric
);
CREATE TABLE pages (
  id      int PRIMARY KEY,
  book_id int NOT NULL,
  hidden  boolean,
  a       boolean,
  b       boolean
);
CREATE TABLE shelves (id int PRIMARY KEY, book_id int);
