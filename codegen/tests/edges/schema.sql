-- Casts of function results, inheritance, and readable parents.
CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL);

CREATE TABLE content (
  id         uuid PRIMARY KEY,
  user_id    text NOT NULL REFERENCES users,
  status     text NOT NULL,
  title      text NOT NULL,
  deleted_at timestamptz
);

CREATE TABLE content_tags (
  content_id uuid NOT NULL REFERENCES content,
  tag        text NOT NULL,
  PRIMARY KEY (content_id, tag)
);

-- A function whose declared result truncates what it selects to one character.
CREATE FUNCTION initials() RETURNS TABLE (id uuid, initial "char", deleted_at timestamptz) LANGUAGE sql STABLE
BEGIN ATOMIC SELECT id, user_id, deleted_at FROM content; END;

CREATE FUNCTION initial_of(whose text) RETURNS TABLE (initial "char") LANGUAGE sql STABLE
BEGIN ATOMIC SELECT whose; END;

CREATE FUNCTION owners() RETURNS TABLE (id uuid, owner text, deleted_at timestamptz) LANGUAGE sql STABLE
BEGIN ATOMIC SELECT id, user_id, deleted_at FROM content; END;

CREATE TABLE notes (id int PRIMARY KEY, user_id text NOT NULL REFERENCES users, body text NOT NULL);
CREATE TABLE old_notes (deleted_at timestamptz) INHERITS (notes);

-- The rows of a table that inherits are rows of the table that it inherits from.
CREATE TABLE events (id int PRIMARY KEY, user_id text NOT NULL REFERENCES users, what text NOT NULL);
CREATE TABLE old_events () INHERITS (events);
CREATE TABLE oldest_events () INHERITS (old_events);
CREATE TABLE drafts_of_events (LIKE events);
