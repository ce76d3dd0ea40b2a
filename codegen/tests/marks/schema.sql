-- Tables whose rows are marked as deleted by a boolean, which can be NULL in `drafts`.
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (
  id      int PRIMARY KEY,
  user_id int NOT NULL REFERENCES users,
  key     text NOT NULL,
  body    text NOT NULL,
  deleted boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX live_notes ON notes (user_id, key) WHERE NOT deleted;
CREATE TABLE drafts (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, key text NOT NULL, body text NOT NULL, deleted boolean);
CREATE UNIQUE INDEX live_drafts ON drafts (user_id, key) WHERE deleted IS NOT FALSE;
CREATE VIEW live AS SELECT id, user_id, body FROM notes WHERE NOT deleted;
CREATE TABLE links (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, note_id int REFERENCES notes);
